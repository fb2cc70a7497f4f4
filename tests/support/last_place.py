"""Families that want the same place at the same moment, each in a process of its own.

They are forked from one that has read the portal already: reading it takes longer than booking.
"""

import multiprocessing
import secrets
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from multiprocessing.synchronize import Barrier, Lock
from time import monotonic
from typing import Any

from flask import Flask
from sqlalchemy import func, select

import config
from app import create_app, db
from app.models import (
    Account,
    Booking,
    BookingState,
    Child,
    Enrolment,
    Family,
    FamilyChild,
    Guardian,
    LinkKind,
    Service,
    ServiceKind,
    ServiceLink,
    Waiting,
)
from app.services.actors import CurrentAccount
from app.services.bookings import saving
from app.services.bookings.wishes import Boxes
from app.services.refusals import Refusal

_processes = multiprocessing.get_context("forkserver")
_processes.set_forkserver_preload([__name__])
# A Monday, whenever this runs; one round is one day of it and of those after it.
FIRST = date(2096, 1, 2)
SCHOOLS = "École A", "École B"
SLUG, ALONG = "derniere-place", "avec-elle"
PATIENCE_SECONDS = 120

# Where they wait for each other, and where one goes after the other.
Meeting = tuple[Barrier, Lock]


@dataclass(frozen=True)
class Contender:
    """A family with a child who may come."""

    account_id: int
    family_id: int
    child: str
    # A day that is nobody else's.
    rehearsal: date

    @property
    def account(self) -> CurrentAccount:
        """Whoever saves for it."""
        return CurrentAccount(
            session_id=0,
            account_id=self.account_id,
            guardian_id=0,
            family_id=self.family_id,
            identifier="",
            first_name="Léa",
            last_name="",
            last_seen_at=datetime.now(UTC),
        )


def prepare(app: Flask, count: int) -> list[Contender]:
    """Have a service of one place, which brings another one of one place, and so many families."""
    with app.app_context(), db.transaction() as session:
        services = [
            Service(
                source_id=slug,
                slug=slug,
                name=slug,
                kind=ServiceKind.OTHER,
                weekdays=127,
                capacity=1,
                waiting=Waiting.AUTOMATIC,
            )
            for slug in (SLUG, ALONG)
        ]
        session.add_all(services)
        session.flush()
        last, along = services
        session.add(ServiceLink(service_id=last.id, other_id=along.id, kind=LinkKind.BRINGS))
        return [_contender(session, services, number) for number in range(count)]


def _contender(session: Any, services: Sequence[Service], number: int) -> Contender:
    family = Family(source_id=f"race{number}", number=f"race{number}")
    guardian = Guardian(family=family, rank=1, last_name=f"RACE{number}", first_name="Léa")
    account = Account(guardian=guardian, identifier=f"9900{number:04}")
    child = Child(
        source_id=f"race{number}",
        last_name=f"RACE{number}",
        first_name="Léo",
        school=SCHOOLS[number % 2],
    )
    session.add_all([family, account, child])
    session.flush()
    session.add(FamilyChild(family_id=family.id, child_id=child.id))
    session.add_all(
        Enrolment(
            child_id=child.id, service_id=service.id, family_id=family.id, first=date(2026, 9, 1)
        )
        for service in services
    )
    rehearsal = FIRST - timedelta(days=1 + number)
    return Contender(account.id, family.id, child.public_id, rehearsal)


def race(settings: config.Settings, contenders: Sequence[Contender], rounds: int) -> list[float]:
    """Have all of them book at once, round after round; tell how long the slowest took of each."""
    barrier = _processes.Barrier(len(contenders))
    took, turn = _processes.Queue(), _processes.Lock()
    processes = [
        _processes.Process(target=_run, args=(settings, each, rounds, (barrier, turn), took))
        for each in contenders
    ]
    with _all_at_work(processes):
        found = [took.get(timeout=PATIENCE_SECONDS) for _ in range(len(contenders))]
    assert all(isinstance(each, list) for each in found), found
    return [max(seconds) for seconds in zip(*found, strict=True)]


@contextmanager
def _all_at_work(processes: Sequence[Any]) -> Iterator[None]:
    for process in processes:
        process.start()
    try:
        yield
    finally:
        for process in processes:
            process.join(PATIENCE_SECONDS)
            process.kill()


def _run(
    settings: config.Settings, contender: Contender, rounds: int, meeting: Meeting, took: Any
) -> None:
    try:
        took.put(list(_rounds(settings, contender, rounds, meeting)))
    except Exception as error:
        meeting[0].abort()
        took.put(repr(error))


def _rounds(
    settings: config.Settings, contender: Contender, rounds: int, meeting: Meeting
) -> Iterator[float]:
    app = create_app(settings)
    barrier, turn = meeting
    with turn, app.app_context():
        # What is compiled once is compiled before the race, as in a portal that runs.
        book(contender, contender.rehearsal, {SLUG: 0}, [SLUG])
    for number in range(rounds):
        day = FIRST + timedelta(days=number)
        with app.app_context():
            barrier.wait(PATIENCE_SECONDS)
            started = monotonic()
            book(contender, day, {SLUG: 0}, [SLUG])
            yield monotonic() - started


def book(contender: Contender, day: date, seen: Mapping[str, int], wanted: Collection[str]) -> None:
    """Have these boxes of a day ticked among those that were seen, and save."""
    names = {slug: f"{contender.child}.{slug}.{day.isoformat()}" for slug in seen}
    boxes = Boxes(
        {names[slug]: version for slug, version in seen.items()},
        frozenset(names[slug] for slug in wanted),
    )
    # Who wants what is so already is told so.
    with suppress(Refusal):
        saving.save(contender.account, (day, day), boxes, secrets.token_hex(16), datetime.now(UTC))


def winners() -> int:
    """Count who has the last place of a day."""
    mine = select(func.count(Booking.id)).join(Service, Service.id == Booking.service_id)
    found: int = (
        db.session()
        .scalars(
            mine.where(
                Service.slug == SLUG, Booking.day >= FIRST, Booking.state == BookingState.BOOKED
            )
        )
        .one()
    )
    return found
