"""What a check says: how bad it is, what it saw, and what to do about it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """How bad it is; only the last stops the portal, or will."""

    OK = "OK"
    LOOK = "À VOIR"
    BROKEN = "PANNE"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line for whoever keeps the server."""

    verdict: Verdict
    said: str
    # What to do; empty when there is nothing to do.
    remedy: str = ""


Check = Callable[[], Iterable[Finding]]


def fine(said: str) -> Finding:
    """Say that nothing is to be done."""
    return Finding(Verdict.OK, said)


def look(said: str, remedy: str) -> Finding:
    """Say what had better be seen to, though the portal works."""
    return Finding(Verdict.LOOK, said, remedy)


def broken(said: str, remedy: str) -> Finding:
    """Say what does not work, or will not for long."""
    return Finding(Verdict.BROKEN, said, remedy)
