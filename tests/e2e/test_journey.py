"""The whole journey of a parent, in a real browser, on an old phone."""

import re
from collections.abc import Iterator
from email.message import EmailMessage

import pytest
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Page, expect

from tests.e2e.gallery import PHONE
from tests.e2e.live import Portal

IDENTIFIER = "38162386"
CHOSEN = "Tramontane66"
SECRET = re.compile(r"^[0-9a-f]{32}$", re.MULTILINE)
LINK = re.compile(r"^http\S+/mot-de-passe/lien/\S+$", re.MULTILINE)
# As parents read it, with the space that never breaks.
OWED = "-891,35\u00a0€"


@pytest.fixture(params=[True, False], ids=["with JavaScript", "without JavaScript"])
def phone(request: pytest.FixtureRequest, chromium: Chromium, live: Portal) -> Iterator[Page]:
    """The phone of a parent, which asks nobody but the portal."""
    context = chromium.new_context(
        viewport=PHONE, java_script_enabled=request.param, base_url=live.url, locale="fr-FR"
    )
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda sent: asked.append(sent.url))
    yield page
    strangers = [url for url in asked if not url.startswith(live.url)]
    context.close()
    assert strangers == []


def test_a_parent_gets_in_with_the_temporary_password(phone: Page, live: Portal) -> None:
    """Asked, read, pasted, chosen, signed in, signed out: nothing is left behind."""
    ask_for_a_password(phone)
    secret = found(SECRET, live.first_mail())
    phone.get_by_role("link", name="Cliquez ici pour vous reconnecter").click()
    phone.get_by_label("Identifiant").fill(IDENTIFIER)
    paste(phone, "Mot de passe", f" {secret} ")
    phone.get_by_role("button", name="Connexion").click()
    choose_a_password(phone)
    sign_in_and_out(phone)
    for words in (secret, CHOSEN):
        assert live.keeps(words) == []


def test_a_parent_gets_in_with_the_link_of_the_mail(phone: Page, live: Portal) -> None:
    """The same without pasting anything, with the keyboard alone from there on."""
    ask_for_a_password(phone)
    mail = live.first_mail()
    phone.goto(found(LINK, mail))
    choose_a_password(phone)
    sign_in_and_out(phone)
    assert live.keeps(found(SECRET, mail)) == []
    phone.goto(found(LINK, mail))
    expect(phone.locator("h1")).to_have_text("Ce lien ne fonctionne plus")


def ask_for_a_password(phone: Page) -> None:
    """From the printed address to « Mot de passe oublié »."""
    phone.goto("/portail/index.jsp")
    expect(phone.locator("h1")).to_have_text("Accès famille")
    phone.get_by_label("Identifiant").fill(IDENTIFIER)
    phone.get_by_role("button", name="Mot de passe oublié").click()
    expect(phone.locator("h1")).to_have_text("Mot de passe oublié")
    expect(phone.locator("main")).to_contain_text("vient de vous être envoyé")


def choose_a_password(phone: Page) -> None:
    """A weak one is refused with what to add; a good one is kept."""
    expect(phone.locator("h1")).to_have_text("Choisissez votre mot de passe")
    for clear, answer in (("soleil", "Ajoutez une majuscule."), (CHOSEN, "")):
        phone.get_by_label("Nouveau mot de passe", exact=True).fill(clear)
        phone.get_by_label("Confirmation mot de passe", exact=True).fill(clear)
        phone.keyboard.press("Enter")
        if answer:
            expect(phone.locator(".error-summary")).to_contain_text(answer)
            expect(phone).to_have_title(re.compile("^Erreur"))


def sign_in_and_out(phone: Page) -> None:
    """Home shows what is owed; after signing out, the Back button shows nothing of it."""
    expect(phone.locator("main")).to_contain_text("Mot de passe enregistré.")
    expect(phone.get_by_label("Identifiant")).to_have_value(IDENTIFIER)
    phone.get_by_label("Mot de passe", exact=True).fill(CHOSEN)
    phone.keyboard.press("Enter")
    expect(phone.locator("h1")).to_have_text("Bienvenue sur le portail famille")
    expect(phone.locator("main")).to_contain_text(OWED)
    expect(phone.locator("main")).to_contain_text("Bienvenue PAYS ZEST")
    phone.get_by_role("button", name="Déconnexion").click()
    expect(phone.locator("h1")).to_have_text("Accès famille")
    phone.go_back()
    expect(phone.locator("h1")).to_have_text("Accès famille")
    expect(phone.locator("body")).not_to_contain_text("891,35")


def paste(phone: Page, label: str, words: str) -> None:
    """Put words in a field all at once, as pasting does."""
    phone.get_by_label(label, exact=True).focus()
    phone.keyboard.insert_text(words)


def found(pattern: re.Pattern[str], mail: EmailMessage) -> str:
    """Read in the text of a mail what it tells to copy, or to open."""
    assert mail["Subject"] == "Envoi de vos identifiants de connexion"
    body = mail.get_body(("plain",))
    assert body is not None
    [words] = pattern.findall("\n".join(body.get_content().splitlines()))
    return str(words)
