"""Drafts: what was sent to a form and not taken yet, kept for the page that shows it again.

Each belongs to somebody, a guardian or a clerk, and to the browser that sent it: whoever else signs
in there does not see it, nor do they elsewhere. Bounded, as people who are signed out already may
leave one.
"""

from contextlib import suppress
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from sqlalchemy import bindparam, delete, or_, select

from app import db
from app.models import Draft as Row

KEPT = timedelta(hours=12)
MOST_DRAFTS = 20
PATIENCE_MS = 500
# Of all that one form sends; the longest text that a form takes is a twentieth of it.
MOST_CHARACTERS = 100_000

_COLUMNS = {"account": Row.account_id, "clerk": Row.clerk_id}
_FOUND = {
    side: select(Row.content).where(
        column == bindparam("number"),
        Row.key == bindparam("key"),
        Row.page == bindparam("page"),
        Row.expires_at > bindparam("now"),
    )
    for side, column in _COLUMNS.items()
}


class Owner(NamedTuple):
    """Whose draft it is."""

    number: int
    # Of an account, or of a clerk.
    side: str = "account"


@dataclass(frozen=True, slots=True)
class Draft:
    """The fields of a form as they were filled in, and what was said of them."""

    typed: dict[str, list[str]] = field(default_factory=dict)
    # By field; what is about the whole form is under "".
    errors: dict[str, list[str]] = field(default_factory=dict)
    # What else the page shows: until when to wait, for instance.
    facts: dict[str, str] = field(default_factory=dict)


def keep(owner: Owner, key: str, page: str, draft: Draft) -> None:
    """Keep what was sent to the form of a page, in place of what it was sent before."""
    now, column = datetime.now(UTC), _COLUMNS[owner.side]
    values = {"content": asdict(draft), "expires_at": now + KEPT}
    row = db.insert(Row).values({column.key: owner.number, "key": key, "page": page, **values})
    ours = column == owner.number
    newest = select(Row.id).where(ours).order_by(Row.expires_at.desc(), Row.id.desc())
    with db.transaction() as session:
        session.execute(
            row.on_conflict_do_update(index_elements=[column.key, "key", "page"], set_=values)
        )
        session.execute(
            delete(Row)
            .where(ours, or_(Row.expires_at <= now, Row.id.not_in(newest.limit(MOST_DRAFTS))))
            .execution_options(synchronize_session=False)
        )


def find(owner: Owner, key: str, page: str) -> Draft | None:
    """Return what the form of a page was last sent by this browser, if it was not taken."""
    now = datetime.now(UTC)
    found = db.rows(_FOUND[owner.side], number=owner.number, key=key, page=page, now=now)
    return Draft(**found[0].content) if found else None


def forget(owner: Owner, key: str, page: str | None = None) -> None:
    """Forget a draft, which was taken; or every draft of this browser.

    What was sent is done: while somebody else writes at length, a draft may stay until it expires.
    """
    which = [_COLUMNS[owner.side] == owner.number, Row.key == key]
    if page is not None:
        which.append(Row.page == page)
    with suppress(db.Unavailable), db.transaction(PATIENCE_MS) as session:
        session.execute(delete(Row).where(*which).execution_options(synchronize_session=False))
