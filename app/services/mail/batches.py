"""Mails that were all queued at one moment, as those of an import: they are known by it."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.orm import Session

from app import db
from app.mailer.courier import courier
from app.models import MailState, OutboxMail
from app.services.mail.kinds import MailKind

ALL_KINDS = tuple(MailKind)


def withdraw(
    session: Session, moment: datetime, now: datetime, kinds: Collection[MailKind] = ALL_KINDS
) -> None:
    """Keep those that wait from leaving, as of now, in the caller's transaction."""
    _settle(session, _waits(moment, kinds), state=MailState.WITHDRAWN, settled_at=now)


def give_back(session: Session, moment: datetime, withdrawn_at: datetime) -> None:
    """Let those leave after all that were withdrawn together, in the caller's transaction."""
    kept_back = (
        (OutboxMail.created_at == moment)
        & (OutboxMail.state == MailState.WITHDRAWN)
        & (OutboxMail.settled_at == withdrawn_at)
    )
    _settle(session, kept_back, state=MailState.QUEUED, settled_at=None)
    db.after_commit(session, courier().notify)


def waiting(session: Session, moment: datetime, kinds: Collection[MailKind]) -> int:
    """Count those that have not left."""
    counted = select(func.count()).select_from(OutboxMail).where(_waits(moment, kinds))
    return session.scalar(counted) or 0


def count(session: Session, moment: datetime) -> tuple[int, int]:
    """Count those that do not leave, and the rest."""
    by_state = select(OutboxMail.state, func.count()).group_by(OutboxMail.state)
    counted = dict(session.execute(by_state.where(OutboxMail.created_at == moment)).all())
    withdrawn = counted.pop(MailState.WITHDRAWN, 0)
    return withdrawn, sum(counted.values())


def _waits(moment: datetime, kinds: Collection[MailKind]) -> ColumnElement[bool]:
    return (
        (OutboxMail.created_at == moment)
        & (OutboxMail.state == MailState.QUEUED)
        & OutboxMail.kind.in_([each.value for each in kinds])
    )


def _settle(session: Session, which: ColumnElement[bool], **values: object) -> None:
    change = update(OutboxMail).where(which).values(**values)
    session.execute(change.execution_options(synchronize_session=False))
