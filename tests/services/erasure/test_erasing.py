"""A family asks to be forgotten; a day later it is, but for what the law keeps."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select

from app import db
from app.models import (
    Booking,
    BookingEvent,
    Child,
    Family,
    FamilyErasure,
    FamilyRequest,
    Invoice,
    JournalEntry,
    Payment,
    Place,
    RequestState,
)
from app.services.accounts.signing_in import SignedIn, sign_in
from app.services.actors import NOWHERE
from app.services.erasure import preview
from app.services.jobs.nights import next_night
from app.services.jobs.nights import plan as plan_night
from app.services.refusals import Refusal
from app.services.requests import acting, desk, desk_reading, erasures, reading
from app.services.requests.kinds import ACCOUNT_DELETION
from tests.services.erasure.conftest import MARK, leave
from tests.services.importing.town import everything
from tests.services.requests.conftest import send, signed_in
from tests.support.job_room import run
from tests.support.people import TOWN_HALL, People
from tests.support.services import booked_by

NOON = datetime(2026, 11, 27, 11, tzinfo=UTC)
LAWFUL = {"allocation", "invoice", "invoice_line", "payment"}


def pass_a_night(app: Flask, after: timedelta = timedelta(days=2)) -> None:
    """Come to that time, and do what is due by then."""
    db.session().rollback()
    with time_machine.travel(NOON + after, tick=False):
        plan_night(next_night(datetime.now(UTC) - timedelta(days=1)))
        run(app)
    db.session().expire_all()


def plan(family: Family) -> None:
    """Plan it at noon."""
    with time_machine.travel(NOON, tick=False):
        erasures.plan_now(family.id, TOWN_HALL)


def done_at(family: Family) -> datetime | None:
    """Read when it was erased."""
    db.session().expire_all()
    return db.session().get_one(Family, family.id).erased_at


def test_nothing_of_the_family_is_left(app: Flask, people: People, gone: Family) -> None:
    """No word of theirs in any table or file, but in the accounts that the law keeps."""
    words = [MARK, *(getattr(people.zest, name) for name in ("identifier", "email", "last_name"))]
    others = everything(app)
    with app.app_context():
        children = set(db.session().scalars(select(Child.id)))
        invoices = db.session().scalar(
            select(func.count()).select_from(Invoice).where(Invoice.family_id == gone.id)
        )
        plan(gone)
        pass_a_night(app)
        assert done_at(gone) is not None
    after = everything(app)
    kept = {"child.source_id", "family.number", *LAWFUL}
    for table in db.Base.metadata.sorted_tables:
        for row in after[table.name]:
            for column, value in zip(table.columns, row, strict=True):
                if table.name in LAWFUL or f"{table.name}.{column.name}" in kept:
                    continue
                found = [word for word in words if word in str(value)]
                assert not found, f"{table.name}.{column.name} holds {found}"
    for folder in ("photos", "requests", "messages", "documents"):
        left = [path.name for path in (Path(app.instance_path) / folder).glob(f"{MARK}-*")]
        assert left == []
    for name in LAWFUL - {"payment"}:
        assert after[name] == others[name]
    with app.app_context():
        assert len(children) == len(set(db.session().scalars(select(Child.id))))
        assert invoices == db.session().scalar(
            select(func.count()).select_from(Invoice).where(Invoice.family_id == gone.id)
        )
        assert not isinstance(
            sign_in(people.zest.identifier, people.zest.password or "", NOWHERE), SignedIn
        )


def test_places_are_free_again(app: Flask, people: People, gone: Family) -> None:
    """Those that the family held, no other; what the other home of a child had before goes too."""
    day = date(2026, 12, 14)
    with app.app_context():
        with db.transaction() as session:
            for person in (people.zest, people.moreau):
                booked, child = booked_by(session, person)
                booked.book(child, [day], NOON)
            event = session.scalars(
                select(BookingEvent).where(BookingEvent.family_id == gone.id).limit(1)
            ).one()
            # Another home of the child booked that day, and gave it back.
            event.family_id = booked.family_id
        taken = select(Place.taken).where(Place.day == day)
        assert db.session().scalars(taken).all() == [2]
        plan(gone)
        pass_a_night(app)
        assert db.session().scalars(taken).all() == [1]
        assert db.session().scalars(select(Booking.family_id).where(Booking.day == day)).all() == [
            booked.family_id,
            booked.family_id,
        ]


def test_others_are_left_alone(app: Flask, people: People, gone: Family) -> None:
    """Not a row of another family changes."""
    with app.app_context():
        plan(gone)
        before = _of_others(gone.id)
        assert before
        pass_a_night(app)
        assert _of_others(gone.id) == before


def test_a_child_whom_another_family_has_stays(app: Flask, people: People) -> None:
    """Claire left; Jules lives with Marc."""
    with app.app_context():
        with db.transaction():
            family = leave(people.claire.family_number)
        assert preview.of_family(family.id).shared_children == ["Jules DUBOIS-LEFÈVRE"]
        plan(family)
        pass_a_night(app)
        names = set(db.session().scalars(select(Child.first_name)))
        assert "Jules" in names
        assert done_at(family) is not None


def test_a_request_is_done_when_it_is_done(app: Flask, people: People, gone: Family) -> None:
    """Accepting plans it: « En cours », with the night; then « Faite », without a word."""
    with app.app_context():
        with time_machine.travel(NOON, tick=False):
            zest = signed_in(people.zest)
            number = send(zest, ACCOUNT_DELETION, details={"text": "Nous partons à Lyon"}).number
            left = desk.accept(number, "", TOWN_HALL).left
        assert "dans la nuit du samedi 28" in left.words.replace("\u00a0", " ")
        request = desk_reading.find(number)
        assert request.line.state_words == "En cours"
        assert "vous pouvez retirer cette demande" in request.details.events[-1].text
        with pytest.raises(Refusal, match="déjà prévu"):
            desk.accept(number, "", TOWN_HALL)
        pass_a_night(app)
        request = desk_reading.find(number)
        assert (request.line.state_words, request.line.sender) == ("Faite", "Famille effacée")
        assert request.details.answers == []
        assert [each.text for each in request.details.events] == ["", "", ""]
        [row] = db.session().scalars(
            select(FamilyRequest).where(FamilyRequest.family_id == gone.id)
        )
        assert row.state is RequestState.ACCEPTED


def test_whoever_takes_their_request_back_is_kept(app: Flask, people: People, gone: Family) -> None:
    with app.app_context():
        with time_machine.travel(NOON, tick=False):
            zest = signed_in(people.zest)
            sent = send(zest, ACCOUNT_DELETION, details={"text": ""})
            desk.accept(sent.number, "", TOWN_HALL)
            assert len(erasures.planned()) == 1
            acting.withdraw(zest, sent.public_id)
            assert erasures.planned() == []
        pass_a_night(app)
        assert done_at(gone) is None
        assert reading.find(zest, sent.public_id) is not None


def test_not_before_a_day_nor_while_the_files_name_it(
    app: Flask, people: People, gone: Family
) -> None:
    """Each night looks again: an import named the family once more, then not any more."""
    with app.app_context():
        plan(gone)
        pass_a_night(app, timedelta(hours=23))
        assert done_at(gone) is None
        set_missing(gone, None)
        [planned] = erasures.planned()
        assert "était dans le dernier import" in (planned.obstacle or "")
        pass_a_night(app, timedelta(days=2))
        assert done_at(gone) is None
        set_missing(gone, NOON)
        pass_a_night(app, timedelta(days=3))
        assert done_at(gone) is not None
        [erasure] = db.session().scalars(select(FamilyErasure))
        assert erasure.done_at is not None
        events = set(db.session().scalars(select(JournalEntry.event)))
        assert {"erasure_planned", "family_erased"} <= events


def set_missing(family: Family, since: datetime | None) -> None:
    """Have the last import name the family, or not."""
    with db.transaction() as session:
        session.get_one(Family, family.id).missing_since = since


def test_money_stands_in_the_way(app: Flask, people: People) -> None:
    """Whoever owes: the family, or the town."""
    with app.app_context():
        with db.transaction() as session:
            family = session.scalars(
                select(Family).where(Family.number == people.zest.family_number)
            ).one()
            family.missing_since = NOON
        with pytest.raises(Refusal, match="la famille doit"):
            erasures.plan_now(family.id, TOWN_HALL)
        with db.transaction() as session:
            session.add(
                Payment(
                    source_id="p", family_id=family.id, paid_on=NOON.date(), amount=Decimal(1000)
                )
            )
        with pytest.raises(Refusal, match="la mairie doit"):
            erasures.plan_now(family.id, TOWN_HALL)


def _of_others(family_id: int) -> list[dict[str, object]]:
    """Read the rows of what other families have."""
    found: list[dict[str, object]] = []
    for table in db.Base.metadata.sorted_tables:
        if "family_id" in table.c and table.c.family_id.foreign_keys:
            theirs = select(table).where(table.c.family_id != family_id)
            found += map(dict, db.session().execute(theirs).mappings())
    return found
