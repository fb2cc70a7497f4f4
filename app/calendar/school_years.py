"""School years, which families and town halls count by."""

import re
from dataclasses import dataclass
from datetime import date

FIRST_MONTH = 9
LABEL = re.compile(r"([1-9][0-9]{3})-([1-9][0-9]{3})", re.ASCII)


@dataclass(frozen=True, slots=True, order=True)
class SchoolYear:
    """From the 1st of September to the 31st of August; known by the calendar year it starts in."""

    start: int

    @property
    def label(self) -> str:
        """Write 2026-2027, as in addresses."""
        return f"{self.start}-{self.start + 1}"

    @property
    def first_day(self) -> date:
        """The 1st of September."""
        return date(self.start, FIRST_MONTH, 1)

    @property
    def last_day(self) -> date:
        """The 31st of August."""
        return date(self.start + 1, FIRST_MONTH - 1, 31)


def of(day: date) -> SchoolYear:
    """Return the school year of a day."""
    return SchoolYear(day.year if day.month >= FIRST_MONTH else day.year - 1)


def parse(text: str) -> SchoolYear | None:
    """Read 2026-2027; None for anything else."""
    found = LABEL.fullmatch(text)
    if found is None or int(found[2]) != int(found[1]) + 1:
        return None
    return SchoolYear(int(found[1]))
