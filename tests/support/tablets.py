"""A tablet on which whoever minds the children presses their names."""

from tests.support.browser import Page


def key_of(page: Page) -> str:
    """Name the page that a button stands on."""
    return str(page.soup.select("input[name=key]")[0]["value"])


def press(page: Page, act: str, child: str) -> Page:
    """Press a button of the roll."""
    sent = {"csrf_token": page.csrf_token, "key": key_of(page), act: child}
    return page.browser.post(page.path, sent)
