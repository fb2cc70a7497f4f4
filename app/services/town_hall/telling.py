"""News by mail for somebody of the town hall: what they chose, at once or in the morning.

A mail holds counts and links. It is queued with the mark of until when its reader was told, so
that a job that is done twice tells once.
"""

from datetime import UTC, datetime, timedelta

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select, true
from sqlalchemy.orm import Session

from app import db
from app.calendar import working_days
from app.formats import day_of, today
from app.models import (
    ClerkAccount,
    ClerkNews,
    FamilyRequest,
    MailState,
    OutboxMail,
    RequestEvent,
    RequestEventKind,
    Told,
)
from app.models.requests import WAIT_FOR_TOWN
from app.services.clerks import rights, wishes
from app.services.clerks.rights import Right
from app.services.jobs.queue import GRACE
from app.services.jobs.running import Task
from app.services.mail import outbox
from app.services.mail.kinds import TO_CLERKS, MailKind
from app.services.requests.kinds import KINDS

# The first time, nobody is told of all that ever came; what a long weekend brought is news.
A_WEEK = timedelta(days=7)
_THERE = (
    select(ClerkAccount.id)
    .where(ClerkAccount.closed_at.is_(None), ClerkAccount.password_hash.is_not(None))
    .order_by(ClerkAccount.id)
)
_ABOUT_MONEY = [kind.key for kind in KINDS if kind.about_money]


def tell_at_once(_task: Task) -> None:
    """Tell those who want to know at once."""
    _tell_all(Told.AT_ONCE)


def tell_in_the_morning(_task: Task) -> None:
    """Tell the others, on the days when town halls work; what came meanwhile waits for these."""
    if working_days.is_one(today()):
        _tell_all(Told.MORNING)


def _tell_all(when: Told) -> None:
    until = datetime.now(UTC) - GRACE
    for row in db.rows(_THERE):
        with db.transaction() as session:
            _tell(session, row.id, when, until)


def _tell(session: Session, clerk_id: int, when: Told, until: datetime) -> None:
    account = session.get_one(ClerkAccount, clerk_id, populate_existing=True, with_for_update=True)
    if account.closed_at is not None:
        return
    kept = wishes.of_account(session, account)
    wanted = wishes.chosen(account.roles, kept.values())
    context: dict[str, str] = {}
    for news in (each for each, told in wanted.items() if told is when):
        since = kept[news].told_until or max(account.created_at, until - A_WEEK)
        if since < until:
            count, first = session.execute(_asked(news, account, since, until)).one()
            kept[news].told_until = until
            if count:
                context[news.value] = str(count)
            if news is ClerkNews.NEW_REQUEST and count == 1:
                context["request"] = str(first)
    if context:
        outbox.enqueue(session, MailKind.CLERK_NEWS, "", account.email, told=when.value, **context)


def _asked(
    news: ClerkNews, account: ClerkAccount, since: datetime, until: datetime
) -> Select[int, int]:
    """Ask how many there are of what came between two moments, and which is the first."""
    if news is ClerkNews.FAILED_MAIL:
        return select(func.count(), func.min(OutboxMail.id)).where(_not_arrived(since, until))
    which = _new(account, since, until) if news is ClerkNews.NEW_REQUEST else _late(since, until)
    return select(func.count(), func.min(FamilyRequest.id)).where(
        FamilyRequest.state.in_(WAIT_FOR_TOWN), _theirs_to_answer(account), which
    )


def _theirs_to_answer(account: ClerkAccount) -> ColumnElement[bool]:
    """Choose what they answer; all, for whoever only reads."""
    held = rights.allowed(tuple(account.roles))
    if Right.ANSWER in held and Right.ANSWER_ALL not in held:
        return FamilyRequest.kind.in_(_ABOUT_MONEY)
    return true()


def _new(account: ClerkAccount, since: datetime, until: datetime) -> ColumnElement[bool]:
    """Choose those that came; not what they typed themselves, nor what they look after already."""
    typed = select(RequestEvent.id).where(
        RequestEvent.request_id == FamilyRequest.id,
        RequestEvent.kind == RequestEventKind.SENT,
        RequestEvent.acted_by == account.name,
    )
    return and_(
        FamilyRequest.sent_at > since,
        FamilyRequest.sent_at <= until,
        or_(FamilyRequest.clerk_id.is_(None), FamilyRequest.clerk_id != account.id),
        ~exists(typed),
    )


def _late(since: datetime, until: datetime) -> ColumnElement[bool]:
    """Choose those whose promise ended: it holds until the end of its day."""
    return and_(
        FamilyRequest.expected_on >= day_of(since), FamilyRequest.expected_on < day_of(until)
    )


def _not_arrived(since: datetime, until: datetime) -> ColumnElement[bool]:
    """Choose mails to families that did not reach them, and will not by themselves."""
    return and_(
        outbox.IS_NOT_SENT,
        OutboxMail.state.in_((MailState.REFUSED, MailState.ABANDONED)),
        OutboxMail.settled_at > since,
        OutboxMail.settled_at <= until,
        OutboxMail.kind.not_in(TO_CLERKS),
    )
