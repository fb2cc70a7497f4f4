"""Every benchmark, each with its table: `python -m benchmarks [--small]`.

Exits with 1 when a target is missed. `--small` only checks that the harness works: its figures
mean nothing, and it exits with 0 whatever they are.
"""

import argparse
import sys

from benchmarks import beside, curve, importing, instructions, load, mail, web
from benchmarks.databases import SQLITE
from benchmarks.servers import ONE_WORKER

FEW = web.FEW_FAMILIES


def main(*, small: bool) -> bool:
    """Run them one after the other, so that none weighs on another."""
    if small:
        instructions.main(families=FEW, counting=False)
        web.main(families=FEW, requests=2, rounds=1, workers=ONE_WORKER)
        importing.main(families=200, on=[SQLITE])
        mail.main(batch=20, rounds=1, of_workers=20, on=[SQLITE])
        curve.main(families=[FEW], rounds=1, requests=2, on=[SQLITE])
        load.main(families=200, seconds=1, visitors=2, settings=[(1, 2)], on=[SQLITE])
        return True
    return all(each.main() for each in (instructions, web, importing, beside, mail, curve, load))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--small", action="store_true")
    sys.exit(0 if main(small=parser.parse_args().small) else 1)
