"""What the two databases write differently, and what all statements of a great town say alike."""

from dataclasses import dataclass
from datetime import date, timedelta

from benchmarks import town

MONTHS = 60
FIRST_DAY = date(2021, 12, 1)
TODAY = FIRST_DAY + timedelta(days=30 * MONTHS)
# One family of so many has an invoice a month, and one has ten.
RARE = 1_000

# A table, and what fills it.
Filled = tuple[str, str]


@dataclass(frozen=True)
class Dialect:
    """What the two databases write differently; each is filled in by `str.format`."""

    # Whole numbers from 1, as n of the name.
    series: str
    # Eight hexadecimal signs of a number.
    hexadecimal: str
    # A day, and an instant, so many days or minutes after the first.
    day: str
    moment: str

    def numbers(self, name: str, last: int) -> str:
        """Write a table of the numbers up to this one."""
        return self.series.format(name=name, last=last)

    def opaque(self, number: str) -> str:
        """Write sixteen signs that no other number has, in no order that anybody sees."""
        halves = (f"(({number}) * {odd} % 4294967296)" for odd in (2_654_435_761, 2_246_822_519))
        return " || ".join(self.hexadecimal.format(number=half) for half in halves)

    def on(self, days: str) -> str:
        """Write the day that many days after the first one."""
        return self.day.format(first=FIRST_DAY, number=days)

    def at(self, minutes: str) -> str:
        """Write the instant that many minutes ago."""
        return self.moment.format(last=TODAY, number=minutes)


POSTGRESQL = Dialect(
    series="(SELECT n::bigint AS n FROM generate_series(1, {last}) AS made(n)) AS {name}",
    hexadecimal="lpad(to_hex({number}), 8, '0')",
    day="(DATE '{first}' + ({number})::integer)",
    moment="(TIMESTAMPTZ '{last} 00:00Z' - ({number}) * INTERVAL '1 minute')",
)
SQLITE = Dialect(
    series="(WITH RECURSIVE made(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM made WHERE n < {last})"
    " SELECT n FROM made WHERE n <= {last}) AS {name}",
    hexadecimal="printf('%08x', {number})",
    day="date('{first}', ({number}) || ' days')",
    moment="strftime('%Y-%m-%d %H:%M:%S.000000', '{last}', '-' || ({number}) || ' minutes')",
)


def one_of(words: tuple[str, ...], number: str) -> str:
    """Write the word that a number chooses."""
    chosen = " ".join(f"WHEN {rank} THEN '{word}'" for rank, word in enumerate(words))
    return f"CASE ({number}) % {len(words)} {chosen} END"


def rare(d: Dialect, families: int) -> str:
    """Write the table of the families that have ten invoices a month."""
    last = (families + RARE - town.SECOND) // RARE
    return f"(SELECT (n - 1) * {RARE} + {town.SECOND} AS n FROM {d.numbers('s', last)}) AS f"
