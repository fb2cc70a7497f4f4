"""A request that comes with a heavy file, as a browser sends it."""

from io import BytesIO

from flask import Flask

from tests.support.browser import Browser, Page
from tests.support.people import People

PAPER = b"%PDF-1.7\n" + bytes(400_000) + b"\n%%EOF\n"


def send(page: Page) -> Page:
    """Send the check page of a request with a heavy file."""
    browser = page.browser
    fields = {
        str(tag["name"]): str(tag.get("value", ""))
        for tag in page.soup.select("form[enctype] input[name]")
        if tag.get("type") != "file"
    }
    data = {**fields, "step": "send", "files": (BytesIO(PAPER), "plan.pdf")}
    # As a browser does where a form names no address: to that of the page, whole.
    asked = page.response.request
    answer = browser.client.post(
        asked.path, data=data, query_string=asked.query_string.decode(), base_url=browser.base_url
    )
    assert answer.status_code == 302
    return browser.visit(answer.headers["Location"])


def about_a_bench(app: Flask, people: People) -> Page:
    """Fill in a request, up to its check page."""
    parent = Browser(app)
    parent.sign_in(people.zest)
    page = parent.get("family.request_form", kind="autre").fill({"Votre demande": "Un banc"})
    return page.submit("Continuer", _refused=200)
