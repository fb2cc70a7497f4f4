"""The mails and the jobs of all towns: a few threads go round, none waits for one town's server."""

import heapq
import time
from collections.abc import Callable, Sequence
from threading import Condition, Thread

from flask import Flask

from app.background import (
    FAREWELL_SECONDS,
    LONGEST_PAUSE_SECONDS,
    POLL_SECONDS,
    Watcher,
)
from app.towns.hosted import Town, TownBroken


class Rounds:
    """One kind of work, done for each town in turn as it comes due."""

    def __init__(
        self, towns: Sequence[Town], watcher_of: Callable[[Flask], Watcher], threads: int
    ) -> None:
        """Go round with that many threads."""
        self._watcher_of = watcher_of
        self._changed = Condition()
        self._stopping = False
        # When each is due, and how long it is left alone should it fail.
        self._due = [(0.0, number, POLL_SECONDS) for number in range(len(towns))]
        self._towns = towns
        self._threads = [Thread(target=self._go_round, daemon=True) for _ in range(threads)]

    def start(self) -> None:
        """Begin."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Finish what is in hand, and end."""
        with self._changed:
            self._stopping = True
            self._changed.notify_all()
        for app in [town.made for town in self._towns if town.made]:
            self._watcher_of(app).stop()
        for thread in self._threads:
            thread.join(FAREWELL_SECONDS)

    def _go_round(self) -> None:
        while (taken := self._take()) is not None:
            number, pause = taken
            done = self._make_pass(self._towns[number])
            pause = POLL_SECONDS if done else min(2 * pause, LONGEST_PAUSE_SECONDS)
            with self._changed:
                heapq.heappush(self._due, (time.monotonic() + pause, number, pause))
                self._changed.notify()

    def _take(self) -> tuple[int, float] | None:
        """Wait for the next town that is due; None when it is time to stop."""
        with self._changed:
            while not self._stopping:
                wait = self._due[0][0] - time.monotonic() if self._due else None
                if wait is not None and wait <= 0:
                    _, number, pause = heapq.heappop(self._due)
                    return number, pause
                self._changed.wait(wait)
        return None

    def _make_pass(self, town: Town) -> bool:
        try:
            app = town.app()
        except TownBroken:
            return False
        return self._watcher_of(app).try_pass()
