"""Connections to SQLite that nobody closed, told on every Python as 3.13 tells them.

An application that a test made keeps its connections until its engine is disposed of. Up to 3.12
they went with it and nobody heard of them; since, each is a warning, which fails whatever test runs
at that moment. This one says which line opened it.

They give rows that nobody ordered backwards: whoever counts on an order that was not asked for is
told so here, not by PostgreSQL some day.
"""

import sqlite3
import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any
from unittest import mock

ROOT = str(Path(__file__).parents[2])
INSTALLED = "/.venv/"
# Of our own lines, the latest: they name the test.
LINES = 8
connect: Callable[..., sqlite3.Connection] = sqlite3.connect


class Watched(sqlite3.Connection):
    """Remembers who opened it, complains of not having been closed, and reads backwards."""

    _closed = False

    def __init__(self, *arguments: Any, **options: Any) -> None:
        """Open it."""
        super().__init__(*arguments, **options)
        self._opened_by = _our_lines()
        self.execute("PRAGMA reverse_unordered_selects = ON")

    def close(self) -> None:
        """Close it."""
        super().close()
        self._closed = True

    def __del__(self) -> None:
        """Nobody holds it any more."""
        if not self._closed:
            super().close()
            said = f"a connection to SQLite was never closed; opened by {self._opened_by}"
            warnings.warn(said, ResourceWarning, stacklevel=1)


@contextmanager
def connections_watched() -> Iterator[None]:
    """Watch each that is opened from now on."""
    with (
        mock.patch.object(sqlite3, "connect", _connect),
        mock.patch.object(sqlite3.dbapi2, "connect", _connect),
    ):
        yield


def _connect(*arguments: Any, **options: Any) -> sqlite3.Connection:
    return connect(*arguments, **{"factory": Watched, **options})


def _our_lines() -> str:
    lines = []
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        name = frame.f_code.co_filename
        if name.startswith(ROOT) and INSTALLED not in name and name != __file__:
            lines.append(f"{name[len(ROOT) + 1 :]}:{frame.f_lineno}")
        frame = frame.f_back
    return " < ".join(lines[-LINES:])
