"""All that « Chiffres » tells of a period."""

from collections.abc import Callable
from typing import TypeVar

from app import db
from app.services.town_hall import coming
from app.services.town_hall.statistics import acts, late_invoices, messages, parents, requests
from app.services.town_hall.statistics.periods import Period
from app.services.town_hall.statistics.tables import Table

Counted = TypeVar("Counted")


def read(period: Period, *, amounts: bool) -> list[Table]:
    """Count all of it, in seven statements; amounts for whoever may see them."""
    now = _apart(coming.read)
    passwords, mails, visits = _apart(lambda: acts.tables(period))
    return [
        parents.by_school(now),
        passwords,
        visits,
        _apart(lambda: messages.by_month(period, now.whole.parents)),
        *_apart(lambda: requests.by_month_and_kind(period)),
        mails,
        _apart(lambda: late_invoices.by_month(period, amounts=amounts)),
    ]


def _apart(count: Callable[[], Counted]) -> Counted:
    """Count in a transaction of its own: each may be waited for, all together are too long."""
    db.let_go()
    return count()
