"""Work that takes long or takes much: few do it at once in a process, and nobody queues behind.

A thread that waits for its turn opens no page for anybody. So one may wait a little, and whoever
comes after is told at once.
"""

import threading
from collections.abc import Hashable, Iterator
from contextlib import contextmanager
from time import monotonic

MOST_WAITING = 1
PATIENCE_SECONDS = 3.0


class Crowded(Exception):  # noqa: N818 (nothing is broken)
    """Too many are at it: to be asked again in a few seconds."""


class Gate:
    """The way to one kind of work."""

    def __init__(
        self, at_once: int = 1, most_waiting: int | None = None, moment: float = 0.0
    ) -> None:
        """Let that many through at once, and that many wait (one, when it is not said).

        Where the work usually takes less than a `moment`, anybody may wait as long as it moves.
        """
        self._at_once = at_once
        self._most_waiting = most_waiting
        self._moment = moment
        self._changed = threading.Condition()
        self._inside = 0
        self._last_came = 0.0
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
            self._last_came = monotonic()
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
        end = monotonic() + patience
        if self._saw_it_move(end):
            return True
        most_waiting = MOST_WAITING if self._most_waiting is None else self._most_waiting
        if self._waiting >= most_waiting:
            return False
        self._waiting += 1
        try:
            return self._changed.wait_for(self._has_room, end - monotonic())
        finally:
            self._waiting -= 1

    def _saw_it_move(self, end: float) -> bool:
        """Wait as long as nobody has been inside for more than a moment; tell whether to go in."""
        while (left := min(end, self._last_came + self._moment) - monotonic()) > 0:
            if self._changed.wait_for(self._has_room, left):
                return True
        return False

    def _has_room(self) -> bool:
        return self._inside < self._at_once
