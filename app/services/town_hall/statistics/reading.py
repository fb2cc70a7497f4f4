"""All that « Chiffres » tells of a period."""

from app.services.town_hall import coming
from app.services.town_hall.statistics import acts, late_invoices, messages, parents, requests
from app.services.town_hall.statistics.periods import Period
from app.services.town_hall.statistics.tables import Table


def read(period: Period, *, amounts: bool) -> list[Table]:
    """Count all of it, in seven statements; amounts for whoever may see them."""
    now = coming.read()
    passwords, mails, visits = acts.tables(period)
    return [
        parents.by_school(now),
        passwords,
        visits,
        messages.by_month(period, now.whole.parents),
        *requests.by_month_and_kind(period),
        mails,
        late_invoices.by_month(period, amounts=amounts),
    ]
