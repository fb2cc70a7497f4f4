"""What becomes of somebody's try to sign in at the town hall."""

from dataclasses import dataclass

from app.services.accounts.throttles import Obstacle
from app.services.clerks.tickets import Step


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Both are right; the key is for the cookie, the mark for a computer to be known by."""

    session_key: str
    computer_mark: str | None = None


@dataclass(frozen=True, slots=True)
class GoesOn:
    """The password is right; the ticket opens the page of the next step."""

    ticket: str
    step: Step


@dataclass(frozen=True, slots=True)
class Refused:
    """Not the right pair, or not the right code; nothing more is told."""


Outcome = SignedIn | GoesOn | Obstacle | Refused
