"""« Réservations »: a parent books a week at home's call, on every device."""

from datetime import date

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import delete, select

from app import db
from app.models import Account, CalendarSpan, Child, Enrolment, FamilyChild, Service, ServiceDay
from tests.e2e.conftest import IDENTIFIER, follow_menu, on_every_device
from tests.e2e.live import Portal
from tests.support.services import open_services

# Somebody on a phone takes three seconds for each: a minute in all.
MOST_PRESSES = 20


@pytest.fixture
def canteen(live: Portal) -> None:
    """The town opens its canteen every day, whatever today is, to two children."""
    with live.town_hall.app_context(), db.transaction() as session:
        open_services(session)
        session.execute(delete(CalendarSpan))
        session.execute(delete(ServiceDay))
        account = select(Account).where(Account.identifier == IDENTIFIER)
        family_id = session.scalars(account).one().guardian.family_id
        sister = Child(source_id="sister", last_name="ZEST", first_name="Zoé")
        session.add(sister)
        session.flush()
        session.add(FamilyChild(family_id=family_id, child_id=sister.id))
        session.flush()
        children = select(Child.id).join(FamilyChild, FamilyChild.child_id == Child.id)
        session.add_all(
            Enrolment(child_id=child, service_id=service.id, family_id=family_id, first=date.min)
            for child in session.scalars(children.where(FamilyChild.family_id == family_id))
            for service in session.scalars(select(Service).order_by(Service.id))
        )


@on_every_device
@pytest.mark.usefixtures("canteen")
def test_a_parent_books_a_week(parent: Page) -> None:
    """Tick, read, save; then the midday that the canteen brought is there, and cannot go alone."""
    follow_menu(parent, "Réservations")
    box = parent.get_by_role("checkbox", name="Cantine").first
    box.check()
    parent.get_by_role("button", name="Continuer").click()
    expect(parent.locator("h1")).to_have_text("Vérifiez vos réservations")
    expect(parent.locator("main")).to_contain_text("avec Garderie de midi")
    parent.get_by_role("button", name="Enregistrer").click()
    expect(parent.locator("h1")).to_have_text("Réservations enregistrées")
    expect(parent.locator("main")).to_contain_text("Cantine, Garderie de midi")
    parent.get_by_role("link", name="Revoir cette semaine").click()
    expect(parent.get_by_role("checkbox", name="Cantine").first).to_be_checked()
    expect(parent.locator("main")).to_contain_text("Compris avec la cantine.")


@on_every_device
@pytest.mark.usefixtures("canteen")
def test_four_weeks_for_two_children_in_a_minute(parent: Page) -> None:
    """From the address that a mail gives: one week is ticked, the next three are alike."""
    parent.goto("/reservations")
    presses = 0
    for box in parent.get_by_role("checkbox", name="Cantine").all():
        box.check()
        presses += 1
    assert presses == 2 * 4
    for week in range(4):
        if week:
            parent.get_by_role("link", name="Réserver la semaine suivante").click()
            presses += 1
        parent.get_by_role("button", name="Continuer").click()
        parent.get_by_role("button", name="Enregistrer").click()
        presses += 2
        expect(parent.locator("h1")).to_have_text("Réservations enregistrées")
        expect(parent.get_by_text("Zoé, Cantine, Garderie de midi")).to_have_count(4)
    assert presses <= MOST_PRESSES
