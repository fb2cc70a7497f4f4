"""« Boîte de réception » in its states: filled, empty, searched, answered, archived."""

from collections.abc import Iterator

from flask import Flask

from tests.browser import Browser, Page
from tests.people import People, public_id


def inbox_screens(app: Flask, people: People) -> Iterator[tuple[str, Page]]:
    """Read, answer, archive, search."""
    parent = Browser(app)
    parent.sign_in(people.karim)
    yield "inbox, archived ones, none yet", parent.get("family.messages", filtre="archives")
    page = parent.get("family.message", public_id=public_id("m1"))
    yield "message, nothing answered", page.submit("Envoyer ma réponse", _refused=200)
    page = page.fill({"Votre réponse": "Merci.\nhttps://exemple.fr/menu"})
    page = page.submit("Envoyer ma réponse")
    yield "message, answered", page
    yield "inbox, one answered", parent.get("family.messages")
    yield "inbox, all read", parent.get("family.messages", filtre="non-lus")
    yield "inbox, found", parent.get("family.messages", recherche="GARDERIE")
    yield "inbox, nothing found", parent.get("family.messages", recherche="piscine")
    yield "inbox, one just archived", page.submit("Archiver ce message")
    yield "inbox, archived ones", parent.get("family.messages", filtre="archives")
    yield "message, archived", parent.get("family.message", public_id=public_id("m1"))
