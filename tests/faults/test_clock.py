"""The clock of a machine jumps a day forward, then is set right, while the portal runs."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path

import pytest

from app.testing import CapturedMail
from tests.conftest import BOTH_DATABASES, skip_or_fail
from tests.faults.towns import FORGOTTEN, SIGN_IN, Town, started
from tests.support.databases import NewDatabase
from tests.support.mail_room import rows
from tests.support.people import Person
from tests.support.serving import Answer, Visitor
from tests.support.smtp_servers import Mailbox, serve
from tests.support.waiting import wait_for

# Python's own sleep, until a moment of the monotonic clock, does not end under libfaketime 0.9.10.
LIBRARY = "*/faketime/libfaketimeMT.so.1"
SLEEP = "import select, time\ntime.sleep = lambda s: select.select([], [], [], s) and None\n"
HOME, CHOOSE = "/accueil", "/mot-de-passe/choisir"


@dataclass
class Clock:
    """What the processes of a machine take for the time, by libfaketime."""

    file: Path
    visitor: Visitor | None = None

    def set(self, days: int) -> None:
        """Move it, and wait until everybody looked."""
        new = self.file.with_suffix(".new")
        new.write_text(f"+{days}d")
        new.rename(self.file)
        there = datetime.now(UTC) + timedelta(days=days)
        wait_for(lambda: abs(self._shown() - there) < timedelta(hours=1), "it did not move")

    def _shown(self) -> datetime:
        assert self.visitor
        return parsedate_to_datetime(self.visitor.get("/robots.txt").headers["Date"])

    def environ(self) -> dict[str, str]:
        """What a process needs to believe it."""
        [library] = Path("/usr/lib").glob(LIBRARY)
        return {
            "LD_PRELOAD": str(library),
            "FAKETIME_TIMESTAMP_FILE": str(self.file),
            "FAKETIME_CACHE_DURATION": "1",
            # A clock that is set again moves neither of these.
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "NO_FAKE_STAT": "1",
            "PYTHONPATH": str(self.file.parent),
        }


@pytest.fixture
def clock(tmp_path: Path) -> Clock:
    """A right one."""
    if not list(Path("/usr/lib").glob(LIBRARY)):
        skip_or_fail("libfaketime is not installed (Debian: faketime)")
    (tmp_path / "sitecustomize.py").write_text(SLEEP)
    (tmp_path / "clock").write_text("+0d")
    return Clock(tmp_path / "clock")


@pytest.mark.soak
@pytest.mark.parametrize("kind", BOTH_DATABASES)
def test_a_day_forward_and_back(
    request: pytest.FixtureRequest, tmp_path: Path, clock: Clock, kind: str
) -> None:
    """Whoever was there meanwhile signs in once more, and that is all that anybody notices."""
    new: NewDatabase = request.getfixturevalue(f"new_{kind}")
    with started(tmp_path, new(), environ=clock.environ()) as town:
        clock.visitor, mailbox = town.visitor(), Mailbox(port=town.smtp_port)
        people, karim, stranger = town.people, town.visitor(), town.visitor()
        with serve(mailbox):
            assert goes_home(karim, people.karim)
            forgot(town, people.zest)
            wait_for(lambda: len(mailbox.received) == 1, "no mail today")
            clock.set(days=1)
            assert karim.get(HOME).status == 302
            assert goes_home(karim, people.karim)
            for _ in range(6):
                sign_in(stranger, people.moreau, "Faux12345")
            assert not goes_home(stranger, people.moreau)
            forgot(town, people.claire)
            wait_for(lambda: len(mailbox.received) == 2, "no mail tomorrow")
        forgot(town, people.marc)
        with town.app.app_context():
            wait_for(lambda: rows()[-1].last_error, "nobody tried")
        clock.set(days=0)
        assert karim.get(HOME).status == 302
        assert goes_home(karim, people.karim)
        assert goes_home(stranger, people.moreau)
        with serve(mailbox):
            wait_for(lambda: len(mailbox.received) == 3, "a mail is kept until tomorrow")
            forgot(town, people.claire)
            wait_for(lambda: len(mailbox.received) == 4, "too many mails, says a wrong clock")
        for person, raw in zip(
            (people.zest, people.marc, people.claire),
            (mailbox.received[0], *mailbox.received[2:]),
            strict=True,
        ):
            password = CapturedMail(person.email, raw).temporary_password
            assert sign_in(town.visitor(), person, password).headers["Location"] == CHOOSE


def sign_in(visitor: Visitor, person: Person, password: str | None) -> Answer:
    return visitor.send(SIGN_IN, identifier=person.identifier, password=password or "")


def goes_home(visitor: Visitor, person: Person) -> bool:
    """Sign in with the right password; tell whether that was enough."""
    return sign_in(visitor, person, person.password).headers["Location"] == HOME


def forgot(town: Town, person: Person) -> None:
    assert town.visitor().send(FORGOTTEN, identifier=person.identifier).status == 302
