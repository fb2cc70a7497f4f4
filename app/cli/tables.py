"""Tables in a terminal."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, TypeVar

import click

from app.paging import Page

# The number of a row, as a database takes one.
ROW_NUMBER = click.IntRange(1, 2**31 - 1)
Command = TypeVar("Command", bound=Callable[..., object])


def limited(words: str = "Combien, au plus.") -> Callable[[Command], Command]:
    """Let a command that lists take how many."""
    return click.option(
        "--limit", default=50, show_default=True, type=click.IntRange(1, 10_000), help=words
    )


def show(headings: Sequence[str], rows: Iterable[Sequence[str]], none: str) -> None:
    """Write a table, or the words that say that it is empty."""
    lines = list(rows)
    if not lines:
        click.echo(none)
        return
    for line in align([headings, *lines]):
        click.echo(line)


def show_page(
    headings: Sequence[str], page: Page[Any], cells: Callable[[Any], Sequence[str]], none: str
) -> None:
    """Write the beginning of a long list, and how to have more of it."""
    show(headings, map(cells, page.items), none)
    if page.count > 1:
        click.echo(f"\nLa liste continue\u00a0: ajoutez --limit {page.size * 2}.")


def align(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Write each row with its columns below one another."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        padded = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        yield "  ".join(padded).rstrip()
