"""Days at the town hall: what happens when, who comes, and which news leave."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import time_machine
from flask import Flask

from app import db
from app.mailer.failures import PermanentFailure
from app.models import FamilyRequest
from app.services.actors import NOWHERE, CurrentClerk
from app.services.clerks import lookup, sessions, team
from app.services.mail import outbox
from app.services.mail.kinds import MailKind
from app.services.town_hall import telling
from app.testing import CapturedMail
from tests.services.requests.conftest import send, signed_in
from tests.support.clerks import LAUNCHED
from tests.support.job_room import run
from tests.support.mail_room import Scripted, deliver
from tests.support.people import People

# Thursday, three in the afternoon.
AFTERNOON = datetime(2026, 11, 19, 14, 0, tzinfo=UTC)
FRIDAY, SATURDAY, MONDAY = date(2026, 11, 20), date(2026, 11, 21), date(2026, 11, 23)
A_MOMENT, MINUTE = timedelta(seconds=2), timedelta(minutes=1)
EIGHT_IN_FRANCE = 7


@dataclass
class Days:
    """Days at the town hall: what happens when, and which news leave."""

    app: Flask
    people: People
    server: Scripted
    clock: time_machine.Traveller
    asked: int = 0

    def ask(self, kind: str = "other") -> int:
        """Madame ZEST sends a request; return its number."""
        self.asked += 1
        self.clock.shift(A_MOMENT)
        key = f"{self.asked:032}"
        return send(signed_in(self.people.zest), kind, key, details={"text": "Bonjour"}).number

    def promised_for(self, number: int, day: date) -> None:
        """A request has its day."""
        with db.transaction() as session:
            session.get_one(FamilyRequest, number).expected_on = day

    def wait(self, time: timedelta) -> list[CapturedMail]:
        """Let time go by; return the news that left by then."""
        self.clock.shift(time)
        return self._news()

    def morning(self, day: date) -> list[CapturedMail]:
        """It is eight; return the news that left."""
        self.clock.move_to(datetime(day.year, day.month, day.day, EIGHT_IN_FRANCE, tzinfo=UTC))
        telling.tell_in_the_morning(None)  # type: ignore[arg-type]
        return self._news()

    def fails(self, kind: MailKind = MailKind.NEW_MESSAGE) -> None:
        """A mail to Madame ZEST is refused for good."""
        deliver(self.app)
        self.clock.shift(A_MOMENT)
        self.server.failures.append(PermanentFailure("La boîte n’existe pas"))
        with db.transaction() as session:
            outbox.enqueue(session, kind, self.people.zest.identifier)
        deliver(self.app)

    def _news(self) -> list[CapturedMail]:
        run(self.app)
        deliver(self.app)
        news = [mail for mail in self.server.mails if "Il y a du nouveau" in mail.text]
        self.server.sent.clear()
        return news


def come(name: str, *roles: str) -> CurrentClerk:
    """Somebody of the town hall has come, and is signed in."""
    email = f"{name.casefold()}@commune.fr"
    team.invite(LAUNCHED, email, f"{name} Petit", roles)
    with db.transaction() as session:
        account = lookup.by_email(session, email)
        assert account is not None
        account.password_hash = "chosen"
        key = sessions.open_session(session, account, NOWHERE)
    found = sessions.find(key)
    assert found is not None
    return found


def subjects(mails: list[CapturedMail]) -> list[str]:
    return [mail.subject.replace("\u00a0", " ") for mail in mails]


def count_of(mails: list[CapturedMail]) -> int:
    """Add up how many each of them tells of, of one sort of news."""
    return sum(int(subject.split()[0]) for subject in subjects(mails))
