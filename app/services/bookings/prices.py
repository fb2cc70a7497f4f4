"""What a family's days cost, as the town says it: one statement, whatever there is of either."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import select

from app import db
from app.models import FAMILY, Quotient, Tariff
from app.services.bookings import pricing
from app.services.bookings.pricing import Rate, Situation
from app.services.bookings.reading import Known, days_between
from app.services.bookings.worlds import Cell, Price

# In the order of Rate.
OF_RATE = (
    Tariff.first, Tariff.amount, Tariff.last, Tariff.qf_min, Tariff.qf_max, Tariff.outside,
    Tariff.rank, Tariff.late_amount, Tariff.unbooked_amount, Tariff.absent_amount,
)  # fmt: skip
OF_SITUATION = (Quotient.first, Quotient.last, Quotient.value, Quotient.outside)
_OF_FAMILY = (
    select(Tariff.service_id, *OF_RATE, *OF_SITUATION)
    .outerjoin(Quotient, Quotient.family_id == FAMILY)
    .order_by(Tariff.service_id, Tariff.id, Quotient.first)
)


def priced(known: Known) -> Known:
    """Add to what is known of a family what each of its days costs."""
    enrolled = {child for child, _ in known.world.enrolments}
    prices = of_family(
        known.family_id,
        ranks(known.children, enrolled),
        days_between(known.first, known.last),
    )
    return replace(known, world=replace(known.world, prices=prices))


def of_family(
    family_id: int, children: Mapping[int, int], days: Collection[date]
) -> dict[Cell, Price]:
    """Price these days for children of these ranks, at each service that has a tariff."""
    rates: dict[int, dict[Rate, None]] = {}
    known: set[Situation] = set()
    row: Any
    for row in db.rows(_OF_FAMILY, family_id=family_id):
        found = Rate(*row[1 : 1 + len(OF_RATE)])
        rates.setdefault(row.service_id, {})[found] = None
        if row[-len(OF_SITUATION)] is not None:
            known.add(Situation(*row[-len(OF_SITUATION) :]))
    prices = {}
    for day in days if rates else ():
        family = pricing.situation(known, day)
        for service, listed in rates.items():
            for child, rank in children.items():
                rate = pricing.rate(list(listed), family, rank, day)
                if rate is not None:
                    prices[Cell(child, service, day)] = rate.price
    return prices


def ranks(children: Iterable[int], enrolled: Collection[int]) -> dict[int, int]:
    """Number children by birth among those who come to something; the others come first."""
    found: dict[int, int] = {}
    rank = 0
    for child in children:
        rank += child in enrolled
        found[child] = max(rank, 1)
    return found
