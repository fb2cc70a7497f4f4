"""Every benchmark, each with its table: `python -m benchmarks [--small]`.

Exits with 1 when a target is missed. `--small` only checks that the harness works: its figures
mean nothing, and it exits with 0 whatever they are.
"""

import argparse
import sys

from benchmarks import importing, instructions, mail, web


def main(*, small: bool) -> bool:
    """Run them one after the other, so that none weighs on another."""
    if small:
        instructions.main(families=20, counting=False)
        web.main(families=20, requests=10, rounds=1)
        importing.main(families=200)
        mail.main(batch=20, rounds=1)
        return True
    return all([instructions.main(), web.main(), importing.main(), mail.main()])


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--small", action="store_true")
    sys.exit(0 if main(small=parser.parse_args().small) else 1)
