"""One pass over a queue: what is claimed is sent, released or put off; never forgotten."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from app.mailer.backends import Send
from app.mailer.delivery import Fate, Outcome, deliver, plain
from app.mailer.failures import (
    DoubtfulFailure,
    PermanentFailure,
    TemporaryFailure,
    Unavailable,
    WrongSettings,
)
from app.mailer.message import Message, Sender
from tests.support.mail_room import Scripted


@dataclass(frozen=True)
class Parcel:
    """A claimed mail."""

    number: int
    lease_ends: datetime

    def compose(self) -> Message:
        """Write the mail."""
        return Message(
            sender=Sender("", "portail@commune.fr"),
            recipient=f"parent{self.number}@exemple.fr",
            subject="Bonjour",
            text="Bonjour",
            html="Bonjour",
            domain="commune.fr",
        )


@dataclass
class Shelf:
    """A queue in memory; what is settled does not come back, what is released does."""

    numbers: list[int]
    fates: dict[int, Outcome[Parcel]] = field(default_factory=dict)
    held: str = ""
    # How much of the lease is gone when the claim returns.
    late: timedelta = timedelta()

    def waiting(self) -> bool:
        """Tell whether a mail is left."""
        return bool(self.numbers)

    def claim(self, limit: int, lease: timedelta) -> Sequence[Parcel]:
        """Take the first ones."""
        taken, self.numbers = self.numbers[:limit], self.numbers[limit:]
        return [Parcel(number, datetime.now(UTC) + lease - self.late) for number in taken]

    def settle(self, outcomes: Sequence[Outcome[Parcel]]) -> None:
        """Write the fates down."""
        for outcome in outcomes:
            self.fates[outcome.claim.number] = outcome

    def hold(self, reason: str) -> None:
        """Write the reason down."""
        self.held = reason

    def fate(self, number: int) -> Fate:
        """Read what became of one."""
        return self.fates[number].fate


def test_a_long_queue_leaves_over_one_connection() -> None:
    """Sixty mails, three batches, one connection."""
    shelf, server = Shelf(list(range(60))), Scripted()
    tally = deliver(shelf, server)
    assert tally.complete
    assert tally.fates[Fate.SENT] == 60
    assert server.connections == 1


def test_an_empty_queue_connects_to_nobody() -> None:
    """The loop looks every few seconds: the server does not notice."""
    server = Scripted()
    assert deliver(Shelf([]), server).complete
    assert server.connections == 0


def test_each_failure_has_its_fate() -> None:
    """Later, never, a bug: each is told apart, and the mails after them leave."""
    server = Scripted([TemporaryFailure("Plus tard"), PermanentFailure("Non"), KeyError("x")])
    shelf = Shelf([1, 2, 3, 4])
    tally = deliver(shelf, server)
    assert [shelf.fate(number) for number in (1, 2, 3, 4)] == [
        Fate.DEFERRED, Fate.REFUSED, Fate.DEFERRED, Fate.SENT,
    ]  # fmt: skip
    assert shelf.fates[3].error == "Erreur du portail (KeyError)"
    assert not tally.complete


def test_nothing_is_begun_near_the_end_of_its_lease() -> None:
    """The batch took too long: the rest goes back, for whoever has the time."""
    shelf, server = Shelf([1, 2], late=timedelta(seconds=55)), Scripted()
    deliver(shelf, server)
    assert server.sent == []
    assert [shelf.fate(1), shelf.fate(2)] == [Fate.RELEASED, Fate.RELEASED]


def test_stopping_finishes_the_mail_in_hand() -> None:
    """The worker is told to stop during the first mail: it leaves, the others go back."""
    shelf, server = Shelf([1, 2, 3]), Scripted()
    deliver(shelf, server, stopping=lambda: bool(server.sent))
    assert [shelf.fate(number) for number in (1, 2, 3)] == [
        Fate.SENT, Fate.RELEASED, Fate.RELEASED,
    ]  # fmt: skip


def test_a_server_that_is_down_is_asked_once() -> None:
    """Nothing is claimed, the reason is written down."""
    shelf, server = Shelf([1]), Scripted(down=True)
    tally = deliver(shelf, server)
    assert tally.unavailable == shelf.held == "Le serveur de courrier est en panne"
    assert shelf.numbers == [1]
    assert server.connections == 1


def test_settings_that_break_the_connection_hold_every_mail() -> None:
    """A backend stumbles over a setting, whatever it raises: nothing is claimed, nothing breaks."""

    class Stumbling(Scripted):
        @contextmanager
        def connect(self) -> Iterator[Send]:
            raise UnicodeEncodeError("ascii", "é", 0, 1, "ordinal not in range")
            yield

    shelf = Shelf([1])
    assert deliver(shelf, Stumbling()).unavailable == "Erreur du portail (UnicodeEncodeError)"
    assert shelf.held == "Erreur du portail (UnicodeEncodeError)"
    assert shelf.numbers == [1]


def test_what_our_settings_cause_is_no_mail_s_try() -> None:
    """The sender is refused, twice: those in hand are held, the others go back, all with why."""
    shelf = Shelf([1, 2, 3, 4])
    server = Scripted([WrongSettings("Expéditeur refusé"), WrongSettings("Expéditeur refusé")])
    tally = deliver(shelf, server)
    assert tally.unavailable == shelf.held == "Expéditeur refusé"
    assert [shelf.fate(number) for number in (1, 2, 3, 4)] == [
        Fate.HELD, Fate.RELEASED, Fate.RELEASED, Fate.RELEASED,
    ]  # fmt: skip
    assert not tally.complete


def test_three_doubts_in_a_row_are_the_server_s_trouble() -> None:
    """It refuses everybody: it is left alone, and the mails that it did not see go back."""
    shelf = Shelf([1, 2, 3, 4, 5])
    server = Scripted([DoubtfulFailure("550 Non")] * 3)
    deliver(shelf, server)
    assert [shelf.fate(number) for number in (1, 2, 3, 4, 5)] == [
        Fate.DOUBTED, Fate.DOUBTED, Fate.DOUBTED, Fate.RELEASED, Fate.RELEASED,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("error", "written"),
    [
        ("Non\r\n\x1b[31mrouge", "Non [31mrouge"),
        ("vu 2dd150fa6be4410f966601e379bf8d79 dedans", "vu … dedans"),
        ("https://p.fr/mot-de-passe/lien/MQ.xVkfE8kc_ClZt2OOzdwiVqQXltc",
         "https://p.fr/mot-de-passe/lien/MQ.…"),
        ("smtp.tres-long-nom-de-serveur.commune.fr", "smtp.….commune.fr"),
        ("Trop tard\u00a0:\n demain", "Trop tard\u00a0: demain"),
        ("x " * 400, ("x " * 400)[:300].strip()),
    ],
)  # fmt: skip
def test_errors_are_one_short_line_without_secrets(error: str, written: str) -> None:
    """A server quotes what it refuses: operators read the rest."""
    assert plain(Unavailable(error)).strip() == written
