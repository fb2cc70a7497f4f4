"""« Changer mot de passe »."""

from app.services.accounts.current_password import WRONG_CURRENT
from app.testing import Outbox
from tests.support.browser import Browser, Page
from tests.support.people import People

GOOD = "Tramontane66"


def change(page: Page, current: str, clear: str, refused: int | None = None) -> Page:
    """Fill the three fields."""
    filled = page.fill(
        {
            "Mot de passe actuel": current,
            "Nouveau mot de passe": clear,
            "Confirmation mot de passe": clear,
        }
    )
    return filled.submit("Enregistrer", _refused=refused)


def test_karim_changes_his_password(browser: Browser, people: People, outbox: Outbox) -> None:
    """He gives the current one, signs in again with the new one, and a mail tells him."""
    elsewhere = Browser(browser.app)
    elsewhere.sign_in(people.karim)
    browser.sign_in(people.karim)
    page = change(browser.get("auth.change_password"), "Montagne38", GOOD)
    assert page.endpoint == "auth.sign_in"
    assert "Mot de passe enregistré." in page.text
    assert page.value("Identifiant") == people.karim.identifier
    assert page.fill({"Mot de passe": GOOD}).submit("Connexion").endpoint == "family.home"
    assert outbox.latest.recipient == people.karim.email
    elsewhere.get("family.home", _lands_on="auth.sign_in")


def test_a_wrong_current_password_changes_nothing(
    browser: Browser, people: People, outbox: Outbox
) -> None:
    """The field is named in the summary; the old password still works."""
    browser.sign_in(people.karim)
    page = change(browser.get("auth.change_password"), "Faux12345", GOOD, refused=200)
    assert page.errors == [WRONG_CURRENT.replace("\u00a0", " ")]
    assert len(outbox) == 0
    assert Browser(browser.app).sign_in(people.karim).endpoint == "family.home"


def test_the_family_s_names_are_refused(browser: Browser, people: People) -> None:
    """His child's name is known to the whole school."""
    browser.sign_in(people.karim)
    page = change(browser.get("auth.change_password"), "Montagne38", "Garnier2026", refused=200)
    assert "votre nom" in page.errors[0]
