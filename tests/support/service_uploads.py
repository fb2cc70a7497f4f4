"""Files of services that are given to the town hall's screen."""

import io
from collections.abc import Mapping
from typing import Any

from tests.support.browser import Browser, Page


def give_services(office: Browser, files: Mapping[str, str]) -> Page:
    """Send these files, and come to the page that says what they would change."""
    page = office.get("town_hall.service_files")
    sent = [(io.BytesIO(text.encode()), name) for name, text in files.items()]
    data: Any = {"csrf_token": page.csrf_token, "files": sent}
    return office.visit(office.fetch(page.path, "POST", data).headers["Location"])
