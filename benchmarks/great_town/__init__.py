"""A great invented town, written by SQL straight into an empty database: the same for a size.

What stands in it; `filling` has it written. Most families are ordinary: 4 to 16 invoices, two
children, a few messages. Two of a thousand are not: one has an invoice a month for five years, one
has ten a month, and 160 messages of its own. The first of each are those that pages are measured
with. A month's invoices of all families follow each other, as each import brings them: those of
one family lie far apart. `bookings` adds what children come to, for whoever asks for it.
"""

from collections.abc import Iterator

from benchmarks.great_town.correspondence import requests, traces, words
from benchmarks.great_town.households import money, people
from benchmarks.great_town.sql import POSTGRESQL, SQLITE, Dialect, Filled

__all__ = ["POSTGRESQL", "SQLITE", "Dialect", "Filled", "statements"]


def statements(dialect: Dialect, families: int, password_hash: str) -> Iterator[Filled]:
    """Yield each table's name and what fills it, parents first.

    Two parents of three have chosen the password of this hash, and so have those measured.
    """
    yield from people(dialect, families, password_hash)
    yield from money(dialect, families)
    yield from words(dialect, families)
    yield from requests(dialect, families)
    yield from traces(dialect)
