"""Waiting for what another process or thread will have done: looked for, never timed."""

import time
from collections.abc import Callable
from typing import TypeVar

# A machine that is busy elsewhere is no fault.
PATIENCE_SECONDS = 60
PAUSE_SECONDS = 0.05

Found = TypeVar("Found")


def wait_for(
    look: Callable[[], Found | None], complaint: str, seconds: float = PATIENCE_SECONDS
) -> Found:
    """Look until there is something to see, and return it."""
    deadline = time.monotonic() + seconds
    while not (found := look()):
        assert time.monotonic() < deadline, complaint
        time.sleep(PAUSE_SECONDS)
    return found


def succeeds(act: Callable[[], object], *failures: type[Exception]) -> bool:
    """Tell whether something can be done now."""
    try:
        act()
    except failures:
        return False
    return True
