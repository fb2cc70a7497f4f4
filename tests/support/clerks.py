"""Somebody of the town hall, who has an access; and the codes that they read somewhere."""

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

import pyotp
from flask import Flask

from app.services.actors import Command
from app.services.clerks import team
from app.testing import CapturedMail, Outbox
from tests.support.browser import Browser, Page

PASSWORD = "la cantine ouvre à midi"
LAUNCHED = Command("ops")
CODE = re.compile(r"^[0-9]{6}$", re.MULTILINE)
LINK = re.compile(r"https?://\S+/mairie/\S+")


@dataclass(frozen=True)
class Clerk:
    """How somebody signs in."""

    email: str
    # Of their application; empty for whoever gets a mail.
    seed: str
    spare: list[str]

    @property
    def code(self) -> str:
        """What the application shows now."""
        return pyotp.TOTP(self.seed).now()


def invited(app: Flask, email: str, name: str, *roles: str) -> str:
    """Invite somebody; return the path of their link."""
    with app.app_context():
        token = team.invite(LAUNCHED, email, name, roles)
    return f"/mairie/invitation/{token}"


def choose_password(browser: Browser, path: str, clear: str = PASSWORD) -> Page:
    """Open a link and choose a password."""
    page = browser.visit(path)
    page = page.fill({"Nouveau mot de passe": clear, "Confirmation mot de passe": clear})
    return page.submit("Enregistrer")


def take_application(page: Page) -> tuple[Page, str]:
    """Take an application as the second factor; return the page that follows, and its seed."""
    [seed] = page.soup.select(".seed")
    typed = {"Code affiché par l’application": pyotp.TOTP(seed.text).now()}
    return page.fill(typed).submit("Utiliser cette application"), seed.text


def settle(app: Flask, email: str, name: str, *roles: str, by_mail: bool = False) -> Clerk:
    """Have somebody come all the way, then sign out."""
    browser = Browser(app, address="192.0.2.50")
    page = choose_password(browser, invited(app, email, name, *roles))
    if by_mail:
        page, seed = page.submit("Recevoir le code par courriel"), ""
    else:
        page, seed = take_application(page)
    spare = [each.text for each in page.soup.select(".spare-codes li")]
    page.submit("Déconnexion")
    return Clerk(email, seed, spare)


def give_password(browser: Browser, email: str, clear: str = PASSWORD) -> Page:
    """Type an address and a password."""
    page = browser.get("town_hall.sign_in")
    return page.fill({"Adresse de courriel": email, "Mot de passe": clear}).submit("Continuer")


def code_in(mail: CapturedMail) -> str:
    """Read the code of a mail."""
    found = CODE.search(mail.text)
    assert found, mail.text
    return found[0]


def link_in(mail: CapturedMail) -> str:
    """Read the path of the link of a mail."""
    found = LINK.search(mail.text)
    assert found, mail.text
    return urlsplit(found[0]).path


def sign_in_by_mail(browser: Browser, clerk: Clerk, outbox: Outbox) -> Page:
    """Sign in with the code that comes by mail."""
    page = give_password(browser, clerk.email)
    return page.fill({"Code": code_in(outbox.latest)}).submit("Valider")


def sign_in_with_application(browser: Browser, clerk: Clerk) -> Page:
    """Sign in with the code that the application shows."""
    page = give_password(browser, clerk.email)
    return page.fill({"Code": clerk.code}).submit("Valider")
