"""« Mon compte » in its states: an address that waits, several devices, forms in error."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import time_machine
from flask import Flask

from app import db
from app.services.mail import refused_addresses
from app.services.tokens import wish_links
from app.testing import Outbox
from tests.support.browser import Browser, Page
from tests.support.people import People

CONFIRMATION = re.compile(r"/compte/courriel/confirmer/\S+")
NEW_ADDRESS = "paul.moreau.et.compagnie@nouvelle-adresse.exemple.fr"
OTHER_ADDRESS = "paul@nouvelle-adresse.exemple.fr"
COMPUTER = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/142.0 Edg/142.0"


def account_screens(app: Flask, people: People) -> Iterator[tuple[str, Page]]:
    """Go through them as Monsieur MOREAU does."""
    Browser(app, user_agent=COMPUTER).sign_in(people.moreau)
    parent = Browser(app)
    parent.sign_in(people.moreau)
    page = parent.get("family.choose_mails")
    yield "account, mails", page
    news = parent.get("family.stop_mails", token=stopping(app, people.moreau.identifier))
    yield "account, mails to stop", news
    yield "account, mails stopped", news.submit("Ne plus les recevoir")
    yield "account, mails by no link", parent.get("family.stop_mails", token="forged")
    yield "account, mails saved", page.fill({"Une nouvelle facture": False}).submit("Enregistrer")
    with app.app_context(), db.transaction() as session:
        refused_addresses.note(session, people.moreau.email, "Cette adresse n’existe pas")
    yield "home, an address refused", parent.get("family.home")
    page = parent.get("family.change_email")
    yield "account, e-mail", page
    wrong = {"Nouvelle adresse de courriel": "paul", "Mot de passe actuel": "Faux2026"}
    yield "account, e-mail in error", page.fill(wrong).submit("Recevoir le lien", _refused=200)
    right = {
        "Nouvelle adresse de courriel": NEW_ADDRESS,
        "Mot de passe actuel": people.moreau.password or "",
    }
    yield "account, e-mail waits", page.fill(right).submit("Recevoir le lien")
    yield "home, an address waits", parent.get("family.home")
    yield "account, e-mail, another waits", parent.get("family.change_email")
    link = confirmation_link(app, NEW_ADDRESS)
    with time_machine.travel(datetime.now(UTC) + timedelta(hours=25), tick=False):
        yield "account, e-mail link expired", Browser(app).visit(link)
    page = parent.visit(link)
    yield "account, e-mail link", page
    yield "account, e-mail confirmed", page.submit("Confirmer cette adresse")
    yield "account, confirmed", parent.get("family.account")
    yield "account, e-mail link unknown", parent.get("family.confirm_email", token="forged")
    typed = right | {"Nouvelle adresse de courriel": OTHER_ADDRESS}
    waiting = parent.get("family.change_email").fill(typed).submit("Recevoir le lien")
    yield "account, e-mail cancelled", waiting.submit("Annuler le changement d’adresse")
    ended = parent.visit(confirmation_link(app, OTHER_ADDRESS))
    yield "account, e-mail link ended", ended
    yield from _details(parent)
    nobody = Browser(app)
    nobody.sign_in(people.no_address)
    yield "account, no address", nobody.get("family.account")
    yield "account, first e-mail", nobody.get("family.change_email")


def stopping(app: Flask, identifier: str) -> str:
    """Sign the link beside a mail of news."""
    with app.app_context():
        return wish_links.token_for(identifier, "requests")


def _details(parent: Browser) -> Iterator[tuple[str, Page]]:
    page = parent.get("family.change_phones")
    yield "account, phones", page
    wrong = page.fill({"Portable": "06 12"})
    yield "account, phones in error", wrong.submit("Envoyer à la mairie", _refused=200)
    right = page.fill({"Portable": "", "Téléphone au travail": "0476000001"})
    yield "account, phones wait", right.submit("Envoyer à la mairie")
    page = parent.get("family.change_address")
    yield "account, address", page
    empty = page.fill({"Numéro et voie": "", "Code postal": "38", "Commune": ""})
    yield "account, address in error", empty.submit("Envoyer à la mairie", _refused=200)
    moved = {
        "Numéro et voie": "12 impasse du Très-Vieux-Moulin-de-la-Combe, bâtiment C, escalier 3",
        "Code postal": "38 590",
        "Commune": "Saint-Exemple-sur-Isère",
    }
    yield "account, address waits", page.fill(moved).submit("Envoyer à la mairie")
    page = parent.get("family.change_identity")
    yield "account, identity", page
    same = page.fill({"Monsieur": True})
    yield "account, nothing changed", same.submit("Envoyer à la mairie")
    empty = page.fill({"Nom": ""})
    yield "account, identity in error", empty.submit("Envoyer à la mairie", _refused=200)


def confirmation_link(app: Flask, address: str) -> str:
    """Read the path of the link in the last mail to a new address."""
    found = CONFIRMATION.search(Outbox(app).to(address)[-1].text)
    assert found is not None
    return found[0]
