"""A family's file at the town hall, in its states: an access, an address, a mail, a child."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from flask import Flask
from sqlalchemy import delete, select, update

from app import db
from app.models import (
    AcceptedValue,
    Account,
    AccountSession,
    Child,
    Document,
    EmailChange,
    Family,
    FamilyChild,
    FamilyNote,
    FamilyRequest,
    Guardian,
    Invoice,
    InvoiceKind,
    KeptOut,
    MailState,
    Message,
    MessageMark,
    MessageReply,
    OutboxMail,
    RefusedAddress,
    RequestState,
    Throttle,
)
from app.services import journal
from app.services.accounts import throttles
from app.services.actors import Clerk
from app.testing import Outbox
from tests.support.browser import Browser, Page
from tests.support.clerks import settle, sign_in_by_mail
from tests.support.letters import letter_codes
from tests.support.mail_room import bounced
from tests.support.people import People, Person, public_id
from tests.support.screens.families import search

Screens = Iterator[tuple[str, Page]]
SACHA = Clerk("Sacha BRUN")
SHOWN = (MailState.QUEUED, MailState.SENT, MailState.REFUSED, MailState.LIMITED)


def family_screens(app: Flask, office: Browser, people: People) -> Screens:
    """Go through them as somebody who may do everything, then as somebody who only reads."""
    yield "family, as it is", _open(office, app, people.zest)
    yield "family, of two homes", _open(office, app, people.claire)
    _have_everything_happen(app, people)
    yield "family, an address confirmed, another corrected", _open(office, app, people.ines)
    page = _open(office, app, people.zest)
    yield "family, has to wait", page
    page = page.fill({"Adresse de courriel": "zest@exemple.org"})
    page = page.submit("Enregistrer", _refused=200)
    yield "guardian, nobody called back", page
    yield "guardian, an address", office.visit(page.path)
    page = _open(office, app, people.zest).submit("Ajouter la note", _refused=200)
    yield "family, an empty note", page
    yield from _looked_at(office, _open(office, app, people.karim))
    yield "family, by the mailbox", _open(office, app, people.moreau)
    yield "family, left", _open(office, app, people.archived)
    yield "family, missing", _open(office, app, people.newcomer)
    yield "family, erased", _open(office, app, people.no_address)
    yield from _erased(app, office, people)
    paul = settle(app, "paul@commune.fr", "Paul Lesage", "lecture", by_mail=True)
    hers = Browser(app)
    sign_in_by_mail(hers, paul, Outbox(app))
    with letter_codes(app):
        yield "family, a letter with a code", _open(office, app, people.newcomer)
    yield "family, without amounts", _open(hers, app, people.ines)
    yield "who comes, for a reader", hers.get("town_hall.who_comes")
    yield "search, whose invoice, for a reader", search(hers, "5000")


def _looked_at(office: Browser, page: Page) -> Screens:
    [form] = page.soup.select(".person:nth-of-type(2) form[action*='/comme/']")
    sent = {"csrf_token": page.csrf_token, "reason": "affichage"}
    seen = office.post(str(form["action"]), sent)
    yield "viewed, home", seen
    office.post("/compte/mes-donnees", {"csrf_token": seen.csrf_token}, status=403)
    yield "viewed, nothing is done", office.get("family.account")
    seen.submit("Revenir à la mairie")


def _erased(app: Flask, office: Browser, people: People) -> Screens:
    page = _open(office, app, people.claire).link("Effacer les données de cette famille").click()
    yield "erasing, in the way", page
    page = _open(office, app, people.newcomer).link("Effacer les données de cette famille").click()
    yield "erasing, what goes", page
    yield "erasing, no number", page.submit("Effacer ces données", _refused=200)
    with app.app_context():
        theirs = number_of(app, people.newcomer)
        number = db.session().scalars(select(Family.number).where(Family.id == theirs)).one()
    yield "erasing, planned", page.fill(number=number).submit("Effacer ces données")
    yield "family, to be erased", _open(office, app, people.newcomer)
    with app.app_context(), db.transaction() as session:
        session.execute(update(Family).values(missing_since=None))
    page = office.visit(page.path)
    yield "erasing, hindered", page
    page.submit("Annuler l’effacement")


def number_of(app: Flask, person: Person) -> int:
    """Return the number of somebody's family, as addresses of the town hall have it."""
    with app.app_context():
        wanted = select(Guardian.family_id).join(Account, Account.guardian_id == Guardian.id)
        found = db.session().scalars(wanted.where(Account.identifier == person.identifier))
        return found.one()


def _open(office: Browser, app: Flask, person: Person) -> Page:
    return office.get("town_hall.family", family_id=str(number_of(app, person)))


def _have_everything_happen(app: Flask, people: People) -> None:
    now = datetime.now(UTC)
    with app.app_context(), db.transaction() as session:
        known = {row.identifier: row for row in session.scalars(select(Account))}
        ines, karim = known[people.ines.identifier], known[people.karim.identifier]
        zest, newcomer = known[people.zest.identifier], known[people.newcomer.identifier]
        session.execute(delete(Throttle))
        session.execute(delete(AcceptedValue).where(AcceptedValue.field == "email"))
        ines.guardian.email_confirmed_at = now
        session.merge(RefusedAddress(address=ines.guardian.email, refused_at=now, reason=bounced()))
        session.add(
            EmailChange(
                account_id=ines.id,
                address="ines@exemple.org",
                created_at=now,
                expires_at=now + timedelta(hours=1),
            )
        )
        ines.password_hash, ines.invited_at = None, now
        session.execute(delete(AccountSession).where(AccountSession.account_id == karim.id))
        session.add(
            AcceptedValue(
                guardian_id=karim.guardian_id,
                field="email",
                value=karim.guardian.email,
                accepted_at=now,
                acted_by="Camille Martin",
            )
        )
        session.add_all(_mail(each, ines.identifier, now) for each in SHOWN)
        for account, count in ((zest, 6), (known[people.moreau.identifier], 100)):
            key = f"sign-in:{account.identifier}:{throttles.IN_A_ROW if count > 6 else 'on:x'}"
            waits = {"blocked_until": now + timedelta(minutes=4)} if count == 6 else {}
            later = now + timedelta(hours=1)
            session.merge(Throttle(key=key, count=count, expires_at=later, **waits))
        newcomer.guardian.family.missing_since = now
        newcomer.guardian.email, newcomer.password_hash = "", None
        journal.record(session, "email_corrected", SACHA, zest.id)
        session.add(
            Guardian(
                family_id=newcomer.guardian.family_id, rank=2, first_name="Noé", last_name="ROUX"
            )
        )
        gone = known[people.no_address.identifier].guardian.family
        gone.archived_at = gone.erased_at = now
        family = zest.guardian.family_id
        session.add(FamilyNote(family_id=family, written_at=now, acted_by="Lou", body="Rappeler."))
        jules = session.scalars(select(Child.id).where(Child.public_id == public_id("e5"))).one()
        session.add(KeptOut(family_id=family, child_id=jules))
        told = {"child": "1", "reason": "Ce n’est pas leur enfant."}
        journal.record_of_family(session, "child_taken_out", SACHA, family, **told)
        for late, each in enumerate(
            session.scalars(select(FamilyRequest).order_by(FamilyRequest.id).limit(2))
        ):
            each.family_id, each.state = family, RequestState.SENT
            each.expected_on = now.date() + timedelta(days=3 - 6 * late)
        session.execute(
            update(Child)
            .where(
                Child.id.in_(select(FamilyChild.child_id).where(FamilyChild.family_id == family))
            )
            .values(photo="a" * 32 + ".jpg", birth_date=now.date() + timedelta(days=30))
        )
        session.execute(update(Message).values(withdrawn_at=None))
        to_all = session.scalars(
            select(Message).where(Message.family_id.is_(None)).order_by(Message.id)
        ).all()
        for reader in (zest, ines):
            for message in to_all:
                session.merge(MessageMark(account_id=reader.id, message_id=message.id, read_at=now))
        session.add(
            MessageReply(
                message_id=to_all[0].id,
                family_id=family,
                account_id=zest.id,
                written_at=now,
                waits_since=now,
                body="Bonjour.",
            )
        )
        to_nobody = update(Document).where(Document.family_id.is_(None))
        session.execute(to_nobody.values(withdrawn_at=now))
        theirs = update(Document).where(Document.family_id == family)
        session.execute(theirs.values(published_on=now.date()))
        newest = select(Invoice.id).where(Invoice.family_id == family).order_by(Invoice.id).limit(1)
        session.execute(
            update(Invoice)
            .where(Invoice.id.in_(newest))
            .values(kind=InvoiceKind.CANCELLED, file="b" * 32 + ".pdf", issued_on=now.date())
        )


def _mail(state: MailState, identifier: str, now: datetime) -> OutboxMail:
    settled = None if state in {MailState.QUEUED, MailState.SENDING} else now
    return OutboxMail(
        kind="credentials",
        identifier=identifier,
        state=state,
        created_at=now,
        due_at=now,
        settled_at=settled,
        last_error="La boîte n’existe pas." if state is MailState.REFUSED else "",
    )
