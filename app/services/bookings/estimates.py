"""What a family's month may cost, by the codes of the town's invoice and by its tariffs.

Of what is booked: what a tablet notes, and what else the town bills, comes with its invoice.
"""

from collections import Counter
from collections.abc import Collection, Iterable
from decimal import Decimal

from app.booking_kinds import BookingState
from app.services.bookings import prices
from app.services.bookings.judge import billing_codes
from app.services.bookings.judge.billing_codes import Day
from app.services.bookings.judge.worlds import Cell, Held
from app.services.bookings.reading import Known


def of_month(known: Known) -> Decimal | None:
    """Add it up; None where the town did not say what each day costs, or nothing is booked."""
    held = known.world.held
    rates = prices.rates(known) if held else {}
    if not rates:
        return None
    excused = _excused(known, held.values())
    absences: Counter[tuple[int, int]] = Counter()
    total, count = Decimal(0), 0
    for cell in sorted(held, key=lambda each: each.day):
        code = billing_codes.code(
            _day(cell, held[cell], absences, excused),
            known.town.services[cell.service].due_absences,
        )
        if code in billing_codes.FREE:
            continue
        rate = rates.get(cell)
        if rate is None:
            return None
        total += billing_codes.amount(code, rate, is_late=held[cell].late)
        count += 1
    return total if count else None


def _excused(known: Known, held: Iterable[Held]) -> Collection[Cell]:
    if not any(each.state is BookingState.ABSENT for each in held):
        return ()
    from app.services.bookings import excuses

    return excuses.days(known.first, known.last)


def _day(
    cell: Cell, held: Held, absences: Counter[tuple[int, int]], excused: Collection[Cell]
) -> Day:
    whose = cell.child, cell.service
    if held.state is BookingState.BOOKED:
        absences[whose] = 0
    absences[whose] += held.state is BookingState.ABSENT
    return Day(held.state, held.late, nth_absence=absences[whose], is_excused=cell in excused)
