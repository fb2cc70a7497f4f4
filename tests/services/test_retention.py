"""What the portal keeps for a time only goes when its time is over, and nothing else does."""

import os
import re
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app import db
from app.models import (
    Account,
    AccountSession,
    EmailChange,
    JournalEntry,
    MailState,
    OutboxMail,
    TemporaryPassword,
    Throttle,
)
from app.services import journal, retention
from app.services.accounts import sessions, throttles
from app.services.actors import Origin, Stranger
from app.services.mail import outbox
from app.services.mail.kinds import MailKind
from app.services.retention import KEPT, RULES, Kept, Rule
from app.services.tokens import temporary_passwords
from tests.support.page_checks.text import plain
from tests.support.people import TOWN_HALL, People

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
MONTH = timedelta(days=30)
DOCUMENT = Path(__file__).parents[2] / "docs" / "retention.md"


@pytest.fixture(autouse=True)
def app_context(app: Flask, people: People) -> Iterator[None]:
    """The cast is settled."""
    with app.app_context():
        yield


def account_id(people: People) -> int:
    """Find the account of Madame ZEST."""
    query = select(Account.id).where(Account.identifier == people.zest.identifier)
    return db.session().scalars(query).one()


def purged(after: timedelta) -> dict[str, int]:
    """Purge some time after noon; say what went."""
    with time_machine.travel(NOW + after, tick=False):
        return {each.name: each.count for each in retention.purge(TOWN_HALL) if each.count}


def left(table: type[db.Base]) -> int:
    """Count the rows of a table."""
    db.session().rollback()
    return db.session().scalar(select(func.count()).select_from(table)) or 0


def live_a_day(people: People, times: int = 2) -> None:
    """At noon Madame ZEST asks, waits, signs in, changes her address; twice."""
    account = account_id(people)
    with time_machine.travel(NOW, tick=False), db.transaction() as session:
        for _ in range(times):
            temporary_passwords.issue(session, account)
            sessions.open_session(session, account, Origin())
            mail = outbox.enqueue(session, MailKind.PASSWORD_CHANGED, people.zest.identifier)
            mail.state, mail.settled_at = MailState.SENT, NOW
            session.add(
                EmailChange(
                    account_id=account, address="z@exemple.fr", created_at=NOW, expires_at=NOW
                )
            )
            throttles.count_in_window(session, "somebody", 1)
            journal.record(session, "signed_in", Stranger(), account)


def test_nothing_goes_before_its_time(people: People) -> None:
    """A month later to the second everything is still there, but the counters of failures."""
    live_a_day(people)
    assert purged(MONTH) == {"compteur d’essais": 1}


def test_a_month_later_what_ended_goes(people: People) -> None:
    """One of each goes; the newest stays, as its number must serve nobody else."""
    live_a_day(people)
    assert purged(MONTH + timedelta(days=1, seconds=1)) == {
        "mot de passe temporaire": 1,
        "session": 1,
        "changement d’adresse": 1,
        "courriel de la file": 1,
        "compteur d’essais": 1,
    }
    tables = (TemporaryPassword, AccountSession, EmailChange, OutboxMail)
    assert [left(table) for table in tables] == [1, 1, 1, 1]
    assert left(Throttle) == 0


def test_purging_again_changes_nothing(people: People) -> None:
    """A clerk launches it twice."""
    live_a_day(people)
    later = MONTH + timedelta(days=2)
    assert purged(later)
    before = left(JournalEntry)
    assert purged(later) == {}
    assert left(JournalEntry) == before


def test_the_journal_goes_after_a_year(people: People) -> None:
    """And it remembers that it was purged."""
    live_a_day(people)
    assert purged(timedelta(days=365, seconds=1))["ligne du journal"] == 2
    assert list(db.session().scalars(select(JournalEntry.event))) == ["purge"]


def test_what_waits_to_leave_stays(people: People) -> None:
    """A server is down for two months: no mail is lost by cleaning up."""
    live_a_day(people)
    with db.transaction() as session:
        waiting = outbox.enqueue(session, MailKind.PASSWORD_CHANGED, people.zest.identifier)
        waiting.state, waiting.created_at = MailState.QUEUED, NOW - 2 * MONTH
        session.info.clear()
        number = waiting.id
        # Not the newest: that one stays anyway.
        outbox.enqueue(session, MailKind.PASSWORD_CHANGED, people.zest.identifier)
        session.info.clear()
    purged(3 * MONTH)
    db.session().rollback()
    assert db.session().get(OutboxMail, number) is not None


def test_a_number_is_never_given_again(people: People) -> None:
    """A link or a cookie of last year names a row: nobody else gets its number."""
    live_a_day(people)
    newest = db.session().scalar(select(func.max(TemporaryPassword.id))) or 0
    purged(3 * MONTH)
    with db.transaction() as session:
        temporary_passwords.issue(session, account_id(people))
    assert db.session().scalar(select(func.max(TemporaryPassword.id))) == newest + 1


def test_a_visit_in_course_keeps_the_one_before(people: People) -> None:
    """She comes back after a year: what came meanwhile is still shown as new."""
    live_a_day(people)
    with time_machine.travel(NOW + timedelta(days=365), tick=False), db.transaction() as session:
        sessions.open_session(session, account_id(people), Origin())
    purged(timedelta(days=365, minutes=1))
    seen = set(db.session().scalars(select(AccountSession.last_seen_at)))
    assert seen == {NOW, NOW + timedelta(days=365)}


def test_files_that_nobody_names_go(app: Flask) -> None:
    """An upload was cut off last week."""
    folder = Path(app.instance_path) / "requests"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "cut.partial").write_bytes(b"")
    week_ago = time.time() - 7 * 24 * 3600
    os.utime(folder / "cut.partial", (week_ago, week_ago))
    assert {each.name: each.count for each in retention.purge(TOWN_HALL)}["fichier abandonné"] == 1
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_the_written_schedule_is_the_real_one(rule: Rule) -> None:
    """The town's register says what docs/retention.md says."""
    line = f"{rule.plural.capitalize()} \\| {rule.kept.days} jours?"
    assert re.search(line, DOCUMENT.read_text("utf-8"))


@pytest.mark.parametrize("kept", KEPT, ids=lambda kept: kept.plural)
def test_what_is_the_town_s_is_written_too(kept: Kept) -> None:
    """With the same reason as in the code."""
    line = f"| {kept.plural} | {plain(kept.reason)} |"
    assert line in DOCUMENT.read_text("utf-8").splitlines()


def test_every_table_has_its_rule_or_is_the_town_s() -> None:
    """A new table: somebody decides how long it is kept, or whose it is."""
    removed = [rule.table for rule in RULES if rule.emptied is None]
    assert {rule.table for rule in RULES} == set(removed)
    decided = removed + [table for kept in KEPT for table in kept.tables]
    every = {mapper.class_ for mapper in db.Base.registry.mappers}
    assert {table.__tablename__ for table in every - set(decided)} == set()
    assert len(decided) == len(set(decided)) == len(db.Base.metadata.tables)


def test_many_rows_go_some_at_a_time(people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between two pieces, whoever else waits may write."""
    live_a_day(people, times=5)
    before = left(TemporaryPassword)
    pieces: list[int] = []
    transaction = db.transaction

    def watched(**how: bool) -> AbstractContextManager[Session]:
        pieces.append(left(TemporaryPassword))
        return transaction(**how)

    monkeypatch.setattr(retention.purging, "AT_A_TIME", 2)
    monkeypatch.setattr(db, "transaction", watched)
    assert purged(2 * MONTH)["mot de passe temporaire"] == before - 1
    assert {before, before - 2, before - 4, 1} <= set(pieces)
