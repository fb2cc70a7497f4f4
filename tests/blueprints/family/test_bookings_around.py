"""What home and the page of a child say of bookings."""

from tests.support.browser import Browser
from tests.support.databases import selects, statements_of
from tests.support.people import public_id

CHECK, SAVE = "Continuer", "Enregistrer"
MOST_STATEMENTS = 8
CANTEEN_ON_MONDAY = "Cantine, PAYS, lundi 30 novembre"


def test_home_says_which_week_nobody_has_spoken_of(parent: Browser) -> None:
    """Until one day of it is booked; then not before the limit of the next one is near."""
    page = parent.get("family.home")
    page = page.link("Réserver avant jeudi minuit").click()
    assert "Semaine du 30 novembre 2026" in page.text
    page.fill({CANTEEN_ON_MONDAY: True}).submit(CHECK, _refused=200).submit(SAVE)
    assert "Réserver avant" not in parent.get("family.home").text
    with statements_of(parent.app) as sent:
        parent.get("family.home")
    assert selects(sent) <= MOST_STATEMENTS


def test_a_child_s_page_shows_what_is_booked(parent: Browser) -> None:
    page = parent.get("family.child", public_id=public_id("e1"))
    assert "Rien de réservé pour le moment" in page.text
    page = parent.get("family.bookings").fill({CANTEEN_ON_MONDAY: True})
    page.submit(CHECK, _refused=200).submit(SAVE)
    page = parent.get("family.child", public_id=public_id("e1"))
    assert "Lundi 30 novembre Cantine, Garderie de midi Réservé" in page.text
