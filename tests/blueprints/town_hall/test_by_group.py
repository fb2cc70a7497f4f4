"""A canteen with groups: its figures, its order, its list and its files, group by group."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select, update

from app import db
from app.models import Booking, BookingState, Child, MealOrder, Service, ServiceGroup
from app.services.bookings.groups import group_work
from app.testing import Outbox
from tests.blueprints.town_hall.conftest import NADIA, come
from tests.support.browser import Browser, Page
from tests.support.people import People
from tests.support.services import booked_by

FRIDAY = datetime(2026, 11, 27, 9, tzinfo=UTC)
MONDAY, THURSDAY = date(2026, 11, 30), date(2026, 12, 3)
LAC = "École du Lac"


@pytest.fixture
def nadia(app: Flask, people: People) -> Iterator[Browser]:
    """Two children of a school have a group of their own, one is in none; nobody is in the last."""
    with time_machine.travel(FRIDAY, tick=False):
        with app.app_context(), db.transaction() as session:
            for person in (people.zest, people.moreau, people.ines):
                bookings, child = booked_by(session, person)
                bookings.enrol(child, date(2026, 9, 1))
                bookings.book(child, [MONDAY, THURSDAY], FRIDAY)
            small = Child.source_id.in_(("e1", "e2"))
            session.execute(update(Child).where(small).values(school=LAC))
            canteen = session.scalars(select(Service).where(Service.slug == "cantine")).one()
            for name, school in (("Petits", LAC), ("Grands", "École du Pic")):
                session.add(
                    ServiceGroup(service_id=canteen.id, name=name, capacity=40, schools=[school])
                )
        with app.app_context():
            group_work.follow_all()
        yield come(app, *NADIA, "secretariat")


def figures(page: Page) -> dict[str, list[str]]:
    """Read the table, by the name of each row."""
    rows = page.soup.select("tbody tr")
    cells = ([cell.get_text(" ", strip=True) for cell in row.select("th, td")] for row in rows)
    return {name.replace("\u00a0", " "): rest for name, *rest in cells}


def cancel_one(app: Flask) -> None:
    """One of the group gives Monday back."""
    with app.app_context(), db.transaction() as session:
        gone = select(Child.id).where(Child.source_id == "e1").scalar_subquery()
        theirs = (Booking.child_id == gone) & (Booking.day == MONDAY)
        session.execute(update(Booking).where(theirs).values(state=BookingState.CANCELLED))


@pytest.mark.both_databases
def test_what_is_ordered_of_each_group(app: Flask, nadia: Browser) -> None:
    """Nobody of the last group comes, which is said too; what changes is told by group."""
    page = nadia.get("town_hall.head_counts", semaine="2026-W49", service="cantine")
    told = figures(page)
    assert list(told) == [
        "École du Bourg", LAC, "Total", "Groupe : Petits", "Groupe : Grands", "Sans groupe",
    ]  # fmt: skip
    assert (told["Groupe : Petits"][0], told["Groupe : Petits"][-1]) == ("2", "4")
    assert told["Groupe : Grands"][-1] == "0"
    assert told["Sans groupe"][-1] == "2"
    lines = nadia.fetch(page.link("CSV").href).text.splitlines()
    assert "Groupe\u00a0: Petits;2;2;0;4" in lines
    page = page.fill(address="cuisine@traiteur.fr").submit("Commander")
    assert "Groupe : Petits : 2" in Outbox(app).latest.text.replace("\u00a0", " ")
    cancel_one(app)
    page = nadia.get("town_hall.head_counts", semaine="2026-W49", service="cantine")
    assert f"Depuis : {LAC} : -1, Groupe : Petits : -1" in page.text
    # The midday garderie has no groups.
    page = nadia.get("town_hall.head_counts", semaine="2026-W49", service="garderie-de-midi")
    assert not [name for name in figures(page) if "roupe" in name]


@pytest.mark.both_databases
def test_what_was_ordered_before_there_were_groups(app: Flask, nadia: Browser) -> None:
    """It said nothing of them: nothing of them changed."""
    page = nadia.get("town_hall.head_counts", semaine="2026-W49", service="cantine")
    page.fill(address="cuisine@traiteur.fr").submit("Commander")
    with app.app_context(), db.transaction() as session:
        session.execute(update(MealOrder).values(groups={}))
    page = nadia.get("town_hall.head_counts", semaine="2026-W49", service="cantine")
    assert "Rien n’a changé depuis." in page.text


def test_the_list_of_the_day_is_parted(
    app: Flask, nadia: Browser, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A card for each group and school; on paper, a sheet for each group."""
    page = nadia.visit(f"/mairie/jour/{MONDAY}?service=cantine")
    titles = [each.get_text() for each in page.soup.select("section.card h2")]
    assert [each.replace("\u00a0", " ") for each in titles] == [
        f"Petits, {LAC} : 2 enfants", "Sans groupe, École du Bourg : 1 enfant",
    ]  # fmt: skip
    printed: list[str] = []

    def to_pdf(html: str) -> bytes:
        printed.append(html)
        return b"%PDF-1.7"

    monkeypatch.setattr("app.web.printing.to_pdf", to_pdf)
    nadia.fetch(f"/mairie/jour/{MONDAY}/liste.pdf?service=cantine")
    assert all(part in printed[0] for part in ("Petits (2)", "<h2>Petits", "<h2>Sans groupe"))
    assert printed[0].count('class="of-group"') == 2
    nadia.fetch(f"/mairie/jour/{MONDAY}/liste.pdf")
    assert printed[1].count('class="of-group"') == 1


@pytest.mark.both_databases
@pytest.mark.usefixtures("nadia")
def test_the_command_and_the_month_say_it_too(app: Flask, tmp_path: Path) -> None:
    said = app.test_cli_runner().invoke(args=["reservations", "liste", "30/11/2026"]).output
    said = said.replace("\u00a0", " ")
    assert f"Cantine : 3 enfants (École du Bourg 1, {LAC} 2) ; par groupe : Petits 2" in said
    assert ", sans groupe 1." in said
    app.test_cli_runner().invoke(args=["reservations", "exporter", "2026-11", str(tmp_path)])
    heads = (tmp_path / "effectifs-2026-11.csv").read_text("utf-8-sig").splitlines()
    assert f"2026-11-30;cantine;{LAC};2;0;Petits" in heads
    assert "2026-11-30;cantine;École du Bourg;1;0;" in heads
