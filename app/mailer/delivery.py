"""One pass over the mail queue: claim some, send each, settle them, until none is due."""

import logging
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import Enum, auto
from typing import Generic, Protocol, TypeVar

from app.background import log_bug
from app.mailer.backends import SEND_LIMIT, Backend, Send
from app.mailer.failures import (
    DoubtfulFailure,
    ForNobody,
    MailError,
    PerhapsSent,
    PermanentFailure,
    TemporaryFailure,
    Unavailable,
    WrongSettings,
)
from app.mailer.message import Message

NAME = "mail"
logger = logging.getLogger(f"portail.{NAME}")

# Enough that claiming weighs little. Each is settled as soon as its server took it: a sender that
# is killed makes one double at most.
BATCH = 25
# A sender that is killed holds its mails that long; then another takes them.
LEASE = timedelta(seconds=90)
# A mail is not begun nearer to its lease's end.
LAST_START = SEND_LIMIT + timedelta(seconds=10)
# How many connections in a row may break without one mail through: then the server is the trouble.
PATIENCE = 2
# How many refusals in a row, none of which names its address, are put down to the server.
DOUBTS = 3

ERROR_LENGTH = 300
# A server may quote the mail it refuses: nothing as long as a secret or a link gets out of here.
LONG_WORD = re.compile(r"[\w=-]{24,}")
# But for the spaces that our own sentences never break at.
UNPRINTABLE = re.compile(r"(?:[\x00-\x1f\x7f-\x9f]|[^\S\u00a0\u202f])+")


class Claimed(Protocol):
    """A mail that is this sender's alone until its lease ends."""

    @property
    def lease_ends(self) -> datetime:
        """When another sender may take it."""

    def compose(self) -> Message:
        """Write the mail. Raises PermanentFailure when nobody can be written to."""


class Fate(Enum):
    """What became of a claimed mail."""

    SENT = auto()
    # Tried, to be tried again.
    DEFERRED = auto()
    # Handed over, without an answer: to be tried again, few times.
    UNCERTAIN = auto()
    REFUSED = auto()
    # Refused by a server that may refuse everybody.
    DOUBTED = auto()
    # Kept by our own settings: no try of this mail.
    HELD = auto()
    # Not tried after all.
    RELEASED = auto()
    # Written for nobody, and thrown away.
    DISCARDED = auto()


C = TypeVar("C", bound=Claimed)


@dataclass(frozen=True, slots=True)
class Outcome(Generic[C]):
    """What became of one claimed mail, and why, in words for operators."""

    claim: C
    fate: Fate
    error: str = ""


class Queue(Protocol[C]):
    """Where the mails wait. Several senders, on several machines, may share it."""

    def waiting(self) -> bool:
        """Tell whether a mail is due."""

    def claim(self, limit: int, lease: timedelta) -> Sequence[C]:
        """Take mails that nobody else has; none when none is due."""

    def settle(self, outcomes: Sequence[Outcome[C]]) -> None:
        """Write down what became of them."""

    def hold(self, reason: str) -> None:
        """Write down why the mails that are due cannot leave."""


@dataclass(slots=True)
class Tally:
    """What a pass did."""

    fates: Counter[Fate] = field(default_factory=Counter)
    # Why no mail can leave at the moment; empty when they can.
    unavailable: str = ""

    @property
    def complete(self) -> bool:
        """Whether every mail that could leave has left."""
        return not self.unavailable and self.fates.keys() <= {Fate.SENT}


def go_on() -> bool:
    """Never stop before the queue is empty."""
    return False


def deliver(queue: Queue[C], backend: Backend, stopping: Callable[[], bool] = go_on) -> Tally:
    """Send every mail that is due; stop early when `stopping` says so."""
    tally = Tally()
    lost_in_a_row = 0
    try:
        while lost_in_a_row < PATIENCE and not stopping() and queue.waiting():
            sent = tally.fates[Fate.SENT]
            tally.unavailable = _use_one_connection(queue, backend, stopping, tally.fates)
            if not tally.unavailable:
                break
            lost_in_a_row = 1 if tally.fates[Fate.SENT] > sent else lost_in_a_row + 1
    except Unavailable as error:
        tally.unavailable = plain(error)
    if tally.unavailable:
        queue.hold(tally.unavailable)
        logger.warning("mail.unavailable", extra={"error": tally.unavailable})
    return tally


def send_now(backend: Backend, message: Message) -> None:
    """Hand one message over, outside of any queue. Raises MailError."""
    with _connected(backend) as send:
        try:
            send(message)
        except MailError:
            raise
        except Exception as error:
            log_bug(NAME, error)
            raise TemporaryFailure(f"Erreur du portail ({type(error).__name__})") from error


def plain(error: MailError) -> str:
    """Write an error for operators: one short line, without anything that may be a secret."""
    line = UNPRINTABLE.sub(" ", str(error)).strip()
    return LONG_WORD.sub("…", line)[:ERROR_LENGTH]


@contextmanager
def _connected(backend: Backend) -> Iterator[Send]:
    """Connect; whatever cannot be done with these settings, every mail waits for it."""
    with ExitStack() as stack:
        try:
            send = stack.enter_context(backend.connect())
        except Unavailable:
            raise
        except Exception as error:
            log_bug(NAME, error)
            raise Unavailable(f"Erreur du portail ({type(error).__name__})") from error
        yield send


def _use_one_connection(
    queue: Queue[C], backend: Backend, stopping: Callable[[], bool], fates: Counter[Fate]
) -> str:
    """Send until nothing is due, or the connection is lost: then say why."""
    with _connected(backend) as send:
        while not stopping() and (claims := queue.claim(BATCH, LEASE)):
            loss = _send_all(queue, claims, send, stopping, fates)
            if loss:
                return loss
    return ""


def _send_all(
    queue: Queue[C],
    claims: Sequence[C],
    send: Send,
    stopping: Callable[[], bool],
    fates: Counter[Fate],
) -> str:
    """Send and settle one after the other; give the rest back when the connection is lost."""
    released: list[Outcome[C]] = []
    loss, doubts = "", 0
    for claim in claims:
        too_late = datetime.now(UTC) > claim.lease_ends - LAST_START
        if loss or too_late or stopping():
            released.append(Outcome(claim, Fate.RELEASED))
            continue
        outcome, loss = _send_one(claim, send)
        queue.settle([outcome])
        if outcome.fate is not Fate.DISCARDED:
            fates[outcome.fate] += 1
        doubts = doubts + 1 if outcome.fate is Fate.DOUBTED else 0
        if doubts == DOUBTS:
            loss = outcome.error
    if released:
        queue.settle(released)
    return loss


def _send_one(claim: C, send: Send) -> tuple[Outcome[C], str]:
    """Send one; tell also why no other can leave, if so."""
    try:
        send(claim.compose())
    except MailError as error:
        reason = plain(error)
        fate = next(fate for kind, fate in FATES.items() if isinstance(error, kind))
        return Outcome(claim, fate, reason), reason if isinstance(error, Unavailable) else ""
    except Exception as error:  # one mail's bug must not keep the others
        log_bug(NAME, error)
        return Outcome(claim, Fate.DEFERRED, f"Erreur du portail ({type(error).__name__})"), ""
    return Outcome(claim, Fate.SENT), ""


# The first that fits.
FATES: dict[type[MailError], Fate] = {
    WrongSettings: Fate.HELD,
    PerhapsSent: Fate.UNCERTAIN,
    Unavailable: Fate.DEFERRED,
    TemporaryFailure: Fate.DEFERRED,
    DoubtfulFailure: Fate.DOUBTED,
    PermanentFailure: Fate.REFUSED,
    ForNobody: Fate.DISCARDED,
}
