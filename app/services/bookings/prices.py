"""What a family's days cost, as the town says it: one statement, whatever there is of either."""

from collections.abc import Collection, Iterable
from dataclasses import replace
from typing import Any

from sqlalchemy import select

from app import db
from app.models import FAMILY, Quotient, Tariff
from app.services.bookings.judge import pricing
from app.services.bookings.judge.pricing import Rate, Situation
from app.services.bookings.judge.worlds import Cell
from app.services.bookings.reading import Known, days_between

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
    prices = {cell: rate.price for cell, rate in rates(known).items()}
    return replace(known, world=replace(known.world, prices=prices))


def rates(known: Known) -> dict[Cell, Rate]:
    """Find what each day costs each child, at each service that has a tariff."""
    listed: dict[int, dict[Rate, None]] = {}
    situations: set[Situation] = set()
    row: Any
    for row in db.rows(_OF_FAMILY, family_id=known.family_id):
        listed.setdefault(row.service_id, {})[Rate(*row[1 : 1 + len(OF_RATE)])] = None
        if row[-len(OF_SITUATION)] is not None:
            situations.add(Situation(*row[-len(OF_SITUATION) :]))
    numbered = ranks(known.children, {child for child, _ in known.world.enrolments})
    found = {}
    for day in days_between(known.first, known.last) if listed else ():
        family = pricing.situation(situations, day)
        for service, of_service in listed.items():
            for child, rank in numbered.items():
                rate = pricing.rate(list(of_service), family, rank, day)
                if rate is not None:
                    found[Cell(child, service, day)] = rate
    return found


def ranks(children: Iterable[int], enrolled: Collection[int]) -> dict[int, int]:
    """Number children by birth among those who come to something; the others come first."""
    found: dict[int, int] = {}
    rank = 0
    for child in children:
        rank += child in enrolled
        found[child] = max(rank, 1)
    return found
