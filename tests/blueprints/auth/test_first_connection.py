"""The parent's path: from « Mot de passe oublié » to the family's home page."""

from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import pytest
import time_machine
from flask import Flask

from app.testing import Outbox
from tests.support.browser import Browser, Page
from tests.support.people import People, Person

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
GOOD = "Tramontane66"
SENT = (
    "Un mot de passe temporaire vient de vous être envoyé à votre adresse. Veuillez suivre les "
    "instructions contenues dans le courriel pour réinitialiser votre mot de passe."
)


def ask(browser: Browser, identifier: str) -> Page:
    """Press « Mot de passe oublié » with an identifiant typed."""
    page = browser.get("auth.sign_in").fill({"Identifiant": identifier})
    return page.submit("Mot de passe oublié")


def sign_in(browser: Browser, identifier: str, clear: str, refused: int | None = None) -> Page:
    """Type an identifiant and a password."""
    page = browser.get("auth.sign_in").fill({"Identifiant": identifier, "Mot de passe": clear})
    return page.submit("Connexion", _refused=refused)


def choose(page: Page, clear: str, again: str | None = None, refused: int | None = None) -> Page:
    """Type the new password twice."""
    filled = page.fill({"Nouveau mot de passe": clear, "Confirmation mot de passe": again or clear})
    return filled.submit("Enregistrer", _refused=refused)


@pytest.mark.parametrize("name", ["zest", "newcomer"])
def test_the_whole_path(browser: Browser, people: People, outbox: Outbox, name: str) -> None:
    """Lost password or first time: ask, read the mail, choose, sign in again, be home."""
    person: Person = getattr(people, name)
    sent = ask(browser, person.identifier)
    assert sent.h1 == "Mot de passe oublié"
    assert SENT in sent.text
    assert outbox.latest.recipient == person.email
    assert person.email not in sent.text

    page = sign_in(browser, person.identifier, outbox.latest.temporary_password)
    assert page.h1 == "Choisissez votre mot de passe"
    assert "Vous devrez vous identifier de nouveau après cette modification." in page.text

    page = choose(page, GOOD)
    assert page.endpoint == "auth.sign_in"
    saved = "Mot de passe enregistré. Connectez-vous avec votre nouveau mot de passe."
    assert saved in page.text
    assert page.value("Identifiant") == person.identifier

    home = page.fill({"Mot de passe": GOOD}).submit("Connexion")
    assert home.h1 == "Bienvenue sur le portail famille"
    assert person.display_name in home.text


def test_the_link_leads_to_the_same_page(browser: Browser, people: People, outbox: Outbox) -> None:
    """One press on the mail's button: nothing to copy."""
    ask(browser, people.zest.identifier)
    phone = Browser(browser.app)
    page = phone.visit(path_of(outbox.latest.link))
    assert page.h1 == "Choisissez votre mot de passe"
    page = choose(page, GOOD)
    home = page.fill({"Mot de passe": GOOD}).submit("Connexion")
    assert home.endpoint == "family.home"


def path_of(link: str) -> str:
    """Return the path of a link in a mail."""
    return urlsplit(link).path


def test_the_mail_opens_with_what_happened(
    browser: Browser, people: People, outbox: Outbox
) -> None:
    """The same button serves both: the mail knows whether something was lost."""
    ask(browser, people.zest.identifier)
    assert "Vous avez perdu vos identifiants de connexion." in outbox.latest.text
    ask(browser, people.newcomer.identifier)
    assert "Votre accès au portail famille est prêt." in outbox.latest.text


def test_the_temporary_password_opens_no_other_page(
    browser: Browser, people: People, outbox: Outbox
) -> None:
    """Until a password is chosen nobody is signed in."""
    ask(browser, people.zest.identifier)
    sign_in(browser, people.zest.identifier, outbox.latest.temporary_password)
    for endpoint in ("family.home", "family.statement", "auth.change_password"):
        browser.get(endpoint, _lands_on="auth.sign_in")
    assert browser.get("auth.choose_password").h1 == "Choisissez votre mot de passe"


@pytest.mark.parametrize("by", ["password", "link"])
def test_coming_in_with_a_mail_ends_whoever_was_signed_in(
    browser: Browser, people: People, outbox: Outbox, by: str
) -> None:
    """A family's computer: Monsieur MOREAU is signed in, Madame ZEST comes with her mail."""
    other_tab = browser.get("auth.sign_in")
    ask(Browser(browser.app), people.zest.identifier)
    browser.sign_in(people.moreau)
    if by == "link":
        asked = browser.visit(path_of(outbox.latest.link))
        assert "Cet appareil est connecté au compte de Paul MOREAU." in asked.text
        asked.submit("Se déconnecter et continuer")
    else:
        secret = outbox.latest.temporary_password
        typed = {"Identifiant": people.zest.identifier, "Mot de passe": secret}
        stale = other_tab.fill(typed).submit("Connexion", _refused=200)
        stale.fill({"Mot de passe": secret}).submit("Connexion")
    browser.get("family.home", _lands_on="auth.sign_in")
    assert browser.get("auth.choose_password").h1 == "Choisissez votre mot de passe"


@pytest.mark.parametrize("name", ["zest", "archived", "no_address", "newcomer", "unknown"])
def test_asking_shows_the_same_page_to_everybody(
    browser: Browser, people: People, name: str
) -> None:
    """Nobody learns from the portal which identifiants exist."""
    identifier = "99999999" if name == "unknown" else getattr(people, name).identifier
    page = ask(browser, identifier)
    assert SENT in page.text
    reference = ask(Browser(browser.app), "11111111")
    assert page.text == reference.text
    assert set(page.response.headers.keys()) == set(reference.response.headers.keys())


def test_asking_without_identifiant_asks_for_it(browser: Browser) -> None:
    """The button pressed too early leads to a page with one field."""
    page = browser.get("auth.sign_in").submit("Mot de passe oublié", _refused=200)
    assert page.h1 == "Mot de passe oublié"
    assert page.errors == ["Saisissez votre identifiant."]
    page = page.fill({"Identifiant": "3816 2386"}).submit("Recevoir le courriel")
    assert page.endpoint == "auth.forgotten_password_sent"


@pytest.mark.parametrize(
    "typed", ["3816_2386", "+38162386", "３８１６２３８６", "²", "381a", "-1", "1" * 21, "x" * 500],
)  # fmt: skip
def test_what_is_no_identifiant_is_told_so(browser: Browser, typed: str) -> None:
    """Only ASCII digits, twenty at most, on both pages."""
    for page in (
        browser.get("auth.forgotten_password")
        .fill({"Identifiant": typed})
        .submit("Recevoir le courriel", _refused=200),
        sign_in(browser, typed, "Faux12345", refused=200),
    ):
        assert "seulement des chiffres" in page.errors[0]
        assert page.value("Identifiant") == typed


def test_the_resend_button_asks_again(browser: Browser, people: People, outbox: Outbox) -> None:
    """After two minutes a second mail leaves, without typing anything."""
    with time_machine.travel(NOW, tick=False):
        page = ask(browser, people.zest.identifier)
        page.submit("Renvoyer le courriel")
        assert len(outbox) == 1
    with time_machine.travel(NOW + timedelta(minutes=2, seconds=1), tick=False):
        page = page.submit("Renvoyer le courriel")
        assert SENT in page.text
        assert "Courriel renvoyé à 13 h 02" in page.text
        assert len(outbox) == 2
        page = page.link("Cliquez ici pour vous reconnecter").click()
        assert page.value("Identifiant") == people.zest.identifier


def test_both_mails_work_until_one_is_used(
    browser: Browser, people: People, outbox: Outbox
) -> None:
    """Mails arrive late and out of order: the older one is no trap."""
    for minutes in (0, 3):
        with time_machine.travel(NOW + timedelta(minutes=minutes), tick=False):
            ask(browser, people.zest.identifier)
    older, newer = (mail.temporary_password for mail in outbox)
    with time_machine.travel(NOW + timedelta(minutes=4), tick=False):
        choose(sign_in(browser, people.zest.identifier, older), GOOD)
        page = sign_in(browser, people.zest.identifier, newer, refused=200)
    assert "incorrect" in page.text


def test_an_expired_temporary_password_offers_a_new_one(
    browser: Browser, people: People, outbox: Outbox
) -> None:
    """The parent is told when it ended, and needs one press."""
    with time_machine.travel(NOW, tick=False):
        ask(browser, people.zest.identifier)
    with time_machine.travel(NOW + timedelta(hours=25), tick=False):
        secret = outbox.latest.temporary_password
        page = sign_in(browser, people.zest.identifier, secret, refused=200)
        assert "Il a expiré le lundi 23 novembre 2026 à 13 h 00." in page.text
        page = page.submit("Recevoir un nouveau mot de passe")
        assert page.endpoint == "auth.forgotten_password_sent"
        assert len(outbox) == 2


@pytest.mark.parametrize(
    ("hours", "words"), [(1, "déjà servi"), (25, "a expiré le")], ids=["used", "expired"]
)
def test_a_dead_link_offers_a_new_mail(
    browser: Browser, people: People, outbox: Outbox, hours: int, words: str
) -> None:
    """Used or too old: the page says which, and one press sends a new mail."""
    with time_machine.travel(NOW, tick=False):
        ask(browser, people.zest.identifier)
        link = path_of(outbox.latest.link)
        if hours == 1:
            choose(browser.visit(link), GOOD)
    with time_machine.travel(NOW + timedelta(hours=hours), tick=False):
        page = browser.visit(link)
        assert words in page.text
        page = page.submit("Recevoir un nouveau courriel")
        assert page.endpoint == "auth.forgotten_password_sent"


def test_a_made_up_link_leads_to_the_ordinary_way(browser: Browser) -> None:
    """A truncated link says so, and leads to the page that asks for the identifiant."""
    page = browser.visit("/mot-de-passe/lien/abc")
    assert "L’adresse est incomplète." in page.text
    page = page.link("Recevoir un nouveau courriel").click()
    assert page.endpoint == "auth.forgotten_password"


def test_choosing_without_ticket_leads_to_sign_in(browser: Browser) -> None:
    """The page alone is worth nothing."""
    page = browser.get("auth.choose_password", _lands_on="auth.sign_in")
    assert "Pour choisir votre mot de passe" in page.text


def test_every_unmet_rule_is_listed_and_nothing_typed_comes_back(
    browser: Browser, people: People, outbox: Outbox
) -> None:
    """All at once, in the summary and by the field; passwords are never sent back."""
    ask(browser, people.zest.identifier)
    page = sign_in(browser, people.zest.identifier, outbox.latest.temporary_password)
    page = choose(page, "soleil", refused=200)
    assert "Ajoutez une majuscule." in page.errors
    assert "Ajoutez un chiffre." in page.errors
    assert "soleil" not in str(page.soup)
    page = choose(page, GOOD, "Tramontane67", refused=200)
    assert page.errors == ["Saisissez deux fois le même mot de passe : les deux sont différents."]
    assert choose(page, GOOD).endpoint == "auth.sign_in"


def test_a_notice_follows_each_change(browser: Browser, people: People, outbox: Outbox) -> None:
    """A mail without any secret says that the password was changed."""
    ask(browser, people.zest.identifier)
    choose(browser.visit(path_of(outbox.latest.link)), GOOD)
    notice = outbox.latest
    assert notice.recipient == people.zest.email
    assert "mot de passe" in notice.subject
    with pytest.raises(LookupError):
        _ = notice.temporary_password
    with pytest.raises(LookupError):
        _ = notice.link


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"},
        {"X-Forwarded-Host": "evil.example"},
        {"Forwarded": "host=evil.example;proto=https"},
    ],
)
def test_the_link_never_comes_from_a_header(
    app: Flask, browser: Browser, people: People, outbox: Outbox, headers: dict[str, str]
) -> None:
    """A forged host is refused or ignored; the mail always names the public address."""
    token = browser.get("auth.forgotten_password").csrf_token
    answer = browser.client.post(
        browser.address("auth.forgotten_password"),
        data={"identifier": people.zest.identifier, "csrf_token": token},
        headers=headers,
    )
    assert answer.status_code == (400 if "Host" in headers else 302)
    assert all(mail.link.startswith(f"{browser.base_url}/") for mail in outbox)
    assert "evil.example" not in str(answer.headers)
