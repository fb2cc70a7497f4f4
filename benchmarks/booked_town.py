"""A town whose children come to its canteen and its garderies, around the week that it is."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import select

import config
from app import db
from app.calendar import ONE_DAY, months
from app.models import Child, FamilyChild
from app.services.bookings import weeks
from app.services.bookings.reading import days_between
from benchmarks import databases, filling, portals
from benchmarks.great_town import bookings as booked
from benchmarks.servers import free_port
from tests.support.last_place import Contender

SATURDAY = 5


@dataclass(frozen=True)
class Booked:
    """Such a town, on one of the databases."""

    environment: dict[str, str]
    families: int
    # Of this week.
    monday: date

    @property
    def settings(self) -> config.Settings:
        """Return how its portal is set."""
        return config.load(self.environment)

    @property
    def quiet(self) -> config.Settings:
        """Return the same, but that nothing is said of what is done."""
        settings = self.settings
        return config.Test(
            instance=settings.instance,
            database_url=settings.database_url,
            mail_delivery="worker",
        )

    @property
    def port(self) -> int:
        """Return where its portal is to listen."""
        return int(self.environment["PORTAIL_PUBLIC_URL"].rpartition(":")[2])


@contextmanager
def filled(kind: str, families: int) -> Iterator[Booked]:
    """Give one of this many families, for the time of the block."""
    with (
        TemporaryDirectory(prefix="portail-bench-") as temporary,
        databases.opened(kind, Path(temporary)) as url,
    ):
        monday = weeks.this_monday()
        filling.make(url, families, around(monday))
        instance = Path(temporary) / "instance"
        environment = portals.environment(instance, free_port()) | {"PORTAIL_DATABASE_URL": url}
        yield Booked(environment, families, monday)


def around(monday: date) -> filling.More:
    """Have the bookings lie around this Monday."""
    return partial(booked.bookings, monday=monday)


def full_month(monday: date) -> date:
    """Find the month of most days of school, of those that the first family has booked whole."""
    last = monday + timedelta(weeks=booked.WEEKS_AHEAD) - ONE_DAY
    firsts = [day for day in days_between(monday, last) if day.day == 1]
    whole = [day for day in firsts if months.both_ends(day)[1] <= last]
    return max(
        whole,
        key=lambda first: sum(
            day.weekday() < SATURDAY for day in days_between(*months.both_ends(first))
        ),
    )


def children_of(family_id: int) -> Sequence[str]:
    """Return how addresses and boxes name the children of a family."""
    mine = select(Child.public_id).join(FamilyChild, FamilyChild.child_id == Child.id)
    found = db.session().scalars(mine.where(FamilyChild.family_id == family_id).order_by(Child.id))
    return found.all()


def contender(family_id: int) -> Contender:
    """Return a family with its eldest child; its account has its number."""
    return Contender(family_id, family_id, children_of(family_id)[0], weeks.this_monday())
