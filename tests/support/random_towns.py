"""Any town, and what the family of two children GARNIER may have in one of its weeks.

What stands there was reached as it is in life: families booked, the town closed days; only then are
its rules, its places and who may come what an example says. `settled_towns` writes it.
"""

from collections.abc import Collection, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

from hypothesis import strategies as st

from app.models import CustodyPattern, Late, LinkKind, Waiting
from app.services.bookings.judge import notation
from tests.support.rules import rules

MONDAY = date(2026, 11, 30)
ENROLLED = date(2026, 9, 1)
OPENS_AT = datetime(2026, 11, 26, 6, 0, tzinfo=UTC)
# All of them booked, and the town closed, on this day: two weeks before.
AT_FIRST = datetime(2026, 11, 13, 9, 0, tzinfo=UTC)
CANTEEN, MIDDAY, STUDY = SLUGS = ("cantine", "garderie-de-midi", "etude")
ADAM, SOFIA = OWN = ("e3", "e4")
# Of the family that Adam has too, and of another one.
THERE, ELSE = "e3 there", "e1"
SCHOOLS = ("", "École du Bourg")
# A Wednesday among them, and the day of a strike.
DAYS = tuple(MONDAY + timedelta(days=number) for number in range(5))


class Ticked(NamedTuple):
    """A day of a child at a service, in words of the example."""

    child: str
    service: str
    day: date


class Rules(NamedTuple):
    """What a service is."""

    book: str
    cancel: str
    absence: str
    late: Late
    waiting: Waiting
    capacity: int | None
    opens: bool
    shift: bool


class Town(NamedTuple):
    """An example."""

    booked: Collection[Ticked]
    given_back: Collection[Ticked]
    missed: Collection[Ticked]
    closed: Collection[tuple[str, date, str]]
    offers: bool
    services: Mapping[str, Rules]
    link: tuple[str, LinkKind, str] | None
    enrolled: Mapping[tuple[str, str], date | None]
    weeks: tuple[CustodyPattern, int] | None
    invoiced: bool


NOT_ENROLLED = date.max
PUBLISHED = (
    "", "S-1 jeudi 24:00", "S-1 mardi 23:59", "J-1 12:00", "J-2 ouvrés 23:59",
    "J-1 ouverture 11:00", "J-0 09:00", "M-1 20 24:00",
    "du 21/08/2026 07:00 au 02/12/2026 24:00", notation.NEVER,
)  # fmt: skip
# Drawn among as many of each sort: numbers would be small ones most often.
texts = st.sampled_from(range(4)).flatmap(
    lambda drawn: st.sampled_from(PUBLISHED) if drawn else rules().map(notation.write)
)
ticked = st.builds(
    Ticked,
    st.sampled_from([*OWN, *OWN, THERE, ELSE]),
    st.sampled_from([CANTEEN, CANTEEN, MIDDAY, STUDY]),
    st.sampled_from(DAYS),
)
kinds = st.builds(
    Rules, texts, texts, texts, st.sampled_from(Late), st.sampled_from(Waiting),
    st.sampled_from([None, None, 0, 1, 2]), st.sampled_from([False, False, True]), st.booleans(),
)  # fmt: skip
enrolments = st.fixed_dictionaries(
    {
        (child, service): st.sampled_from([None, None, None, *DAYS, NOT_ENROLLED])
        for child in OWN
        for service in SLUGS
    }
)
towns = st.builds(
    Town,
    booked=st.sampled_from(range(14)).flatmap(
        lambda count: st.frozensets(ticked, min_size=count, max_size=count)
    ),
    given_back=st.sets(ticked, max_size=3),
    missed=st.sets(ticked, max_size=3),
    closed=st.sets(
        st.tuples(st.sampled_from(SLUGS), st.sampled_from(DAYS), st.sampled_from(SCHOOLS)),
        max_size=2,
    ),
    offers=st.booleans(),
    services=st.fixed_dictionaries(dict.fromkeys(SLUGS, kinds)),
    link=st.none()
    | st.tuples(
        st.just(STUDY),
        st.sampled_from([LinkKind.NEEDS, LinkKind.EXCLUDES]),
        st.sampled_from([CANTEEN, MIDDAY]),
    ),
    enrolled=enrolments.map(
        lambda found: {key: last for key, last in found.items() if last != NOT_ENROLLED}
    ),
    weeks=st.none() | st.tuples(st.sampled_from(CustodyPattern), st.sampled_from(range(7))),
    invoiced=st.sampled_from([False, False, False, True]),
)
# From ten days before the week to its end, as often as not around an hour that rules name.
instants = st.builds(
    lambda day, minute: AT_FIRST + timedelta(days=day, minutes=minute),
    st.sampled_from(range(7, 23)),
    st.sampled_from([-540, -60, -1, 0, 61, 119, 120, 181, 359, 480, 840, 899]),
)
