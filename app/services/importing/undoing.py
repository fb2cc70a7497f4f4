"""The last import is undone: what it changed is put back, but what was touched since.

A row is touched when it is no longer as the import left it: it stays, and is named. What the import
created goes, unless something holds it, as a parent who signed in: it is closed then, and named.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, cast

from sqlalchemy import Connection, Table, delete, select, update
from sqlalchemy.orm import Session

from app import db
from app.db import Base
from app.formats import plural
from app.models import (
    Account,
    Child,
    Document,
    Family,
    FamilyWord,
    ImportChange,
    ImportRun,
    ImportState,
    ImportUpload,
    Message,
    MessageMark,
)
from app.services import journal
from app.services.actors import Actor
from app.services.billing import sharing
from app.services.bookings.groups import group_work
from app.services.families import words
from app.services.importing import accesses, going_back, temporary
from app.services.importing.images import IMAGED
from app.services.importing.options import Progress
from app.services.importing.putting_back import PuttingBack, created, whose_password_went
from app.services.importing.rehearsal import UNDOING, Others, Outdated, Rehearsal
from app.services.importing.spelling import WHOSE, WORDS, Spelling
from app.services.mail import batches
from app.services.refusals import Reason, Refusal

TRIES = 3
PATIENCE_MS = 60_000
SHOWN = 500
STEPS = 3
OUTDATED = (
    "Des dossiers ont changé pendant l’annulation, plusieurs fois de suite. Recommencez quand "
    "personne d’autre n’y travaille."
)
# More than an import changes: what goes with what it had created.
_ALSO: dict[type[Base], Others] = {FamilyWord: Others.ROWS, MessageMark: Others.ROWS}
# Of a person who stays, the account says it; lines and the like follow their own.
HELD = frozenset(each.__tablename__ for each in (Family, Account, Child, Message, Document))
# What it is, the number of its family, its name.
Named = tuple[str, str, str]


@dataclass(slots=True)
class Undone:
    """What became of an import that is undone."""

    # Of each kind: rows that it had created and went, rows that are as they were again.
    back: dict[str, tuple[int, int]] = field(default_factory=dict)
    # What was touched since, and stays: what it is, whose, its name.
    kept: list[Named] = field(default_factory=list)
    kept_count: int = 0
    # Created by the import, held by something of others: closed rather than removed.
    held: list[Named] = field(default_factory=list)
    held_count: int = 0
    mails: int = 0
    mails_left: int = 0

    def lines(self) -> Iterator[str]:
        """Say it, line by line."""
        yield "L’import est annulé."
        for label, (removed, restored) in self.back.items():
            yield f"  {label}\u00a0: {removed} retirés, {restored} remis comme avant"
        if self.mails:
            yield plural(self.mails, "courriel ne partira pas", "courriels ne partiront pas")
        for told, some, count in (
            ("Gardé, changé depuis l’import", self.kept, self.kept_count),
            ("Fermé plutôt que retiré", self.held, self.held_count),
        ):
            for what, family, name in some:
                yield f"{told}\u00a0: {what}, famille {family or '–'}, {name or '–'}"
            if count > len(some):
                yield f"{told}\u00a0: et {plural(count - len(some), 'autre')}."

    def told(self) -> dict[str, Any]:
        """Keep it as plain values, for its page."""
        return {name: getattr(self, name) for name in self.__slots__}


def undo(number: int, actor: Actor, progress: Progress = lambda _done, _total: None) -> Undone:
    """Undo the last import of families, in one transaction. Raises Refusal."""
    db.take_time()
    for _ in range(TRIES):
        try:
            undone = _undo_once(number, actor, progress)
        except Outdated:
            continue
        words.refresh_all()
        group_work.follow_all()
        return undone
    raise Refusal(Reason.TOO_MANY, OUTDATED)


def _undo_once(number: int, actor: Actor, progress: Progress) -> Undone:
    with db.transaction(PATIENCE_MS, durable=False, prepares=True) as session:
        temporary.prepare(session.connection())
        temporary.create(session.connection())
        # SQLite has no lock yet: asked again once it has.
        going_back.find(session, number)
        aside = session.connection().dialect.name == "sqlite"
        rehearsal = Rehearsal(session, _ALSO) if aside else None
        progress(1, STEPS)
        undone = _put_back(session.connection())
        progress(2, STEPS)
        if rehearsal:
            rehearsal.compare()
            db.write_now(session)
            rehearsal.publish()
        _end(session, going_back.find(session, number), undone, actor)
    db.wait_for_the_disk()
    return undone


def _put_back(connection: Connection) -> Undone:
    undone, spelling = Undone(), Spelling(connection)
    tables = [PuttingBack(connection, cast(Table, model.__table__)) for model in IMAGED]
    for each in tables:
        each.prepare()
    put = {each.name: each.insert() for each in tables}
    for each in tables:
        put[each.name] += each.restore_references()
    for key, parent in ((MessageMark.message_id, Message), (FamilyWord.family_id, Family)):
        connection.execute(delete(key.class_).where(key.in_(created(parent))))
    gone = {each.name: each.remove_created() for each in reversed(tables)}
    for each in tables:
        put[each.name] -= each.restore()
        undone.kept_count += each.touched
        undone.kept += _named(spelling, each, "touched", SHOWN - len(undone.kept))
        if each.name in HELD:
            undone.held_count += each.held
            undone.held += _named(spelling, each, "created", SHOWN - len(undone.held))
    sharing.add_up(connection)
    _close(connection)
    undone.back = {
        label: (gone[model.__tablename__], put[model.__tablename__])
        for model, (label, _) in WORDS.items()
        if gone[model.__tablename__] or put[model.__tablename__]
    }
    return undone


def _close(connection: Connection) -> None:
    """Let nobody in by what the import created, nor by a password that it had taken."""
    connection.execute(
        update(Family)
        .values(archived_at=datetime.now(UTC))
        .where(Family.archived_at.is_(None), Family.id.in_(created(Family)))
    )
    accesses.close(connection, select(Account.id).where(Account.id.in_(created(Account))))
    went = select(Account.id).where(Account.id.in_(whose_password_went()))
    accesses.forget(connection, went)


def _named(spelling: Spelling, of: PuttingBack, which: str, most: int) -> Iterator[Named]:
    model = next(each for each in IMAGED if each.__table__ is of.table)
    if model in WHOSE:
        for row in of.named(which, most):
            family, name = WHOSE[model](spelling, row)
            yield WORDS[model][0], spelling.number_of_family(family), name


def _end(session: Session, run: ImportRun, undone: Undone, actor: Actor) -> None:
    """Do last what stands in tables that others write to at any moment."""
    accesses.end(session.connection())
    if run.mailed_at:
        # Whoever asked on screen has done so already.
        batches.withdraw(session, run.mailed_at, datetime.now(UTC))
        undone.mails, undone.mails_left = batches.count(session, run.mailed_at)
    settle(session, run, undone, actor)


def settle(session: Session, run: ImportRun, undone: Undone, actor: Actor) -> None:
    """Write down that it is undone, in the caller's transaction."""
    run.state, run.undone_by = ImportState.UNDONE, actor.acted_by
    session.execute(delete(ImportChange).where(ImportChange.run_id == run.id))
    upload = session.get(ImportUpload, run.id, populate_existing=True)
    if upload:
        upload.told, upload.note = {**upload.told, "undone": undone.told()}, ""
    rows = {
        "rows_back": str(sum(map(sum, undone.back.values()))),
        "rows_kept": str(undone.kept_count + undone.held_count),
    }
    journal.record(session, UNDOING, actor, None, run=str(run.id), source=run.source, **rows)
    session.flush()
