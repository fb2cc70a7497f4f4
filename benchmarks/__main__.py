"""Every benchmark, each with its table: `python -m benchmarks [--small]`.

    instructions   what a page costs in instructions of the processor
    web            what a page costs against a bare route
    importing      what an import costs against a bare one
    previewing     what the preview of an import costs, against its dry run
    beside         what visitors see of an import
    mail           how fast mails leave, against Flask-Mail alone and with several workers
    bookings       what a week, a month, a list of the day cost, and who waits for whom
    curve          what pages cost as the town grows, on both databases
    load           what is served to many visitors, by workers and threads

Exits with 1 when a target is missed. `--small` only checks that the harness works: its figures
mean nothing, and it exits with 0 whatever they are. Each can be run alone (`python -m
benchmarks.curve --help`); on demand only: `towns` (many towns in one process), `filling` (a town of
any size in a database of yours).
"""

import argparse
import sys

from benchmarks import (
    beside,
    bookings,
    curve,
    importing,
    instructions,
    load,
    mail,
    previewing,
    web,
)
from benchmarks.booking_acts import Times
from benchmarks.databases import SQLITE
from benchmarks.servers import ONE_WORKER

ALL = (instructions, web, importing, previewing, beside, mail, bookings, curve, load)
FEW = web.FEW_FAMILIES


def main(*, small: bool) -> bool:
    """Run them one after the other, so that none weighs on another."""
    if small:
        instructions.main(families=FEW, counting=False)
        web.main(families=FEW, requests=2, rounds=1, workers=ONE_WORKER)
        importing.main(families=200, on=[SQLITE])
        previewing.main(families=200, rounds=1)
        mail.main(batch=20, rounds=1, of_workers=20, of_a_day=3, on=[SQLITE])
        bookings.main(bookings=0, requests=2, rounds=1, times=Times(1, 1), on=[SQLITE])
        curve.main(families=[FEW], rounds=1, requests=2, on=[SQLITE])
        load.main(families=200, seconds=1, visitors=2, settings=[(1, 2)], on=[SQLITE])
        return True
    # Every one, whatever the ones before have missed.
    held = [each.main() for each in ALL]
    return all(held)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--small", action="store_true")
    sys.exit(0 if main(small=parser.parse_args().small) else 1)
