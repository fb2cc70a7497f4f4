"""« Facturation »: the Régie reads a month, hands it over, and lets it change no more."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from app import db
from app.booking_kinds import AbsenceReason
from app.models import (
    Attendance,
    AttendanceState,
    Booking,
    BookingBatch,
    BookingEvent,
    BookingEventKind,
    BookingState,
    Child,
    CustodyPattern,
    InvoicedMonth,
    JournalEntry,
    Quotient,
    Service,
    Tariff,
)
from app.services.actors import Command
from app.services.bookings import reading
from app.services.bookings.closings import closing
from app.services.bookings.closings.closing_extent import Extent
from app.services.bookings.judge.billing_codes import Code, Difference
from app.services.bookings.judge.judging import judge
from app.services.bookings.judge.verdicts import Act, Obstacle
from app.services.bookings.judge.worlds import Cell
from app.services.bookings.month_end import month_codes, month_files
from app.services.importing import service_files
from tests.blueprints.town_hall.conftest import come
from tests.services.requests.conftest import signed_in
from tests.support.databases import selects, statements_of
from tests.support.people import People
from tests.support.services import booked_by

NOW = datetime(2026, 11, 28, 9, tzinfo=UTC)
NOVEMBER, LAST = date(2026, 11, 1), date(2026, 11, 30)
DAYS = [date(2026, 11, day) for day in (3, 5, 6, 9, 10)]


@pytest.fixture(autouse=True)
def month(app: Flask, people: People) -> None:
    """PAYS ZEST had five meals booked: one late, three absences in a row; MOREAU one, closed."""
    with app.app_context(), time_machine.travel(NOW, tick=False):
        with db.transaction() as session:
            booked, child = booked_by(session, people.zest)
            booked.enrol(child, date(2026, 9, 1))
            booked.book(child, DAYS, NOW, "", [DAYS[4]])
            other, theirs = booked_by(session, people.moreau)
            other.book(theirs, [date(2026, 11, 30)], NOW)
            meals = session.scalars(
                select(Booking)
                .join(Service, Service.id == Booking.service_id)
                .where(Booking.child_id == child.id, Service.source_id == "cantine")
                .order_by(Booking.day)
            ).all()
            meals[0].late = True
            for meal in meals[1:4]:
                meal.state = BookingState.ABSENT
            for service in session.scalars(select(Service).order_by(Service.id)):
                is_canteen = service.source_id == "cantine"
                service.due_absences = 1 if is_canteen else None
                amount = Decimal("4.20") if is_canteen else Decimal(0)
                session.add(
                    Tariff(
                        service_id=service.id, first=date(2026, 9, 1), amount=amount,
                        late_amount=amount * 2,
                    )
                )  # fmt: skip
            session.add(Quotient(family_id=booked.family_id, first=date(2026, 9, 1)))
        closing.close(Extent((date(2026, 11, 30),)), "grève", Command("ops"))


@pytest.mark.both_databases
def test_a_month_is_coded(app: Flask) -> None:
    """The first absence is due, those that follow are not; what was cancelled is nothing."""
    with app.app_context():
        canteen, midday = month_codes.services(NOVEMBER)
    assert {str(code): count for code, count in canteen.total.codes.items()} == {
        "HORS_DELAI": 1, "ABSENCE_DUE": 1, "ABSENCE_GRATUITE": 2, "FERME": 1,
    }  # fmt: skip
    assert canteen.total.amount == Decimal("12.60")
    assert (midday.total.codes[Code.NORMAL], midday.total.amount) == (4, Decimal(0))
    assert [each.total.amount for each in canteen.children] == [Decimal(0), Decimal("12.60")]


@time_machine.travel(NOW, tick=False)
def test_the_regie_reads_it_and_hands_it_over(app: Flask, people: People) -> None:
    regie = come(app, "regis@commune.fr", "Régis", "regie")
    page = regie.get("town_hall.invoices").link("Services à facturer").click()
    assert page.h1 == "Facturation : octobre 2026"
    assert "Rien de réservé ce mois-là." in page.text
    page = page.link("novembre 2026").click()
    assert "Hors délai : 1" in page.text
    assert "12,60 €" in page.text
    page = page.link("Cantine").click()
    assert "Cantine, par enfant" in page.text
    assert people.zest.family_number in page.text
    content = (
        regie.fetch("/mairie/facturation/2026-11/presences.csv").get_data().decode("utf-8-sig")
    )
    lines = content.splitlines()
    assert lines[0].startswith("enfant_id;famille_id;service_id;date;reserve;horsDelai;present")
    assert "e1;3816231;cantine;2026-11-03;OUI;OUI;;;;;HORS_DELAI;8,40" in lines
    assert "e1;3816231;cantine;2026-11-05;OUI;NON;;;;;ABSENCE_DUE;4,20" in lines
    closed = next(line for line in lines if ";2026-11-30;" in line and ";cantine;" in line)
    assert closed.endswith(";NON;NON;;;;grève;FERME;0,00")


@pytest.mark.both_databases
def test_what_was_seen_counts_where_somebody_noted_it(app: Flask, people: People) -> None:
    """Booked late and not there; absent and there all the same; there without a booking, late."""
    with app.app_context():
        with db.transaction() as session:
            _, child = booked_by(session, people.zest)
            canteen = session.scalars(select(Service).where(Service.slug == "cantine")).one()
            for day, state, left in (
                (DAYS[0], AttendanceState.ABSENT, None),
                (DAYS[1], AttendanceState.PRESENT, 13 * 60),
                (DAYS[4], AttendanceState.PRESENT, None),
                (date(2026, 11, 12), AttendanceState.PRESENT, 12 * 60),
                (date(2026, 11, 13), AttendanceState.ABSENT, None),
            ):
                session.add(
                    Attendance(
                        child_id=child.id, service_id=canteen.id, day=day, state=state,
                        left_at=left, at=NOW, client_key="x",
                    )
                )  # fmt: skip
        found = month_codes.services(NOVEMBER)[0]
    own = next(each for each in found.children if each.family_number == people.zest.family_number)
    assert {code.value: count for code, count in own.total.codes.items()} == {
        "ABSENCE_DUE": 2, "RETARD_DEPART": 1, "ABSENCE_GRATUITE": 1, "NON_RESERVE": 2,
    }  # fmt: skip
    assert [(each.of.day.day, each.difference) for each in found.differences] == [
        (3, Difference.AWAY), (5, Difference.CAME), (10, Difference.UNBOOKED),
        (12, Difference.UNBOOKED),
    ]  # fmt: skip
    with app.app_context():
        lines = month_files.presences(NOVEMBER).decode("utf-8-sig").splitlines()
    assert "e1;3816231;cantine;2026-11-05;OUI;NON;OUI;;13:00;;RETARD_DEPART;4,20" in lines
    assert "e1;3816231;cantine;2026-11-12;NON;NON;OUI;;12:00;;NON_RESERVE;8,40" in lines


@time_machine.travel(NOW, tick=False)
def test_a_month_asks_the_database_little(app: Flask) -> None:
    regie = come(app, "regis@commune.fr", "Régis", "regie")
    regie.get("town_hall.billing", mois="2026-11")
    with statements_of(app) as sent:
        regie.get("town_hall.billing", mois="2026-11", service="1")
    assert selects(sent) <= 8


@time_machine.travel(NOW, tick=False)
def test_an_invoiced_month_changes_no_more(app: Flask, people: People) -> None:
    """Neither by its family, nor by a file; opened again, it may; the journal knows who."""
    regie = come(app, "regis@commune.fr", "Régis", "regie")
    page = regie.get("town_hall.billing", mois="2026-11")
    assert "Ce mois n’est pas fini" in page.text
    page = page.submit("Ce mois est facturé : ne plus rien y changer")
    assert "Novembre 2026 est facturé" in page.text
    with app.app_context():
        known = reading.known(signed_in(people.zest).family_id, LAST, LAST)
        [child] = list(known.children)[:1]
        canteen = next(each.id for each in known.town.services.values() if each.slug == "cantine")
        world = known.world
        assert world.invoiced_until == LAST
        verdict = judge(Act.CANCEL, Cell(child, canteen, LAST), world, NOW)
        assert verdict.obstacle is Obstacle.INVOICED
    page = page.submit("Rouvrir ce mois")
    assert "Novembre 2026 est rouvert." in page.text
    with app.app_context():
        assert db.session().scalars(select(InvoicedMonth)).all() == []
        noted = select(JournalEntry.acted_by).where(JournalEntry.event.like("month_%"))
        assert db.session().scalars(noted).all() == ["Régis", "Régis"]
    page = regie.get("town_hall.billing", mois="2026-12")
    assert "Ce mois est facturé : ne plus" not in page.text


@time_machine.travel(NOW, tick=False)
def test_two_pages_do_not_contradict_each_other(app: Flask) -> None:
    """A press on a page that is not the latest is told what is so."""
    regie = come(app, "regis@commune.fr", "Régis", "regie")
    first = regie.get("town_hall.billing", mois="2026-11")
    first.submit("Ce mois est facturé : ne plus rien y changer")
    page = first.submit("Ce mois est facturé : ne plus rien y changer")
    assert "Novembre 2026 est déjà facturé." in page.text
    second = regie.get("town_hall.billing", mois="2026-11")
    second.submit("Rouvrir ce mois")
    assert "Novembre 2026 n’est pas facturé." in second.submit("Rouvrir ce mois").text


def test_a_file_leaves_an_invoiced_month(
    app: Flask, people: People, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("files")
    (folder / "reservation.csv").write_text(
        "enfant_id;service_id;date\ne1;cantine;12/11/2026", "utf-8"
    )
    with app.app_context():
        with db.transaction() as session:
            session.add(InvoicedMonth(month=NOVEMBER, at=NOW, acted_by="Régis"))
        done = service_files.run(folder, Command("ops"))
    assert done.bookings == 0
    assert done.left[0].endswith("Cantine\u00a0: le mois est facturé")


def test_only_those_who_see_money_do(app: Flask, people: People) -> None:
    reader = come(app, "lise@commune.fr", "Lise", "lecture")
    assert "facturation des services" in reader.get("town_hall.billing", _status=403).text


def see(app: Flask, source_id: str, day: date, slug: str, *minutes: int) -> None:
    """Have somebody come to a service at a minute, leave at another; absent without any."""
    with app.app_context(), db.transaction() as session:
        child = session.scalars(select(Child).where(Child.source_id == source_id)).one()
        service = session.scalars(select(Service).where(Service.source_id == slug)).one()
        service.ends_at = 18 * 60
        session.add(
            Attendance(
                child_id=child.id, service_id=service.id, day=day, at=NOW, client_key="0" * 32,
                state=AttendanceState.PRESENT if minutes else AttendanceState.ABSENT,
                arrived_at=minutes[0] if minutes else None,
                left_at=minutes[1] if minutes[1:] else None,
            )
        )  # fmt: skip


@pytest.mark.both_databases
def test_what_was_seen_counts(app: Flask, people: People) -> None:
    """Who came unbooked, left late, or did not come; Jules is of the home whose week it is."""
    see(app, "e1", DAYS[0], "midi", 16 * 60, 18 * 60 + 20)
    see(app, "e1", DAYS[2], "midi")
    see(app, "e1", DAYS[4], "cantine", 700)
    with app.app_context(), db.transaction() as session:
        for person, pattern in (
            (people.claire, CustodyPattern.ISO_ODD),
            (people.marc, CustodyPattern.ISO_EVEN),
        ):
            booked, jules = booked_by(session, person)
            booked.enrol(jules, date(2026, 9, 1))
            booked.take_turns(jules, pattern, date(2026, 9, 1))
    # The 46th week of the year: his father's.
    see(app, "e5", date(2026, 11, 12), "cantine", 701)
    with app.app_context():
        lines = month_files.presences(NOVEMBER).decode("utf-8-sig").splitlines()
    assert "e1;3816231;midi;2026-11-03;OUI;NON;OUI;16:00;18:20;;RETARD_DEPART;0,00" in lines
    assert "e1;3816231;midi;2026-11-06;OUI;NON;NON;;;;ABSENCE_DUE;0,00" in lines
    unbooked = [line for line in lines if "NON_RESERVE" in line]
    assert sorted(line.split(";")[:7] for line in unbooked) == [
        ["e1", "3816231", "cantine", "2026-11-10", "NON", "NON", "OUI"],
        ["e5", "530005", "cantine", "2026-11-12", "NON", "NON", "OUI"],
    ]


def test_what_a_family_declared_is_why(app: Flask, people: People) -> None:
    """The reason of an absence stands in the file, beside its code."""
    with app.app_context():
        with db.transaction() as session:
            booking = session.scalars(
                select(Booking)
                .join(Service, Service.id == Booking.service_id)
                .where(Booking.day == date(2026, 11, 5), Service.slug == "cantine")
            ).one()
            batch = BookingBatch(
                family_id=booking.family_id, at=NOW, sending_key="a" * 32,
                absence_reason=AbsenceReason.SICK,
            )  # fmt: skip
            session.add(batch)
            session.flush()
            session.add(
                BookingEvent(
                    booking_id=booking.id, family_id=booking.family_id, batch_id=batch.id, at=NOW,
                    kind=BookingEventKind.ABSENCE, old=BookingState.BOOKED,
                    new=BookingState.ABSENT, sentence="",
                )
            )  # fmt: skip
        lines = month_files.presences(NOVEMBER).decode("utf-8-sig").splitlines()
    assert "e1;3816231;cantine;2026-11-05;OUI;NON;;;;Malade;ABSENCE_DUE;4,20" in lines
