"""The town hall writes to some families: who that is, who reads it when, who gets a mail."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from app import db
from app.formats import today
from app.models import (
    Account,
    Child,
    Family,
    Invoice,
    InvoiceKind,
    InvoiceLine,
    JournalEntry,
    Message,
    MessageRecipient,
    OutboxMail,
)
from app.services.actors import Clerk
from app.services.inbox import composing, sending
from app.services.inbox.composing import Letter
from app.services.jobs import running
from app.services.jobs.queue import EXTENSION
from app.services.refusals import Refusal
from app.services.targets import offered
from app.services.targets.kinds import Target, TargetKind
from tests.support.browser import Browser
from tests.support.databases import selects, statements_of
from tests.support.people import People, Person

OFFICE = Clerk("Nadia Petit")
CANTEEN = "La cantine ferme vendredi"
THE_CLASS = Target(TargetKind.SCHOOL, ("École du Bourg, CP",))
LATE = Target(TargetKind.LATE, ("30",))


def letter(target: Target) -> Letter:
    """Write something to somebody."""
    return Letter(target, CANTEEN, "Bonjour,\n\nPrévoyez un pique-nique.")


def numbers(message: int) -> list[str]:
    """Say which families some message is for, by their numbers."""
    theirs = (
        select(Family.number)
        .join(MessageRecipient, MessageRecipient.family_id == Family.id)
        .where(MessageRecipient.message_id == message)
        .order_by(Family.number)
    )
    return list(db.session().scalars(theirs))


def settle_jobs(app: Flask) -> None:
    """Have the background do what is due, when the test says so."""
    workshop = app.extensions[EXTENSION]
    assert isinstance(workshop, running.Workshop)
    workshop.mode = "worker"
    workshop.try_pass()


def sees(app: Flask, person: Person) -> bool:
    """Look whether somebody reads it in their inbox."""
    browser = Browser(app)
    browser.sign_in(person)
    return CANTEEN in browser.get("family.messages").text


def refused(target: Target) -> str:
    with pytest.raises(Refusal) as said:
        composing.save(letter(target), OFFICE)
    return str(said.value)


def test_a_class_is_both_homes_of_a_child_but_nobody_who_left(app: Flask, people: People) -> None:
    """Separated parents are two families; figures say who gets a mail and who never came."""
    with app.app_context():
        number = composing.save(letter(THE_CLASS), OFFICE)
        assert numbers(number) == ["3816231", "500001", "510002", "520004", "530005"]
        with db.transaction() as session:
            account = session.scalars(select(Account).order_by(Account.id)).first()
            assert account
            account.mail_messages = False
        reach = composing.reach_of(db.session().get_one(Message, number))
        assert (reach.families, reach.parents) == (5, 6)
        assert (reach.mailed, reach.unmailed, reach.without_access) == (5, 1, 0)
        everybody = composing.save(letter(Target()), OFFICE)
        reach = composing.reach_of(db.session().get_one(Message, everybody))
        # BERNARD left, ROUX never came, PETIT has no address.
        assert (reach.families, reach.parents, reach.without_access) == (7, 8, 1)


def test_an_activity_is_named_by_recent_invoices_without_the_child(
    app: Flask, people: People
) -> None:
    with app.app_context():
        with db.transaction() as session:
            zest = session.query(Child).filter_by(first_name="PAYS").one()
            for number, family, label, ago in (
                ("70", "3816231", "Garderie du soir – PAYS", 10),
                ("71", "500001", "Garderie du soir", 59),
                ("72", "520004", "Garderie du soir", 61),
            ):
                home = session.query(Family).filter_by(number=family).one()
                day = today() - timedelta(days=ago)
                invoice = Invoice(
                    source_id=number, number=number, family_id=home.id, amount=Decimal(1),
                    kind=InvoiceKind.INVOICE, issued_on=day, due_on=day,
                )  # fmt: skip
                session.add(invoice)
                session.flush()
                child = zest.id if family == "3816231" else None
                session.add(
                    InvoiceLine(
                        invoice_id=invoice.id,
                        position=1,
                        label=label,
                        amount=Decimal(1),
                        child_id=child,
                    )
                )
        assert list(offered.activities()) == ["Garderie du soir"]
        evening = Target(TargetKind.ACTIVITY, ("Garderie du soir",))
        assert numbers(composing.save(letter(evening), OFFICE)) == ["3816231", "500001"]
        assert "Choisissez une activité" in refused(Target(TargetKind.ACTIVITY, ("Judo",)))


def test_a_school_that_is_spelt_twice_is_one(app: Flask, people: People) -> None:
    """One child of the class is in « ECOLE DU BOURG »: hers read what the class reads."""
    with app.app_context():
        there = composing.save(letter(THE_CLASS), OFFICE)
        before, known = numbers(there), list(offered.classes())
        with db.transaction() as session:
            chosen = {"school": "École du Bourg", "class_name": "CP"}
            child = session.query(Child).filter_by(**chosen).order_by(Child.id).first()
            assert child is not None
            child.school, child.class_name = "ECOLE  DU BOURG", "Cp"
        assert list(offered.classes()) == known
        assert numbers(composing.save(letter(THE_CLASS), OFFICE)) == before


@pytest.mark.parametrize(("days", "expected"), [("30", ["3816231"]), ("0", ["3816231", "520004"])])
def test_who_is_late_by_more_than_some_days(
    app: Flask, people: People, days: str, expected: list[str]
) -> None:
    """MOREAU paid, and CLAIRE's invoice fell due 20 days ago."""
    noon = datetime(2026, 11, 20, 11, tzinfo=UTC)
    with app.app_context(), time_machine.travel(noon, tick=False):
        target = Target(TargetKind.LATE, (days,))
        assert numbers(composing.save(letter(target), OFFICE)) == expected
        assert "nombre de jours" in refused(Target(TargetKind.LATE, ("trente",)))


@time_machine.travel(datetime(2026, 11, 1, 11, tzinfo=UTC), tick=False)
def test_pasted_numbers_that_nobody_has_are_named(app: Flask, people: People) -> None:
    """Somebody who left is nobody's number any more; the same twice is one."""
    with app.app_context():
        pasted = Target(TargetKind.NUMBERS, ("500001", "999", "540006"))
        assert "999, 540006" in refused(pasted)
        assert db.session().scalars(select(Message).where(Message.unsent)).all() == []
        number = composing.save(letter(pasted._replace(values=("500001", "520004"))), OFFICE)
        assert numbers(number) == ["500001", "520004"]
        assert "Aucune famille" in refused(Target(TargetKind.LATE, ("3650",)))


def test_nobody_has_it_for_ten_minutes_then_its_families_alone(app: Flask, people: People) -> None:
    """A mail each to those who want one, with a link and not a word of it."""
    now = datetime.now(UTC)
    with app.app_context():
        number = composing.save(letter(LATE), OFFICE)
        due_at = sending.send(number, OFFICE)
        assert now + sending.RESPITE <= due_at
        settle_jobs(app)
    assert not sees(app, people.zest)
    with time_machine.travel(due_at + timedelta(seconds=1), tick=False):
        settle_jobs(app)
        settle_jobs(app)
        assert sees(app, people.zest)
        assert not sees(app, people.moreau)
        with app.app_context():
            [mail] = db.session().scalars(select(OutboxMail)).all()
            assert (mail.identifier, mail.kind) == (people.zest.identifier, "new_message")
            acts = db.session().scalars(
                select(JournalEntry.acted_by).where(JournalEntry.event == "message_sent")
            )
            assert list(acts) == ["Nadia Petit"]


def test_who_thinks_better_of_it_has_a_draft_again(app: Flask, people: People) -> None:
    """Once families have it, it is too late; sent again meanwhile, it leaves once."""
    with app.app_context():
        number = composing.save(letter(Target(TargetKind.FAMILY, ("500001",))), OFFICE)
        sending.send(number, OFFICE)
        with pytest.raises(Refusal, match="plus un brouillon"):
            composing.save(letter(THE_CLASS), OFFICE, number)
        sending.cancel(number, OFFICE)
        composing.save(letter(THE_CLASS), OFFICE, number)
        again = sending.send(number, OFFICE)
        with time_machine.travel(again + timedelta(seconds=1), tick=False):
            settle_jobs(app)
            settle_jobs(app)
            with pytest.raises(Refusal, match="déjà chez les familles"):
                sending.cancel(number, OFFICE)
        mails = db.session().scalars(select(OutboxMail.identifier)).all()
        assert len(mails) == len(set(mails)) == 6
    assert sees(app, people.marc)


def test_it_waits_for_its_hour(app: Flask, people: People) -> None:
    """Without a mail when none is wanted; an hour that is over is said."""
    later = datetime.now(UTC) + timedelta(days=3)
    with app.app_context():
        said = letter(THE_CLASS)._replace(planned_for=later, mails=False)
        number = composing.save(said, OFFICE)
        with time_machine.travel(later, tick=False):
            with pytest.raises(Refusal, match="autre jour"):
                sending.send(number, OFFICE)
            composing.save(said, OFFICE, number)
            with pytest.raises(Refusal, match="passée"):
                sending.send(number, OFFICE)
        composing.save(said, OFFICE, number)
        assert sending.send(number, OFFICE) == later
        with time_machine.travel(later + timedelta(seconds=1), tick=False):
            settle_jobs(app)
        assert not db.session().get_one(Message, number).unsent
        assert db.session().scalars(select(OutboxMail)).all() == []


def test_the_inbox_asks_as_little_as_before(app: Flask, people: People) -> None:
    """However many messages are for others."""
    browser = Browser(app)
    browser.sign_in(people.moreau)
    with statements_of(app) as few:
        browser.get("family.messages")
    with app.app_context():
        for _ in range(30):
            number = composing.save(letter(LATE), OFFICE)
            with db.transaction() as session:
                session.get_one(Message, number).unsent = False
    with statements_of(app) as many:
        page = browser.get("family.messages")
    assert selects(few) == selects(many)
    assert CANTEEN not in page.text
