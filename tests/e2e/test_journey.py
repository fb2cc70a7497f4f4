"""The whole journey of a parent, in a real browser."""

import re
from email.message import EmailMessage

from playwright.sync_api import Page, expect

from tests.e2e.conftest import IDENTIFIER, on_every_device, sign_out
from tests.e2e.live import Mailed, Portal, words_of

ADDRESS = "pays.zest@exemple.fr"
CHOSEN = "Tramontane66"
SECRET = re.compile(r"^[0-9a-f]{32}$", re.MULTILINE)
LINK = re.compile(r"^http\S+/mot-de-passe/lien/\S+$", re.MULTILINE)
# As parents read it, with the space that never breaks.
OWED = "-891,35\u00a0€"


@on_every_device
def test_a_parent_gets_in_with_the_temporary_password(window: Page, live: Portal) -> None:
    """Asked, read, pasted, chosen, signed in, signed out: nothing is left behind."""
    secret = words_of(ask_for_a_password(window, live), SECRET)
    window.get_by_role("link", name="Cliquez ici pour vous reconnecter").click()
    window.get_by_label("Identifiant").fill(IDENTIFIER)
    paste(window, "Mot de passe", f" {secret} ")
    window.get_by_role("button", name="Connexion").click()
    choose_a_password(window)
    sign_in_and_out(window)
    for words in (secret, CHOSEN):
        assert live.keeps(words) == []


@on_every_device
def test_a_parent_gets_in_with_the_link_of_the_mail(window: Page, live: Portal) -> None:
    """The same without pasting anything, with the keyboard alone from there on."""
    mail = ask_for_a_password(window, live)
    window.goto(words_of(mail, LINK))
    choose_a_password(window)
    sign_in_and_out(window)
    assert live.keeps(words_of(mail, SECRET)) == []
    window.goto(words_of(mail, LINK))
    expect(window.locator("h1")).to_have_text("Ce lien ne fonctionne plus")


def ask_for_a_password(window: Page, live: Mailed) -> EmailMessage:
    """From the printed address to « Mot de passe oublié » and to the mail."""
    window.goto("/portail/index.jsp")
    expect(window.locator("h1")).to_have_text("Accès famille")
    window.get_by_label("Identifiant").fill(IDENTIFIER)
    window.get_by_role("button", name="Mot de passe oublié").click()
    expect(window.locator("h1")).to_have_text("Mot de passe oublié")
    expect(window.locator("main")).to_contain_text("vient de vous être envoyé")
    mail = live.mail_to(ADDRESS)
    assert mail["Subject"] == "Envoi de vos identifiants de connexion"
    return mail


def choose_a_password(window: Page) -> None:
    """A weak one is refused with what to add; a good one is kept."""
    expect(window.locator("h1")).to_have_text("Choisissez votre mot de passe")
    for clear, answer in (("soleil", "Ajoutez une majuscule."), (CHOSEN, "")):
        window.get_by_label("Nouveau mot de passe", exact=True).fill(clear)
        window.get_by_label("Confirmation mot de passe", exact=True).fill(clear)
        window.keyboard.press("Enter")
        if answer:
            expect(window.locator(".error-summary")).to_contain_text(answer)
            expect(window).to_have_title(re.compile("^Erreur"))


def sign_in_and_out(window: Page) -> None:
    """Home shows what is owed; after signing out, the Back button shows nothing of it."""
    expect(window.locator("main")).to_contain_text("Mot de passe enregistré.")
    expect(window.get_by_label("Identifiant")).to_have_value(IDENTIFIER)
    window.get_by_label("Mot de passe", exact=True).fill(CHOSEN)
    window.keyboard.press("Enter")
    expect(window.locator("h1")).to_have_text("Bienvenue sur le portail famille")
    expect(window.locator("main")).to_contain_text(OWED)
    expect(window.locator("main")).to_contain_text("Bienvenue PAYS ZEST")
    sign_out(window)


def paste(window: Page, label: str, words: str) -> None:
    """Put words in a field all at once, as pasting does."""
    window.get_by_label(label, exact=True).focus()
    window.keyboard.insert_text(words)
