"""The town says that it has invoiced a month: from then on nothing of it changes here.

Once more by mistake: the latest is opened again, and the journal says by whom.
"""

from collections.abc import Iterable
from datetime import UTC, date, datetime

from sqlalchemy import func, select

from app import db, formats
from app.calendar.months import both_ends
from app.formats import today
from app.models import InvoicedMonth
from app.services import journal
from app.services.actors import Actor
from app.services.refusals import Reason, Refusal

FROZEN = "est facturé\u00a0: rien ne s’y note plus. La mairie peut le rouvrir."
LATEST = select(func.max(InvoicedMonth.month)).scalar_subquery()


def known() -> list[InvoicedMonth]:
    """List the months that somebody said were invoiced, the latest first."""
    return list(db.session().scalars(select(InvoicedMonth).order_by(InvoicedMonth.month.desc())))


def until() -> date | None:
    """Return the last day that is invoiced; None while none is."""
    latest = db.session().scalar(select(LATEST))
    return both_ends(latest)[1] if latest else None


def invoice(month: date, by: Actor) -> None:
    """Have a month, and those before, be invoiced, even before its end: some towns are paid first.

    Raises Refusal for one that has not begun.
    """
    first, _ = both_ends(month)
    name = formats.month(first)
    if first > today():
        raise Refusal(Reason.CLOSED, f"{name} n’a pas commencé\u00a0: il se réserve encore")
    with db.transaction() as session:
        latest = session.scalar(select(LATEST))
        if latest is not None and latest >= first:
            raise Refusal(Reason.SAME, f"{name} est déjà facturé")
        session.add(InvoicedMonth(month=first, at=datetime.now(UTC), acted_by=by.acted_by))
        journal.record(session, "month_invoiced", by, month=name)


def frozen(latest: date | None, day: date) -> str:
    """Say that nothing of a day changes any more; empty while it may."""
    if latest is None or day > both_ends(latest)[1]:
        return ""
    return f"{formats.month(day).capitalize()} {FROZEN}"


def take_over(months: Iterable[date], by: Actor) -> int:
    """Have months be invoiced that another portal knew to be; return how many were not here."""
    with db.transaction() as session:
        there = set(session.scalars(select(InvoicedMonth.month)))
        new = [month for month in months if month not in there]
        for month in new:
            session.add(InvoicedMonth(month=month, at=datetime.now(UTC), acted_by=by.acted_by))
            journal.record(session, "month_invoiced", by, month=formats.month(month))
    return len(new)


def open_again(month: date, by: Actor) -> None:
    """Open the latest one again. Raises Refusal for another."""
    first, _ = both_ends(month)
    name = formats.month(first)
    with db.transaction() as session:
        row = session.get(InvoicedMonth, first)
        if row is None:
            raise Refusal(Reason.SAME, f"{name} n’est pas facturé")
        if session.scalar(select(LATEST)) != first:
            raise Refusal(
                Reason.CLOSED, "un mois facturé plus tard l’empêche\u00a0: rouvrez-le d’abord"
            )
        session.delete(row)
        journal.record(session, "month_opened_again", by, month=name)
