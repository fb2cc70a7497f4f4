"""What is said of many people: a share, a middle; nothing of so few that it would be of one."""

from collections.abc import Iterable
from decimal import Decimal

# Fewer than this are not told apart from each other: a share of one says what that one did.
FEW = 5


def percent(part: int, whole: int) -> int | None:
    """Return how many in a hundred, to the nearest; of nothing, nothing.

    All is said of all only, and none of none only.
    """
    if not whole:
        return None
    if part in {0, whole}:
        return 100 if part else 0
    nearest = (200 * part + whole) // (2 * whole)
    return min(max(nearest, 1), 99)


def percent_of_many(part: int, whole: int) -> int | None:
    """Return the same, unless it would be of few."""
    return percent(part, whole) if whole >= FEW else None


def middle(values: Iterable[int]) -> Decimal | None:
    """Return what half of them do not exceed; None where there is none."""
    # Read with the first figures: to a process that starts it costs a hundredth.
    from statistics import median

    known = list(values)
    return Decimal(str(median(known))) if known else None


def middle_of_many(values: Iterable[int]) -> Decimal | None:
    """Return the same, unless it would be of few."""
    known = list(values)
    return middle(known) if len(known) >= FEW else None
