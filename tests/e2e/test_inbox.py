"""« Boîte de réception » in a real browser: read, file, find, answer."""

from playwright.sync_api import Page, expect

from tests.e2e.conftest import IDENTIFIER, follow_menu, whole
from tests.e2e.live import Portal

NOEL = "Marché de Noël des écoles"
SUBJECT = "Sortie au musée"


def test_a_parent_looks_after_her_messages(parent: Page) -> None:
    """Read, it is no longer among the unread ones; archived by mistake, it comes back."""
    follow_menu(parent, "Boîte de réception")
    before = titles(parent)
    parent.get_by_role("link", name=NOEL).click()
    expect(parent.locator("h1")).to_have_text(NOEL)
    follow_menu(parent, "Boîte de réception")
    parent.get_by_role("link", name="Non lus", exact=True).click()
    expect(parent.locator("[aria-current=true]")).to_have_text("Non lus")
    assert NOEL not in titles(parent)
    parent.get_by_role("link", name="Tous", exact=True).click()
    parent.get_by_role("link", name=NOEL).click()
    parent.get_by_role("button", name="Archiver ce message").click()
    expect(parent.locator("main")).to_contain_text("Message archivé.")
    assert NOEL not in titles(parent)
    parent.get_by_role("button", name="Annuler").click()
    expect(parent.locator("main")).to_contain_text("de nouveau dans votre boîte de réception")
    assert titles(parent) == before
    parent.get_by_label("Rechercher dans les messages").fill("MARCHE noel")
    parent.get_by_role("button", name="Rechercher").click()
    expect(parent.locator("main")).to_contain_text("1\u00a0message trouvé")
    assert titles(parent) == [NOEL]


def test_a_parent_and_the_town_hall_write_to_each_other(parent: Page, live: Portal) -> None:
    """She answers; the clerk sees it and answers with a command; she finds it unread, on top."""
    number = str(live.post(IDENTIFIER, SUBJECT, "Venez-vous avec la classe\u00a0?"))
    follow_menu(parent, "Boîte de réception")
    parent.get_by_role("link", name=SUBJECT).click()
    parent.get_by_label("Votre réponse").fill("Oui, volontiers.")
    parent.get_by_role("button", name="Envoyer ma réponse").click()
    expect(parent.locator("main")).to_contain_text("Votre réponse est envoyée à la mairie.")
    expect(parent.locator(".thread")).to_contain_text("Oui, volontiers.")
    parent.get_by_role("button", name="Archiver ce message").click()
    family = live.flask("messages", "list").splitlines()[1].split()[1]
    assert "Oui, volontiers." in live.flask("messages", "show", number)
    live.flask("messages", "answer", number, "--family", family, "À mardi, 9 heures.")
    follow_menu(parent, "Boîte de réception")
    first = parent.locator("main .rows li").first
    expect(first).to_contain_text(SUBJECT)
    expect(first).to_contain_text("Non lu")
    expect(first).to_contain_text("la mairie vous a répondu")
    first.get_by_role("link").click()
    expect(parent.locator(".reply").last).to_contain_text("À mardi, 9 heures.")


def titles(page: Page) -> list[str]:
    """Read the subjects that are listed."""
    return whole(page).locator("main .rows li a").all_inner_texts()
