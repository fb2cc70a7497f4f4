"""What bookings cost in a town where 432,000 stand, on SQLite and on PostgreSQL.

python -m benchmarks.bookings [--bookings 432000] [--on SQLite PostgreSQL]

A thousand children come to three services on four days a week, for 36 weeks. Pages and the feed are
told in CPU of the web process against that of a bare route, in turn, the fastest moment of each;
what is saved, by the clock, the disk and the locks among it: on a busy machine it takes longer.
"""

import argparse
import sys
from collections.abc import Sequence

from benchmarks import booking_acts, booking_pages
from benchmarks.booked_town import filled
from benchmarks.booking_acts import MANY, Times
from benchmarks.databases import BOTH
from benchmarks.great_town.bookings import OF_A_FAMILY
from benchmarks.web import doubts

BOOKINGS = 432_000
REQUESTS, ROUNDS = 20, 40
# Some families are to save, others beside them.
FEWEST_FAMILIES = 12


def main(
    bookings: int = BOOKINGS,
    requests: int = REQUESTS,
    rounds: int = ROUNDS,
    times: Times = MANY,
    on: Sequence[str] = BOTH,
) -> bool:
    """Measure, print the tables, tell whether the targets hold."""
    families = max(bookings // OF_A_FAMILY, FEWEST_FAMILIES)
    held = [_on(kind, families, requests, rounds, times) for kind in on]
    return all(held)


def _on(kind: str, families: int, requests: int, rounds: int, times: Times) -> bool:
    with filled(kind, families) as where:
        with booking_pages.served(where) as pages:
            pages.check()
            fastest = booking_pages.fastest(pages, rounds, requests)
            figures = list(pages.figures(fastest))
        figures += booking_acts.figures(where, times)
    print(f"Bookings: {families * OF_A_FAMILY:,} of them, {kind}\n\n  {'':62}{'':6}{'target':>8}")
    for figure in figures:
        print(figure)
    print(doubts(fastest))
    return all(figure.holds for figure in figures)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bookings", type=int, default=BOOKINGS)
    parser.add_argument("--on", nargs="+", choices=BOTH, default=BOTH)
    asked = parser.parse_args()
    sys.exit(0 if main(asked.bookings, on=asked.on) else 1)
