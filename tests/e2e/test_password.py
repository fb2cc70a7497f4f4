"""« Changer mot de passe » and « Déconnexion »."""

from playwright.sync_api import Page, expect

from tests.e2e.conftest import IDENTIFIER, PASSWORD, follow_menu, sign_in, sign_out
from tests.e2e.live import Portal

CHOSEN = "Bourrasque38"


def test_a_parent_changes_her_password(parent: Page, live: Portal) -> None:
    """A slip is told; with the new one she is back in, and a mail warns her of the change."""
    follow_menu(parent, "Changer mot de passe")
    for current in ("Faux2026", PASSWORD):
        parent.get_by_label("Mot de passe actuel", exact=True).fill(current)
        parent.get_by_label("Nouveau mot de passe", exact=True).fill(CHOSEN)
        parent.get_by_label("Confirmation mot de passe", exact=True).fill(CHOSEN)
        parent.get_by_role("button", name="Enregistrer").click()
        if current != PASSWORD:
            expect(parent.locator(".error-summary")).to_contain_text("mot de passe actuel")
    expect(parent.locator("main")).to_contain_text("Mot de passe enregistré.")
    sign_in(parent, IDENTIFIER, CHOSEN)
    assert live.mail_to("pays.zest@exemple.fr")["Subject"] == "Votre mot de passe a été changé"


def test_a_parent_leaves_nothing_on_a_shared_screen(parent: Page) -> None:
    follow_menu(parent, "Mon compte")
    expect(parent.locator("main")).to_contain_text("7 chemin des Vergers")
    sign_out(parent)
    parent.goto("/compte")
    expect(parent.locator("h1")).to_have_text("Accès famille")
