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


@pytest.fixture
def canteen(live: Portal) -> None:
    """The town opens its canteen every day, whatever the day on which this runs."""
    with live.town_hall.app_context(), db.transaction() as session:
        open_services(session)
        session.execute(delete(CalendarSpan))
        session.execute(delete(ServiceDay))
        account = select(Account).where(Account.identifier == IDENTIFIER)
        family_id = session.scalars(account).one().guardian.family_id
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
