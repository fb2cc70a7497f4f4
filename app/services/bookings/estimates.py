"""What a family's month may cost, by the codes of the town's invoice and by its tariffs.

Of what is booked: what a tablet notes, and what else the town bills, comes with its invoice.
"""

from collections import Counter
from collections.abc import Collection
from decimal import Decimal

from app.booking_kinds import BookingState
from app.services.bookings import prices
from app.services.bookings.judge import billing_codes
from app.services.bookings.judge.billing_codes import Day
from app.services.bookings.judge.worlds import Cell
from app.services.bookings.reading import Booked, Known


def of_month(known: Known) -> Decimal | None:
    """Add it up; None where the town did not say what each day costs, or nothing is booked."""
    booked = [each for each in known.booked.values() if each.family_id == known.family_id]
    rates = prices.rates(known) if booked else {}
    excused = _excused(known, booked)
    absences: Counter[tuple[int, int]] = Counter()
    total, count = Decimal(0), 0
    for each in sorted(booked, key=lambda one: one.day):
        code = billing_codes.code(
            _day(each, absences, excused), known.town.services[each.service_id].due_absences
        )
        if code in billing_codes.FREE:
            continue
        rate = rates.get(each.cell)
        if rate is None:
            return None
        total += billing_codes.amount(code, rate, is_late=each.late)
        count += 1
    return total if count else None


def _excused(known: Known, booked: Collection[Booked]) -> Collection[Cell]:
    if not any(each.state is BookingState.ABSENT for each in booked):
        return ()
    from app.services.bookings import excuses

    return excuses.days(known.first, known.last)


def _day(each: Booked, absences: Counter[tuple[int, int]], excused: Collection[Cell]) -> Day:
    whose = each.child_id, each.service_id
    if each.state is BookingState.BOOKED:
        absences[whose] = 0
    absences[whose] += each.state is BookingState.ABSENT
    return Day(each.state, each.late, nth_absence=absences[whose], is_excused=each.cell in excused)
