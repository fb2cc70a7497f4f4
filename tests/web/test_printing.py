"""A page put on paper keeps its words, its language and its title."""

import io
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest
from flask import Flask
from pypdf import PdfReader

from app.gates import Crowded
from app.web import printing
from tests.conftest import skip_or_fail
from tests.support.browser import Browser


@pytest.fixture(autouse=True)
def pango() -> None:
    """What WeasyPrint needs of the system."""
    if not printing.available():
        skip_or_fail("Pango is not installed (Debian: libpango-1.0-0 and others)")


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_page_becomes_a_tagged_document(app: Flask, browser: Browser) -> None:
    html = browser.get("site.legal_notice").html
    with app.app_context():
        document = PdfReader(io.BytesIO(printing.to_pdf(html)))
    assert str(document.root_object["/Lang"]) == "fr"
    assert "/StructTreeRoot" in document.root_object
    assert document.metadata is not None
    assert document.metadata.title == "Mentions légales – Portail famille – Saint-Exemple"
    assert "Mentions légales" in document.pages[0].extract_text()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_nothing_from_elsewhere_is_fetched(app: Flask, caplog: pytest.LogCaptureFixture) -> None:
    page = '<html lang="fr"><title>T</title><img src="http://127.0.0.2:9/x.png" alt="x">'
    with app.app_context():
        printing.to_pdf(page)
    assert "not of this portal: http://127.0.0.2:9/x.png" in caplog.text


def test_papers_are_made_one_at_a_time(
    app_without_database: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many parents ask at once, one takes its memory; who cannot wait is told."""
    under_way, most = 0, 0

    def write_pdf(*_arguments: object, **_options: object) -> bytes:
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        time.sleep(0.02)
        under_way -= 1
        return b"%PDF-"

    def print_one(_number: int) -> bytes:
        with app_without_database.app_context(), suppress(Crowded), printing.making.passing():
            return printing.to_pdf('<html lang="fr"><title>T</title>')
        return b""

    monkeypatch.setattr("weasyprint.HTML.write_pdf", write_pdf)
    with ThreadPoolExecutor(4) as parents:
        assert b"%PDF-" in set(parents.map(print_one, range(8)))
    assert most == 1
