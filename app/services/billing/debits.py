"""Direct debit: when the bank will be asked for what a family owes."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple, Protocol


class Owed(Protocol):
    """An invoice with something left to pay."""

    @property
    def due_on(self) -> date:
        """Return its last day."""

    @property
    def rejected(self) -> bool:
        """Tell whether what had paid it went back: it is not debited a second time."""


class Debit(NamedTuple):
    """What becomes of what is owed: the family has nothing to do, but to look when it is late."""

    # That of the first invoice, when there are several.
    day: date
    is_only_one: bool
    is_late: bool


def of(owed: Sequence[Owed], *, direct_debit: bool, day: date) -> Debit | None:
    """Tell when these are debited; None when the family pays by itself, or has to this time."""
    if not direct_debit or not owed or any(each.rejected for each in owed):
        return None
    days = {each.due_on for each in owed}
    return Debit(min(days), len(days) == 1, min(days) < day)
