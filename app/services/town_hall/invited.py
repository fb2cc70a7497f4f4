"""Parents who were invited and never came: since when, and how many times."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta

from sqlalchemy import ColumnElement, Select, literal, select

from app.models import Account, Family, Guardian
from app.services.town_hall.access_states import STATE, AccessState

# As the addresses of the lists name them.
SINCE, TIMES = "depuis", "fois"
DAYS = ("3", "7", "14", "30")
# How many invitations, and whether there may be more.
COUNTS = {"1": (1, False), "2": (2, False), "3": (3, True)}
# What the index of those invitations holds.
NEVER_CAME = Account.password_hash.is_(None) & Account.invited_at.is_not(None)


def before(filters: Mapping[str, str]) -> datetime | None:
    """Return the moment of the latest invitation that is old enough; None when any is."""
    days = filters.get(SINCE)
    return datetime.now(UTC) - timedelta(days=int(days)) if days else None


def narrowed(
    last: datetime | ColumnElement[datetime] | None, times: str
) -> Iterator[ColumnElement[bool]]:
    """Keep those whose last invitation is no later, after so many."""
    if last is not None:
        yield Account.invited_at <= last
    if times:
        count, or_more = COUNTS[times]
        yield Account.invitations >= count if or_more else Account.invitations == count


def families(*conditions: ColumnElement[bool]) -> Select[int]:
    """Select the families of some of them, from their accounts: the index has nobody else."""
    return (
        select(Guardian.family_id)
        .select_from(Account)
        .join(Guardian, Guardian.id == Account.guardian_id)
        .join(Family, Family.id == Guardian.family_id)
        .where(
            NEVER_CAME,
            Guardian.rank.is_not(None),
            literal(AccessState.INVITED.value) == STATE,
            *conditions,
        )
    )
