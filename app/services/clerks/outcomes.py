"""What becomes of somebody's try to sign in at the town hall."""

from dataclasses import dataclass

from app.services.accounts.throttles import Obstacle


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Both are right; the key is for the cookie, the mark for a computer to be known by."""

    session_key: str
    computer_mark: str | None = None


@dataclass(frozen=True, slots=True)
class GoesOn:
    """The password is right; the ticket opens the page that asks for the code."""

    ticket: str


@dataclass(frozen=True, slots=True)
class LinkSent:
    """The password is right, and no second factor was chosen: the mailbox has a link to do so."""


@dataclass(frozen=True, slots=True)
class Refused:
    """Not the right pair, or not the right code; nothing more is told."""


Outcome = SignedIn | GoesOn | LinkSent | Obstacle | Refused
