"""Tables in a terminal."""

from collections.abc import Iterator, Sequence

import click

# The number of a row, as a database takes one.
ROW_NUMBER = click.IntRange(1, 2**31 - 1)


def align(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Write each row with its columns below one another."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        padded = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        yield "  ".join(padded).rstrip()
