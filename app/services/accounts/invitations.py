"""First activation: who is to be invited to the portal, by mail or by letter."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Row, Select, bindparam, select, update
from sqlalchemy.orm import Session

from app import db
from app.models import MAY_SIGN_IN, Account, Family, Guardian, OutboxMail
from app.services import journal
from app.services.accounts.identifiers import normalize_identifier
from app.services.actors import Actor
from app.services.mail import outbox
from app.services.mail.kinds import WITH_SECRET, MailKind

PEOPLE = (
    select(
        Account.identifier,
        Guardian.title,
        Guardian.first_name,
        Guardian.last_name,
        Guardian.email,
        Family.street,
        Family.postcode,
        Family.city,
        Account.password_hash,
    )
    .join(Account.guardian)
    .join(Guardian.family)
    .where(MAY_SIGN_IN)
    .order_by(Guardian.last_name, Guardian.first_name, Account.identifier)
)
WAITING = select(OutboxMail.identifier).where(
    OutboxMail.kind.in_(WITH_SECRET), OutboxMail.state.in_(outbox.PENDING)
)


class Person(NamedTuple):
    """Somebody to invite."""

    identifier: str
    title: str
    first_name: str
    last_name: str
    has_address: bool
    # Chosen already: they are helped like anybody who lost it.
    has_password: bool
    postal_address: tuple[str, ...]

    @property
    def name(self) -> str:
        """Their name as an envelope says it."""
        return " ".join(part for part in (self.title, self.first_name, self.last_name) if part)


@dataclass(frozen=True, slots=True)
class Selection:
    """Who was asked for."""

    people: list[Person]
    # As they were typed: nobody has these identifiants, or they left.
    unknown: list[str] = field(default_factory=list)


class Mailing(NamedTuple):
    """Who of a selection gets a mail, and who cannot."""

    activations: list[Person]
    # Named on purpose although they chose a password: they get the mail of a lost one.
    reminders: list[Person]
    without_address: list[Person]
    # A mail for them waits in the queue already.
    waiting: list[Person]


def all_new() -> Selection:
    """Select everybody who never chose a password."""
    return Selection(_people(PEOPLE.where(Account.password_hash.is_(None))))


def named(typed: Sequence[str]) -> Selection:
    """Select these people, once each."""
    identifiers = {one: normalize_identifier(one) for one in typed}
    wanted = {identifier for identifier in identifiers.values() if identifier}
    people = _people(PEOPLE.where(Account.identifier.in_(wanted)))
    found = {person.identifier for person in people}
    return Selection(people, [one for one in typed if identifiers[one] not in found])


def never_came(wanted: Iterable[ColumnElement[bool]], most: int) -> list[Person]:
    """List those of some guardians who have no password, no further than so many."""
    return _people(PEOPLE.where(*wanted, Account.password_hash.is_(None)).limit(most))


def prepare(selection: Selection) -> Mailing:
    """Work out who of them gets which mail, and write nothing."""
    queued = set(db.session().scalars(WAITING))
    mailing = Mailing([], [], [], [])
    for person in selection.people:
        _list_for(person, mailing, person.identifier in queued).append(person)
    return mailing


def send(mailing: Mailing, actor: Actor) -> None:
    """Queue one mail for each."""
    with db.transaction() as session:
        for kind, people in (
            (MailKind.ACTIVATION, mailing.activations),
            (MailKind.CREDENTIALS, mailing.reminders),
        ):
            _queue(session, kind, [person.identifier for person in people])
        count = len(mailing.activations) + len(mailing.reminders)
        journal.record(session, "credentials_queued", actor, count=str(count))


def invite(session: Session, identifiers: Sequence[str], actor: Actor) -> None:
    """Queue an invitation for each of some people, in the caller's transaction."""
    _queue(session, MailKind.ACTIVATION, identifiers)
    journal.record(session, "credentials_queued", actor, count=str(len(identifiers)))


def _queue(session: Session, kind: MailKind, identifiers: Sequence[str]) -> None:
    outbox.send_all(session, kind, identifiers)
    if identifiers and kind is MailKind.ACTIVATION:
        invited = update(Account).where(Account.identifier == bindparam("who"))
        session.connection().execute(
            invited.values(invited_at=datetime.now(UTC), invitations=Account.invitations + 1),
            [{"who": each} for each in identifiers],
        )


def _list_for(person: Person, mailing: Mailing, waiting: bool) -> list[Person]:
    if not person.has_address:
        return mailing.without_address
    if waiting:
        return mailing.waiting
    return mailing.reminders if person.has_password else mailing.activations


def _people(statement: Select[*tuple[Any, ...]]) -> list[Person]:
    return [_person(row) for row in db.session().execute(statement)]


def _person(row: Row[*tuple[Any, ...]]) -> Person:
    lines = (row.street, f"{row.postcode} {row.city}".strip())
    return Person(
        identifier=row.identifier,
        title=row.title,
        first_name=row.first_name,
        last_name=row.last_name,
        has_address=bool(row.email.strip()),
        has_password=row.password_hash is not None,
        postal_address=tuple(line for line in lines if line),
    )
