"""« Chiffres »: each figure, of rows whose answer is known; both databases count alike."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
import time_machine
from flask import Flask
from sqlalchemy import delete, select, update

from app import db
from app.formats import today
from app.models import (
    Account,
    Child,
    Guardian,
    Invoice,
    InvoiceKind,
    JournalEntry,
    Message,
    MessageMark,
    MessageSending,
)
from app.models import FamilyRequest as Request
from app.models import RequestEvent as Event
from app.models import RequestEventKind as EventKind
from app.models import RequestState as State
from app.services.town_hall.statistics import periods, reading
from app.services.town_hall.statistics.tables import Table
from tests.support.people import People

NOON = datetime(2026, 11, 27, 11, tzinfo=UTC)
A_DAY = timedelta(days=1)


@pytest.fixture
def zest(app: Flask, people: People) -> Iterator[Account]:
    """It is 27 November 2026; nothing was counted before, and Madame ZEST is whose all is."""
    with app.app_context(), time_machine.travel(NOON, tick=False):
        with db.transaction() as session:
            session.execute(delete(JournalEntry))
            session.execute(update(Message).values(withdrawn_at=NOON))
            session.execute(update(Invoice).values(kind=InvoiceKind.CANCELLED))
            wanted = select(Account).where(Account.identifier == people.zest.identifier)
            account = session.scalars(wanted).one()
        yield account


def read(key: str = "", *, amounts: bool = True) -> dict[str, Table]:
    """Read them all, by key."""
    period = periods.asked(key, periods.offered(today()))
    return {each.key: each for each in reading.read(period, amounts=amounts)}


def written(table: Table) -> dict[str, list[str]]:
    """Read the figures of each row as the page has them."""
    return {row.label: [words for _, words in table.cells(row)] for row in table.rows}


def test_acts_are_of_the_month_that_it_was_in_the_town(zest: Account) -> None:
    """Half past midnight on 1 November in France is still October elsewhere."""
    just_after = datetime(2026, 10, 31, 23, 30, tzinfo=UTC)
    october = datetime(2026, 10, 31, 22, 30, tzinfo=UTC)
    with db.transaction() as session:
        for event, at, count in (
            ("signed_in", just_after, 2),
            ("password_chosen", october, 1),
            ("password_chosen", just_after, 3),
            ("mail_sent", just_after, 9),
            ("mail_refused", just_after, 1),
            ("sign_in_failed", just_after, 4),
        ):
            session.add_all(JournalEntry(at=at, event=event) for _ in range(count))
    tables = read()
    assert written(tables["mots-de-passe"]) == {
        "octobre 2026": ["1"],
        "novembre 2026, en cours": ["3"],
    }
    assert written(tables["courriels"]) == {"novembre 2026, en cours": ["9", "1", "0", "10\u00a0%"]}
    visits = tables["visites"]
    assert visits.rows[0].label == "du 26/10/2026"
    assert [row.figures for row in visits.rows] == [[2], [0], [0], [0], [0]]
    assert [visits.bar(row) for row in visits.rows] == [100, 0, 0, 0, 0]


def test_a_month_that_the_journal_half_forgot_has_no_figure(zest: Account) -> None:
    """A purge has taken its first days: what is left of it would be too little."""
    with db.transaction() as session:
        for at in (datetime(2025, 11, 28, tzinfo=UTC), datetime(2026, 1, 5, tzinfo=UTC)):
            session.add(JournalEntry(at=at, event="password_chosen"))
    chosen = written(read("2025-2026")["mots-de-passe"])
    assert chosen["janvier 2026"] == ["1"]
    assert "novembre 2025" not in chosen


def ask(account: Account, kind: str, sent: datetime, days: int, **is_now: object) -> Request:
    """Have a request of somebody, answered within so many days from then."""
    guardian = db.session().get_one(Guardian, account.guardian_id)
    return Request(
        family_id=guardian.family_id, account_id=account.id, kind=kind, sent_at=sent,
        expected_on=(sent + A_DAY * days).date(), sending_key=db.new_public_id() * 2, **is_now,
    )  # fmt: skip


def test_requests_are_on_time_late_or_neither(zest: Account) -> None:
    """Of eight: four on time, one late, one that waits too long, one that may be, one withdrawn."""
    sent = datetime(2026, 11, 2, 22, 0, tzinfo=UTC)
    fates = [(State.ACCEPTED, EventKind.ACCEPTED, delay) for delay in (1, 2, 3, 5)]
    fates += [(State.REFUSED, EventKind.REFUSED, 6)]
    with db.transaction() as session:
        for state, kind, delay in fates:
            request = ask(zest, "other", sent, 5, state=state)
            session.add(request)
            session.flush()
            session.add(Event(request_id=request.id, at=sent + A_DAY * delay, kind=kind))
            undone = {"undone_at": sent + A_DAY}
            session.add(Event(request_id=request.id, at=sent + A_DAY, kind=kind, **undone))
        session.add(ask(zest, "other", sent, 5, state=State.TAKEN))
        session.add(ask(zest, "other", sent, 60, state=State.SENT))
        session.add(ask(zest, "canteen", sent, 5, state=State.WITHDRAWN))
    tables = read("3")
    assert written(tables["demandes"]) == {
        "novembre 2026, en cours": ["8", "67\u00a0%", "3\u00a0jours"]
    }
    assert written(tables["sortes"]) == {
        "Autre demande": ["7", "67\u00a0%", "3\u00a0jours"],
        # One alone: nothing is said of it but that it came.
        "Inscrire à la cantine": ["1", "–", "–"],
    }


def test_messages_are_opened_by_a_share_of_their_parents(zest: Account) -> None:
    """To several: the middle of two messages. To one: of few, nothing is said."""
    ours = db.session().get_one(Guardian, zest.guardian_id).family_id
    opened, day = (
        db.session().scalars(select(Account.id).order_by(Account.id).limit(4)).all(),
        date(2026, 11, 3),
    )
    with db.transaction() as session:
        for reached, readers in ((10, 4), (10, 1), (3, 3)):
            told = {"subject": "Fête", "body": "Demain.", "sent_on": day, "for_some": True}
            message = Message(source_id=db.new_public_id(), **told)
            session.add(message)
            session.flush()
            sending = {"target_words": "CP", "parents": reached, "acted_by": "Nadia"}
            session.add(MessageSending(message_id=message.id, **sending))
            session.add_all(
                MessageMark(account_id=each, message_id=message.id, read_at=NOON)
                for each in opened[:readers]
            )
        told = {"subject": "Vous", "body": "Bonjour.", "sent_on": day, "family_id": ours}
        session.add(Message(source_id=db.new_public_id(), **told))
    assert written(read()["messages"]) == {"novembre 2026, en cours": ["3", "25\u00a0%", "1", "–"]}


def test_late_invoices_and_what_is_left_to_pay_of_many(zest: Account) -> None:
    """Of October six of eight; of November one of six, whose amount is nobody's to read here."""
    ours = db.session().get_one(Guardian, zest.guardian_id).family_id
    with db.transaction() as session:
        for due_on, count, paid in (
            (date(2026, 10, 31), 6, "1.50"),
            (date(2026, 10, 1), 2, "10.00"),
            (date(2026, 11, 26), 1, "0.00"),
            (date(2026, 11, 2), 5, "10.00"),
            # Not late before tomorrow.
            (date(2026, 11, 27), 3, "0.00"),
        ):
            session.add_all(
                Invoice(
                    source_id=db.new_public_id(), family_id=ours, kind=InvoiceKind.INVOICE,
                    number="1", issued_on=date(2026, 9, 1), due_on=due_on,
                    amount=Decimal("10.00"), allocated=Decimal(paid),
                )
                for _ in range(count)
            )  # fmt: skip
    assert written(read()["factures"]) == {
        "octobre 2026": ["8", "6", "75\u00a0%", "51,00\u00a0€"],
        "novembre 2026, en cours": ["6", "1", "17\u00a0%", "–"],
    }
    without = read(amounts=False)["factures"]
    assert "€" not in str(written(without)) + without.file().decode("utf-8-sig")


def test_a_school_of_few_parents_is_not_told_apart(zest: Account) -> None:
    """A hamlet of one child has no name here, and no share."""
    with db.transaction() as session:
        child = session.scalars(select(Child.id).order_by(Child.id).limit(1)).one()
        session.execute(update(Child).where(Child.id == child).values(school="Hameau"))
    table = read()["acces"]
    rows = written(table)
    assert "Hameau" not in str(rows) + table.file().decode("utf-8-sig")
    assert rows["Écoles de moins de 5 parents"] == ["moins de 5", "–", "–"]
    assert rows["Toute la commune"][2].endswith("\u00a0%")
