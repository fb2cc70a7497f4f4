"""Answer requests in one process, without sockets: what callgrind counts for `instructions`.

python -m benchmarks.one_process CHECKOUT GROUND FEW MANY PAGE…

A page is `bare`, `feed`, a path, or a path and the family whose parent opens it. The instance that
the environment names, a `town`, one with `bookings` or the `demonstration`, is settled in, and each
page drawn until nothing of it is made for the first time. Then two copies of the process answer it
few and many times: what tells them apart is the price of a request. Prints a line each: the page,
how many requests, whose pid.
"""

import gc
import os
import re
import sys
from collections.abc import Callable
from io import BytesIO

from flask import Flask
from werkzeug.test import EnvironBuilder

WARM_UP = 5

URL = "http://127.0.0.1:8000"
BROWSER = {
    "Accept": "text/html,application/xhtml+xml",
    "Accept-Encoding": "gzip, deflate, br",
    "Accept-Language": "fr",
    "User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
}

Answer = Callable[[], None]


def main(checkout: str, ground: str, times: list[int], pages: list[str]) -> None:
    """Measure the application of this checkout, whatever commit it is of."""
    # Not that of the one whose benchmarks these are.
    sys.path.insert(0, checkout)

    from app import db
    from benchmarks import bare, portals
    from wsgi import app

    is_demonstration = ground == "demonstration"
    settle_in = portals.settle_in_demonstration if is_demonstration else portals.settle_in
    cookies = settle_in(app)

    def close() -> None:
        # No connection outlives the process that opened it.
        with app.app_context():
            db.engine().dispose()

    for page in pages:
        path, _, family = page.partition(" ")
        if path == "bare":
            answer = _asking(bare.app, "/", "")
        elif path == "feed":
            answer = _asking_again(app)
        else:
            cookie = cookies[int(family) if family else None]
            answer = _asking(app, _followed(app, path, cookie), cookie)
        _count(page, answer, times, close)


def _count(page: str, answer: Answer, times: list[int], close: Callable[[], None]) -> None:
    for _ in range(WARM_UP):
        answer()
    close()
    gc.collect()
    gc.freeze()
    for requests in times:
        pid = os.fork()
        if not pid:
            for _ in range(WARM_UP + requests):
                answer()
            os._exit(0)
        _, status = os.waitpid(pid, 0)
        assert not status, f"{page} was not answered"
        print(page, requests, pid, sep="\t", flush=True)


def _asking_again(app: Flask) -> Answer:
    """Prepare what a phone asks that has the newest calendar of a family."""
    from benchmarks import booking_pages, town

    with app.app_context():
        feed = booking_pages.make_feed(town.FIRST)
    return _asking(app, feed.path, known=feed.mark)


def _asking(app: Flask, path: str, cookie: str = "", known: str = "") -> Answer:
    """Prepare a request as gunicorn does a browser's, to be answered again and again."""
    given = {"Cookie": cookie, "If-None-Match": known}
    headers = BROWSER | {name: value for name, value in given.items() if value}
    expected = "304 NOT MODIFIED" if known else "200 OK"
    environ = EnvironBuilder(path, base_url=URL, headers=headers.items()).get_environ()

    def start_response(status: str, *_: object) -> Callable[[bytes], object]:
        assert status == expected, f"{path} answered {status}"
        return lambda _: None

    def answer() -> None:
        body = app.wsgi_app({**environ, "wsgi.input": BytesIO()}, start_response)
        assert b"".join(body) or known
        body.close()  # type: ignore[attr-defined]

    return answer


def _followed(app: Flask, path: str, cookie: str) -> str:
    """Return the path; of `/enfants/*`, the first address of that sort which /enfants links to."""
    if not path.endswith("/*"):
        return path
    parent = path.removesuffix("/*")
    client = app.test_client(use_cookies=False)
    page = client.get(parent, base_url=URL, headers={"Cookie": cookie}).text
    found = re.search(rf'href="({parent}/[0-9a-f]+)"', page)
    assert found is not None, f"{parent} leads nowhere"
    return found[1]


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], [int(times) for times in sys.argv[3:5]], sys.argv[5:])
