"""Work that takes long or takes much: few do it at once in a process, and nobody queues behind.

A thread that waits for its turn opens no page for anybody. So one may wait a little, and whoever
comes after is told at once.
"""

import threading
from collections.abc import Hashable, Iterator
from contextlib import contextmanager

MOST_WAITING = 1
PATIENCE_SECONDS = 3.0


class Crowded(Exception):  # noqa: N818 (nothing is broken)
    """Too many are at it: to be asked again in a few seconds."""


class Gate:
    """The way to one kind of work."""

    def __init__(self, at_once: int = 1) -> None:
        """Let that many through at once."""
        self._at_once = at_once
        self._changed = threading.Condition()
        self._inside = 0
        self._waiting = 0
        self._known: set[Hashable] = set()

    @contextmanager
    def passing(
        self, who: Hashable = None, patience: float | None = PATIENCE_SECONDS
    ) -> Iterator[None]:
        """Do the work. Raises Crowded when it is full, or when `who` is at it already.

        A process may serve many towns: `who` says of which. Without a limit of patience it waits
        for its turn: for what no visitor waits for.
        """
        with self._changed:
            if who in self._known:
                raise Crowded
            if not self._has_room() and not self._waited(patience):
                raise Crowded
            self._inside += 1
            if who is not None:
                self._known.add(who)
        try:
            yield
        finally:
            with self._changed:
                self._inside -= 1
                self._known.discard(who)
                self._changed.notify()

    def _waited(self, patience: float | None) -> bool:
        if patience is None:
            return self._changed.wait_for(self._has_room)
        if self._waiting >= MOST_WAITING:
            return False
        self._waiting += 1
        try:
            return self._changed.wait_for(self._has_room, patience)
        finally:
            self._waiting -= 1

    def _has_room(self) -> bool:
        return self._inside < self._at_once
