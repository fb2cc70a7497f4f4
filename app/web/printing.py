"""PDF from the same HTML and CSS as the screen, tagged for those who listen to it.

WeasyPrint takes a second to import and needs Pango: it is loaded when the first PDF is asked for.
Where it cannot be, `available` says so, pages offer no PDF, and print well by themselves.
"""

import logging
from collections.abc import Callable
from ctypes.util import find_library
from functools import cache
from http import HTTPStatus
from importlib.util import find_spec
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from flask import Flask, current_app

from app.gates import Gate
from app.settings import settings

if TYPE_CHECKING:
    from weasyprint.urls import URLFetcher, URLFetcherResponse


# Twenty years of statement take 12 s and 200 MiB: one paper at once in a process.
making = Gate()
EXTENSION = "portail.before_printing"
# What WeasyPrint opens when it is imported.
LIBRARIES = ("gobject-2.0", "pango-1.0", "harfbuzz", "fontconfig", "pangoft2-1.0")


def init_app(app: Flask, before: Callable[[], None]) -> None:
    """Do `before` ahead of each paper: let go of what the others wait for."""
    app.extensions[EXTENSION] = before


@cache
def available() -> bool:
    """Tell whether this machine can make PDFs; pages ask before anybody wants one."""
    # Importing WeasyPrint would tell as well, for 30 MiB in each worker.
    if not all(find_library(name) for name in LIBRARIES):
        return False
    return find_spec("weasyprint") is not None


def to_pdf(html: str) -> bytes:
    """Lay a whole HTML page out on paper; its `lang` and `title` become the document's.

    For whoever passes the gate `making`.
    """
    import weasyprint

    current_app.extensions[EXTENSION]()
    # It complains of each rule that is for screens only.
    logging.getLogger("weasyprint").setLevel(logging.ERROR)
    page = weasyprint.HTML(string=html, base_url=settings.public_url, url_fetcher=_fetcher())
    pdf: bytes = page.write_pdf(pdf_variant="pdf/ua-1", pdf_tags=True)
    return pdf


def _fetcher() -> "URLFetcher":
    from weasyprint.urls import URLFetcher, URLFetcherResponse

    class OurFetcher(URLFetcher):
        """The portal asks itself, as a stranger would; nothing else is ever fetched.

        What a page holds within itself is no question to anybody.
        """

        def fetch(self, url: str, headers: dict[str, str] | None = None) -> "URLFetcherResponse":
            if urlsplit(url).scheme == "data":
                return super().fetch(url, headers)
            if urlsplit(url)[:2] != urlsplit(settings.public_url)[:2]:
                raise ValueError(f"not of this portal: {url}")
            path = url.removeprefix(settings.public_url.rstrip("/"))
            stranger = current_app.test_client(use_cookies=False)
            with stranger.get(path, base_url=settings.public_url, headers=headers) as answer:
                if answer.status_code != HTTPStatus.OK:
                    raise ValueError(f"{answer.status}: {url}")
                return URLFetcherResponse(url, answer.data, {"Content-Type": answer.mimetype})

    return OurFetcher()
