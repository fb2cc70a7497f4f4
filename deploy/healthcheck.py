"""Whether the portal of this container lives, for Docker: `python -m deploy.healthcheck`.

What it answers may start the container again: a database that is away, which this would not mend,
is no reason. Whether visitors may be sent here is /sante/pret, for the server in front.
"""

import http.client
import os
import sys
from urllib.parse import urlsplit

HOST, PORT = "127.0.0.1", 8000


def main() -> int:
    """Ask as the proxy in front would: for the name that the portal answers to."""
    public = os.environ.get("PORTAIL_PUBLIC_URL", "")
    asked = {"Host": urlsplit(public).netloc or HOST, "X-Forwarded-Proto": "https"}
    connection = http.client.HTTPConnection(HOST, int(os.environ.get("PORT", PORT)), timeout=5)
    try:
        connection.request("GET", "/sante/vivant", headers=asked)
        return int(connection.getresponse().status != http.client.OK)
    except OSError:
        return 1


if __name__ == "__main__":
    sys.exit(main())
