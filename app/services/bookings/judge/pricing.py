"""What a day costs a family, as far as the town says: an estimate, until its invoice."""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from app.services.bookings.judge.worlds import Price

ONE = Decimal(1)


class Situation(NamedTuple):
    """A family's quotient, None when it gave none; and whether it lives in another town."""

    first: date
    last: date | None
    quotient: Decimal | None
    is_outside: bool


UNKNOWN = Situation(date.min, None, None, is_outside=False)


class Rate(NamedTuple):
    """What a day costs some families, from when to when."""

    first: date
    amount: Decimal
    last: date | None = None
    qf_min: Decimal | None = None
    qf_max: Decimal | None = None
    is_outside: bool = False
    # From this child of the family on; None for each.
    rank: int | None = None
    late: Decimal | None = None
    unbooked: Decimal | None = None
    absent: Decimal | None = None

    @property
    def price(self) -> Price:
        """Return what one who books pays, in time or not."""
        return Price(self.amount, self.amount if self.late is None else self.late)

    @property
    def for_unbooked(self) -> Decimal:
        """Return what one pays who comes without having booked."""
        return self.price.late if self.unbooked is None else self.unbooked

    @property
    def for_absent(self) -> Decimal:
        """Return what one pays who does not come, and owes it."""
        return self.amount if self.absent is None else self.absent

    def holds(self, quotient: Decimal) -> bool:
        """Tell whether a quotient is in its band; 400,50 still is in « de 0 à 400 »."""
        above = self.qf_min is None or self.qf_min <= quotient
        return above and (self.qf_max is None or quotient < self.qf_max + ONE)


def situation(known: Iterable[Situation], day: date) -> Situation:
    """Find what is known of a family on a day: the latest that holds."""
    held = [each for each in known if _is_then(each.first, each.last, day)]
    return max(held, key=lambda each: each.first, default=UNKNOWN)


def rate(rates: Sequence[Rate], family: Situation, rank: int, day: date) -> Rate | None:
    """Find what a service costs a family's child of this rank on a day; None where nobody said.

    Who gave no quotient pays as the highest band does. Of families from elsewhere nothing may be
    said apart: they pay as others then.
    """
    then = [each for each in rates if _is_then(each.first, each.last, day)]
    apart = [each for each in then if each.is_outside]
    fit = apart if family.is_outside and apart else [each for each in then if not each.is_outside]
    fit = [each for each in fit if each.rank is None or each.rank <= rank]
    if family.quotient is not None:
        fit = [each for each in fit if each.holds(family.quotient)]
    return max(fit, key=_order, default=None)


def _order(each: Rate) -> tuple[int, Decimal, date]:
    return each.rank or 0, each.qf_min or Decimal(0), each.first


def _is_then(first: date, last: date | None, day: date) -> bool:
    return first <= day and (last is None or day <= last)
