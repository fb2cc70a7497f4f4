"""Whatever families, the town and its files do, in any town: no meal without its midday hour.

Nor a count that is not so, nor a day whose history does not lead to what it is.
"""

import secrets
from collections import defaultdict
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from app import db
from app.models import (
    AbsenceReason,
    Booking,
    BookingEvent,
    BookingOrigin,
    BookingState,
    Child,
    ClerkAccount,
    Closing,
    Service,
)
from app.services.actors import Command, CurrentAccount, CurrentClerk, Waiting
from app.services.bookings import (
    applying,
    capacities,
    drawing,
    leaving,
    on_behalf,
    openings,
    saving,
    typical,
    weeks,
)
from app.services.bookings.closings import closing
from app.services.bookings.closings.closing_extent import Extent
from app.services.bookings.exceptional import granting
from app.services.bookings.groups import group_work
from app.services.bookings.waiting_list import answering_waiters, lapsing, waiting_lists
from app.services.bookings.wishes import Boxes
from app.services.importing import service_files
from app.services.jobs.running import workshop
from app.services.refusals import Refusal
from tests.services.requests.conftest import signed_in
from tests.support import clerks, parting
from tests.support import random_acts as acted
from tests.support.booking_doors import HEADER
from tests.support.counted_right import check_shared, last_event
from tests.support.counted_town import check_town
from tests.support.people import TOWN_HALL, People, Person, public_id
from tests.support.random_acts import (
    MINE,
    Act,
    Answer,
    Apply,
    Ask,
    Close,
    Copy,
    Grant,
    Have,
    Leave,
    Part,
    Read,
    Send,
    Telephone,
    Wait,
    acts,
)
from tests.support.random_towns import MONDAY, Town, towns
from tests.support.settled_towns import settle, write

NEXT = MONDAY + timedelta(weeks=1)
BEGINS = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
CLERK = CurrentClerk(
    name="Nadia Petit", session_id=1, clerk_id=1, public_id="nadia", email="nadia@commune.fr",
    roles=(), serves=None, last_seen_at=BEGINS, proved_at=BEGINS, shortcuts=True,
    waiting=Waiting(0, 0),
)  # fmt: skip
OfAFamily = Send | Telephone | Copy | Apply | Leave | Ask | acted.Place


@pytest.mark.parametrize("examples", [6, pytest.param(150, marks=pytest.mark.soak)])
def test_no_meal_is_ever_without_its_midday(
    app: Flask, people: People, tmp_path: Path, examples: int
) -> None:
    clerks.settle(app, CLERK.email, CLERK.name, "secretariat")
    with app.app_context():
        settle(people)

    @settings(
        max_examples=examples,
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture],
    )
    @given(towns, st.lists(acts, min_size=4, max_size=12))
    def whatever_is_done(town: Town, done: Sequence[Act]) -> None:
        with app.app_context():
            parting.make_whole()
            write(people, town._replace(missed=frozenset()))
            with time_machine.travel(BEGINS, tick=False) as clock:
                for act in done:
                    # What cannot be is refused, which changes nothing.
                    last = last_event()
                    with suppress(Refusal):
                        _do(people, tmp_path, clock, act)
                    check_town()
                    check_shared(last)

    whatever_is_done()


def _do(people: People, folder: Path, clock: time_machine.Traveller, act: Act) -> None:
    match act:
        case Close():
            _close(act)
        case Have(service, number, how):
            with db.transaction() as session:
                found = session.scalars(select(Service).where(Service.slug == service)).one()
                found.capacity, found.waiting = number, how
                session.flush()
                capacities.recount(session, found)
            group_work.share_out_all()
        case Answer(number, gives):
            _answer(number, gives=gives)
        case Grant():
            _grant(people, act)
        case Read(box, state):
            _read(people, folder, box, state)
        case Wait(hours):
            clock.shift(timedelta(hours=hours))
            lapsing.lapse()
            workshop().run()
        case Part():
            parting.part(act)
        case _:
            _do_for_a_family(people, act)


def _do_for_a_family(people: People, act: OfAFamily) -> None:
    if isinstance(act, Send | Telephone):
        _send(people, act)
        return
    child = public_id(act.who[1])
    account = signed_in(_person(people, act.who))
    if isinstance(act, Copy):
        _copy(account, child if act.alike else "")
    elif isinstance(act, Apply):
        _apply(account, child, act.ticked)
    elif isinstance(act, acted.Place):
        parting.place(account.family_id, act)
    elif isinstance(act, Ask):
        if (found := openings.find(account.family_id, act.service)) is not None:
            (openings.ask if act.wants else openings.call_off)(account, found)
    else:
        (leaving.take_back if act.takes_back else leaving.leave)(account, child, act.day)


def _person(people: People, who: tuple[str, str]) -> Person:
    person: Person = getattr(people, who[0])
    return person


def _send(people: People, act: Send | Telephone) -> None:
    """Send what is asked of one family, by itself or for it."""
    (first, *_), *_ = act.boxes
    account = signed_in(_person(people, first))
    versions = _versions()
    seen, ticked = {}, set()
    for ((_, child), service, day), is_ticked in act.boxes.items():
        if child in {mine for owner, mine in MINE if owner == first[0]}:
            name = f"{public_id(child)}.{service}.{day.isoformat()}"
            seen[name] = versions[name]
            ticked |= {name} if is_ticked else set()
    if isinstance(act, Telephone):
        boxes, key = Boxes(seen, frozenset(ticked)), secrets.token_hex(16)
        number = db.session().scalars(select(ClerkAccount.id)).one()
        on_behalf.save(account.family_id, replace(CLERK, clerk_id=number), MONDAY, boxes, key)
        return
    late = frozenset(ticked) if act.knows_cost else frozenset[str]()
    sent = Boxes(seen, frozenset(ticked), AbsenceReason.SICK if act.misses else None, late)
    _save(account, MONDAY, sent)


def _versions() -> defaultdict[str, int]:
    rows = db.session().execute(
        select(Child.public_id, Service.slug, Booking.day, Booking.version)
        .join(Child, Child.id == Booking.child_id)
        .join(Service, Service.id == Booking.service_id)
    )
    found = {f"{child}.{slug}.{day.isoformat()}": version for child, slug, day, version in rows}
    return defaultdict(int, found)


def _save(account: CurrentAccount, monday: date, sent: Boxes) -> None:
    now = datetime.now(UTC)
    saving.save(account, weeks.both_ends(monday), sent, secrets.token_hex(16), now)


def _copy(account: CurrentAccount, child: str) -> None:
    """Save what the page ticked."""
    family_id = account.family_id
    week = drawing.alike(family_id, MONDAY, child) if child else drawing.copied(family_id, NEXT)
    lines = [line for day in week.days for each in day.children for line in each.lines if line.name]
    seen = {line.name: line.version for line in lines}
    ticked = frozenset(line.name for line in lines if line.ticked)
    _save(account, MONDAY if child else NEXT, Boxes(seen, ticked))


def _apply(account: CurrentAccount, child: str, ticked: frozenset[str]) -> None:
    week = typical.of_child(account.family_id, child)
    if week is None:
        return
    typical.save(account, week, sorted(ticked))
    days, now = (MONDAY, NEXT + timedelta(days=4)), datetime.now(UTC)
    mark = applying.plan(account.family_id, *days, now).mark
    applying.apply(account, days, mark, secrets.token_hex(16), now)


def _close(act: Close) -> None:
    extent = Extent((act.day,), (act.service,), tuple(filter(None, (act.school,))))
    if act.how == "closes":
        # What the town hall read before it pressed is what happened.
        told = closing.preview(extent).counts
        assert closing.close(extent, "Neige", TOWN_HALL).counts == told
    elif act.how == "opens":
        closing.reopen(extent, TOWN_HALL)
    else:
        last = select(Closing.public_id).order_by(Closing.id.desc()).limit(1)
        for found in db.session().scalars(last).all():
            closing.undo(found, TOWN_HALL)


def _answer(number: int, *, gives: bool) -> None:
    waits = select(Booking.public_id).where(Booking.state == BookingState.WAITING)
    found = db.session().scalars(waits.order_by(Booking.id)).all()
    if not found:
        return
    chosen = found[number % len(found)]
    if gives:
        answering_waiters.give(chosen, TOWN_HALL)
    elif (waiter := waiting_lists.find(chosen)) is not None:
        answering_waiters.refuse(waiter, "Plus de place", TOWN_HALL)


def _grant(people: People, act: Grant) -> None:
    if act.takes_back:
        with db.transaction() as session:
            given = (
                select(BookingEvent.batch_id)
                .join(Booking, Booking.id == BookingEvent.booking_id)
                .where(Booking.origin == BookingOrigin.STAFF, BookingEvent.batch_id.is_not(None))
            )
            last = session.scalars(given.order_by(BookingEvent.id.desc())).first()
            if last is not None:
                granting.take_back(session, last, TOWN_HALL)
        return
    (first, *_), *_ = sorted(act.boxes)
    names = [
        f"{public_id(child)}.{service}.{day.isoformat()}"
        for (owner, child), service, day in sorted(act.boxes)
        if owner == first[0]
    ]
    family_id = signed_in(_person(people, first)).family_id
    with db.transaction() as session:
        granting.grant(session, family_id, names, TOWN_HALL)


def _read(people: People, folder: Path, box: tuple[tuple[str, str], str, date], state: str) -> None:
    who, slug, day = box
    service = select(Service.source_id).where(Service.slug == slug)
    row = (
        f"{who[1]};{db.session().scalars(service).one()};{day:%d/%m/%Y};{state};"
        f"{_person(people, who).family_number}"
    )
    (folder / "reservation.csv").write_text(f"{HEADER}\n{row}", "utf-8")
    service_files.run(folder, Command("logiciel"))
