"""« Infos/Documents » in its states: empty, filled, with what is new."""

from collections.abc import Iterator
from pathlib import Path

from flask import Flask

from app.services.documents import publishing
from app.services.documents.publishing import Notice
from tests.support.browser import Browser, Page
from tests.support.people import TOWN_HALL, People


def document_screens(app: Flask, people: People) -> Iterator[tuple[str, Page]]:
    """Nothing yet; then the town hall puts documents there between two visits."""
    parent = Browser(app)
    parent.sign_in(people.karim)
    yield "documents, none", parent.get("family.documents")
    menu = Path(app.instance_path) / "menu.pdf"
    menu.parent.mkdir(parents=True, exist_ok=True)
    menu.write_bytes(b"%PDF-1.4\n%%EOF\n")
    with app.app_context():
        publishing.add(menu, Notice("Menus de décembre", "Cantine"), TOWN_HALL)
        publishing.add(menu, Notice("Vos menus", "", people.karim.family_number), TOWN_HALL)
    again = Browser(app)
    again.sign_in(people.karim)
    yield "documents, two new ones", again.get("family.documents")
