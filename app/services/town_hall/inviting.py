"""« Envoyer un accès » to many families at once: who is written to, and the job."""

import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from math import ceil
from typing import NamedTuple, TypeVarTuple

from sqlalchemy import ColumnElement, Select, case, func, literal, or_, select

from app import db
from app.formats import plural
from app.models import MAY_SIGN_IN, Account, Family, Guardian, OutboxMail
from app.paging import Selection
from app.services import journal
from app.services.accounts import invitations, letter_codes
from app.services.accounts.invitations import Person
from app.services.actors import Actor, Clerk
from app.services.inbox import composing
from app.services.jobs import queue
from app.services.jobs.kinds import JobKind
from app.services.jobs.running import Task
from app.services.mail import outbox
from app.services.mail.kinds import WITH_SECRET
from app.services.mail.refused_addresses import IS_REFUSED
from app.services.refusals import Reason, Refusal
from app.services.town_hall import families, invited
from app.services.town_hall.access_states import STATE, AccessState

Columns = TypeVarTuple("Columns")

AT_A_TIME = 200
# What a mail server takes of one sender without a frown.
MAILS_A_MINUTE = 60
# Longer is told in hours.
A_WHILE = 90
# A page each, and one paper at a time in a process.
MOST_LETTERS = 100
# As for answers: whoever pressed the wrong button sees it at once.
TIME_TO_UNDO = timedelta(minutes=2)
TOO_LATE = "Trop tard\u00a0: les invitations sont parties, ou ne partent plus."
NO_LETTER = "Aucune lettre à imprimer\u00a0: tous ont déjà choisi leur mot de passe."
NO_CODE = (
    "Aucune lettre avec code à imprimer\u00a0: elles sont pour qui n’a ni adresse de courriel, ni "
    "mot de passe."
)
TOO_MANY_LETTERS = (
    f"Plus de {MOST_LETTERS} lettres ne s’impriment pas à la fois. Filtrez d’abord, par classe par "
    "exemple."
)


class Fate(StrEnum):
    """What becomes of a guardian of the families that were chosen."""

    WRITTEN_TO = "written to"
    CAME = "came"
    NO_ADDRESS = "no address"
    REFUSED = "refused"
    WAITS = "waits"


_WAITS = (
    select(1)
    .where(
        OutboxMail.identifier == Account.identifier,
        OutboxMail.kind.in_(WITH_SECRET),
        OutboxMail.state.in_(outbox.PENDING),
    )
    .correlate(Account)
    .exists()
)
_FATE: ColumnElement[str] = case(
    (Account.password_hash.is_not(None), Fate.CAME.value),
    (Guardian.email == "", Fate.NO_ADDRESS.value),
    (IS_REFUSED, Fate.REFUSED.value),
    (_WAITS, Fate.WAITS.value),
    else_=Fate.WRITTEN_TO.value,
)


class Plan(NamedTuple):
    """How many guardians each thing becomes of."""

    written_to: int
    came: int
    no_address: int
    refused: int
    waits: int

    @property
    def time(self) -> str:
        """Say how long it takes until the last mail has left."""
        minutes = ceil(self.written_to / MAILS_A_MINUTE)
        if minutes <= A_WHILE:
            return plural(minutes, "minute")
        return plural(ceil(minutes / 60), "heure")


def plan(selection: Selection) -> Plan:
    """Work out who would be written to, and write nothing."""
    counted = _of(selection, select(_FATE.label("fate"), func.count())).group_by("fate")
    found = {row.fate: row[1] for row in db.session().execute(counted)}
    return Plan(*(found.get(fate.value, 0) for fate in Fate))


def start(by: Actor, selection: Selection) -> int:
    """Have them invited, however many, in two minutes; return what `call_off` wants.

    No visitor waits for it. A second click asks for nothing more.
    """
    chosen = {"ids": list(selection.ids), "everything": selection.everything}
    told = json.dumps({**chosen, "filters": dict(selection.filters)})
    now = datetime.now(UTC)
    payload = {"by": by.acted_by, "at": now.isoformat(), "chosen": told}
    with db.transaction() as session:
        for job in queue.to_come(session, JobKind.INVITATIONS, now):
            if {**job.payload, "at": ""} == {**payload, "at": ""}:
                return job.id
        return queue.enqueue(session, JobKind.INVITATIONS, payload, now + TIME_TO_UNDO).id


def call_off(by: Actor, number: int) -> None:
    """Have nobody invited after all. Raises Refusal when the first have left."""
    with db.transaction() as session:
        if not queue.call_off(session, JobKind.INVITATIONS, number):
            raise Refusal(Reason.CLOSED, TOO_LATE)
        journal.record(session, "credentials_called_off", by)


def letters(by: Actor, selection: Selection) -> list[Person]:
    """Say whom letters are for: those who never came. Raises Refusal when they are too many."""
    return _letters(by, _chosen(selection))


def letters_of_message(by: Actor, number: int) -> list[Person]:
    """Say whom letters are for of those whom a message is for, before it leaves. Raises Refusal."""
    draft = composing.read(number)
    return _letters(by, (draft.families, Guardian.rank.is_not(None)))


def _letters(by: Actor, wanted: Iterable[ColumnElement[bool]]) -> list[Person]:
    people = invitations.never_came(wanted, MOST_LETTERS + 1)
    if not people:
        raise Refusal(Reason.UNKNOWN, NO_LETTER)
    if len(people) > MOST_LETTERS:
        raise Refusal(Reason.TOO_MANY, TOO_MANY_LETTERS)
    with db.transaction() as session:
        journal.record(session, "access_letter_made", by, None, count=str(len(people)))
    return people


def letters_with_codes(by: Actor, selection: Selection) -> tuple[list[Person], dict[str, str]]:
    """Make a code for each of those who never came and have no address, by identifiant.

    Raises Refusal when they are too many.
    """
    wanted = (*_chosen(selection), Guardian.email == "")
    people = invitations.never_came(wanted, MOST_LETTERS + 1)
    if not people:
        raise Refusal(Reason.UNFIT, NO_CODE)
    if len(people) > MOST_LETTERS:
        raise Refusal(Reason.TOO_MANY, TOO_MANY_LETTERS)
    with db.transaction() as session:
        codes = letter_codes.of_identifiers(session, [each.identifier for each in people], by)
    return people, codes


def do(task: Task) -> None:
    """Invite them, some at a time; done once more, it writes to nobody twice."""
    if not task.payload:
        return
    chosen = json.loads(task.payload["chosen"])
    selection = Selection(chosen["ids"], chosen["everything"], chosen["filters"])
    by, since = Clerk(task.payload["by"]), datetime.fromisoformat(task.payload["at"])
    done, total = 0, plan(selection).written_to
    while some := _invite_some(selection, by, since):
        done += some
        task.report(done, max(done, total))


def _invite_some(selection: Selection, by: Clerk, since: datetime) -> int:
    not_yet = or_(Account.invited_at.is_(None), Account.invited_at < since)
    wanted = (literal(Fate.WRITTEN_TO.value) == _FATE, not_yet)
    some = _of(selection, select(Account.identifier)).where(*wanted).order_by(Account.id)
    with db.transaction() as session:
        identifiers = session.scalars(some.limit(AT_A_TIME)).all()
        if identifiers:
            invitations.invite(session, identifiers, by)
    return len(identifiers)


def _of(selection: Selection, accounts: Select[*Columns]) -> Select[*Columns]:
    return (
        accounts.select_from(Account)
        .join(Guardian, Guardian.id == Account.guardian_id)
        .join(Family, Family.id == Guardian.family_id)
        .where(MAY_SIGN_IN, *_chosen(selection))
    )


def _chosen(selection: Selection) -> Iterator[ColumnElement[bool]]:
    """Of families listed by access, only whose it is: the other parent is not meant."""
    yield Family.id.in_(families.chosen(selection))
    yield Guardian.rank.is_not(None)
    if access := selection.filters.get("acces"):
        yield literal(AccessState(access).value) == STATE
    yield from invited.narrowed(
        invited.before(selection.filters), selection.filters.get(invited.TIMES, "")
    )
