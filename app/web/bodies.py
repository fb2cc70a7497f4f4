"""What is sent and not wanted, read to its end and thrown away.

A server that answers and closes before all has been sent is a 502 for its proxy, and an error of
the browser's own for the visitor.
"""

from flask import request

from app.services.files import uploads

# Far past what a form with files may hold; who sends more gets no page.
A_FLOOD = 4 * uploads.MOST_BYTES
CHUNK = 64 * 1024


def read_away(most: int) -> None:
    """Read all that the browser announced, up to a limit."""
    left = min(request.content_length or 0, most)
    stream = request.environ["wsgi.input"]
    while left > 0 and (chunk := stream.read(min(CHUNK, left))):
        left -= len(chunk)
