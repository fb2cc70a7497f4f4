"""« Réservations »: a parent books a week at home's call, on every device."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from time import monotonic
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import delete, select

from app import db
from app.formats import today, town_zone
from app.models import (
    Account,
    CalendarSpan,
    Child,
    Enrolment,
    FamilyChild,
    Service,
    ServiceDay,
    TypicalDay,
    WeekParity,
)
from app.services.bookings.reminders import reminding
from tests.e2e.conftest import IDENTIFIER, PASSWORD, follow_menu, on_every_device
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


@on_every_device
@pytest.mark.usefixtures("canteen")
def test_from_the_reminder_s_mail_four_weeks_are_booked_in_a_minute(
    window: Page, live: Portal
) -> None:
    """Press the mail's button, sign in, tick by the typical week; then three times as before."""
    live.give_password(IDENTIFIER, PASSWORD)
    week, quiet = _links_of_reminder(live)
    steps = Steps()
    steps.press(lambda: window.goto(week))
    steps.type(lambda: window.get_by_label("Identifiant").fill(IDENTIFIER))
    steps.type(lambda: window.get_by_label("Mot de passe", exact=True).fill(PASSWORD))
    steps.press(window.get_by_role("button", name="Connexion").click)
    expect(window).to_have_url(re.compile(f"{week}$"))
    steps.press(window.get_by_role("link", name="Cocher d’après la semaine type").click)
    expect(window.get_by_role("checkbox", checked=True)).to_have_count(2 * 4)
    for number in range(4):
        if number:
            steps.press(window.get_by_role("link", name="Réserver la semaine suivante").click)
        steps.press(window.get_by_role("button", name="Continuer").click)
        steps.press(window.get_by_role("button", name="Enregistrer").click)
        expect(window.locator("h1")).to_have_text("Réservations enregistrées")
        expect(window.get_by_text("Zoé, Cantine, Garderie de midi")).to_have_count(4)
    assert steps.seconds < 60, steps
    window.goto(quiet)
    window.get_by_role("button", name="Rien cette semaine, c’est voulu").click()
    expect(window.locator("h1")).to_have_text("C’est noté")


@dataclass
class Steps:
    """How long somebody on a phone takes: to find and press, to type, and what the portal takes."""

    presses: int = 0
    words: int = 0
    waited: float = 0

    def press(self, act: Callable[[], object]) -> None:
        """Press something."""
        self.presses += 1
        self._do(act)

    def type(self, act: Callable[[], object]) -> None:
        """Type a word."""
        self.words += 1
        self._do(act)

    def _do(self, act: Callable[[], object]) -> None:
        begun = monotonic()
        act()
        self.waited += monotonic() - begun

    @property
    def seconds(self) -> float:
        """Two seconds and a half a press, four a word."""
        return 2.5 * self.presses + 4 * self.words + self.waited


def _links_of_reminder(live: Portal) -> tuple[str, str]:
    """Have the portal remind the parent, some Wednesday to come; read both links of the mail."""
    wednesday = today() + timedelta(days=(2 - today().weekday()) % 7)
    with live.town_hall.app_context():
        with db.transaction() as session:
            account = session.scalars(select(Account).filter_by(identifier=IDENTIFIER)).one()
            family_id, address = account.guardian.family_id, account.guardian.email
            services = select(Service.id).where(Service.slug == "cantine")
            children = select(FamilyChild.child_id).where(FamilyChild.family_id == family_id)
            session.add_all(
                TypicalDay(
                    family_id=family_id,
                    child_id=child,
                    parity=WeekParity.ALL,
                    weekday=weekday,
                    service_id=session.scalars(services).one(),
                )
                for child in session.scalars(children)
                for weekday in (0, 1, 3, 4)
            )
        noon = datetime.combine(wednesday, time(12), town_zone())
        assert reminding.remind(noon.astimezone(UTC))
    body = live.mail_to(address).get_body(("plain",))
    assert body is not None
    paths = [urlsplit(address).path for address in re.findall(r"https?://\S+", body.get_content())]
    week, quiet, *_ = [path for path in paths if path.startswith("/reservations/")]
    return week, quiet
