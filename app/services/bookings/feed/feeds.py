"""Private addresses of calendars: a parent makes one, makes another, or ends it."""

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from app import db
from app.models import Feed
from app.services import journal
from app.services.accounts import allowances
from app.services.actors import CurrentAccount
from app.services.tokens import feed_keys

_LIVE = (
    select(Feed.id, Feed.token_hash, Feed.first_names, Feed.made_at)
    .where(Feed.account_id == bindparam("account_id"), Feed.ended_at.is_(None))
    .order_by(Feed.id.desc())
    .limit(1)
)


@dataclass(frozen=True, slots=True)
class Address:
    """The address that a parent has; without a token it cannot be read again, but made anew."""

    token: str | None
    first_names: bool
    made_at: datetime


def of_account(account_id: int) -> Address | None:
    """Find the one that a parent has."""
    for number, token_hash, first_names, made_at in db.rows(_LIVE, account_id=account_id):
        token = feed_keys.read_again(number, made_at.isoformat(), token_hash)
        return Address(token, first_names, made_at)
    return None


def make(account: CurrentAccount, *, first_names: bool) -> None:
    """Make one; the one before leads nowhere from then on."""
    with db.transaction() as session:
        allowances.one_at_a_time(session, account.account_id)
        now = _end(session, account)
        # Nobody finds it before its secret is drawn.
        feed = Feed(
            account_id=account.account_id,
            token_hash=str(account.account_id),
            first_names=first_names,
            made_at=now,
        )
        session.add(feed)
        session.flush()
        token = feed_keys.draw(feed.id, feed.made_at.isoformat())
        feed.token_hash = feed_keys.hash_of(token)
        journal.record(session, "feed_made", account)


def end(account: CurrentAccount) -> None:
    """Have the address lead nowhere."""
    with db.transaction() as session:
        _end(session, account)
        journal.record(session, "feed_ended", account)


def _end(session: Session, account: CurrentAccount) -> datetime:
    now = datetime.now(UTC).replace(microsecond=0)
    session.execute(
        update(Feed)
        .where(Feed.account_id == account.account_id, Feed.ended_at.is_(None))
        .values(ended_at=now)
    )
    return now
