"""What was not paid on its day, by the month of that day; money for whoever may see it."""

from collections import defaultdict
from datetime import date
from decimal import Decimal

from sqlalchemy import bindparam, case, func, select

from app import db
from app.db import Hundredths
from app.models import Invoice, InvoiceKind
from app.services.billing.ledger import DUE, IS_UNPAID, ZERO
from app.services.town_hall.measures import FEW, percent_of_many
from app.services.town_hall.statistics.periods import Period, Span
from app.services.town_hall.statistics.tables import (
    Column,
    Figure,
    Row,
    Table,
    Unit,
    since_something,
)

COLUMNS = (
    Column("Échues"),
    Column("En retard"),
    Column("Part en retard", Unit.PERCENT, drawn=True),
)
AMOUNT = Column("Reste à payer", Unit.EUROS)
ABOUT = (
    "Les factures dont l’échéance est passée, au mois de cette échéance, et celles qui ne sont pas "
    "soldées aujourd’hui, prélevées ou non."
)
_BY_DAY = (
    select(
        Invoice.due_on,
        func.count(),
        func.count(case((IS_UNPAID, 1))),
        func.sum(case((IS_UNPAID, DUE)), type_=Hundredths),
    )
    .where(
        Invoice.kind == InvoiceKind.INVOICE,
        Invoice.due_on >= bindparam("first"),
        Invoice.due_on < bindparam("end"),
    )
    .group_by(Invoice.due_on)
)


def by_month(period: Period, *, amounts: bool) -> Table:
    """Tell it; what is left to pay of few is not told."""
    months: dict[date, list[tuple[int, int, Decimal]]] = defaultdict(list)
    # What is due today is not late.
    end = min(period.end, period.today)
    for due_on, count, late, due in db.rows(_BY_DAY, first=period.first, end=end):
        months[due_on.replace(day=1)].append((count, late, due or ZERO))
    columns = (*COLUMNS, AMOUNT) if amounts else COLUMNS
    rows = [_row(each, months[each.first], amounts=amounts) for each in period.months]
    return Table(
        "factures", "Factures en retard", ABOUT, "Échéance", columns, since_something(rows)
    )


def _row(month: Span, days: list[tuple[int, int, Decimal]], *, amounts: bool) -> Row:
    count, late, due = (sum(figure) for figure in zip((0, 0, ZERO), *days, strict=True))
    figures: list[Figure] = [int(count), int(late), percent_of_many(int(late), int(count))]
    if amounts:
        figures.append(due if late >= FEW else None)
    return Row(month.label, figures)
