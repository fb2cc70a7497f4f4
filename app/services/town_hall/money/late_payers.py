"""« En retard de paiement »: the families that should have paid by now, the oldest debt first.

Many of them are met by the oldest invoice of each, in the order that the index of what is unpaid
has: nothing is added up but what a page shows.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, bindparam, func, literal_column, select
from sqlalchemy.orm import aliased

from app import db, formats
from app.db import Hundredths
from app.formats import today
from app.memo import kept
from app.models import Family, Invoice
from app.paging import Asked, Page, Selection
from app.services.billing.ledger import DUE, IS_LATE, due_of, is_unpaid
from app.services.town_hall import long_lists
from app.services.town_hall.long_lists import LongList
from app.services.town_hall.money import payers
from app.services.town_hall.money.payers import FAMILIES, OF_SCHOOL, Payer

HEADINGS = ("n°", "famille", "téléphones", "en retard depuis", "factures", "reste", "prélèvement")
SINCE, LEFT = "depuis", "reste"
# The value of the filter that asks for those whose bank pays.
DEBITED, NOT_DEBITED = "oui", "non"
_other = aliased(Invoice)
# Not « no older one »: PostgreSQL would compare all that is unpaid to find the few of a page.
_OLDEST = (
    select(_other.id)
    .where(_other.family_id == Invoice.family_id, is_unpaid(_other))
    .order_by(_other.due_on, _other.id)
    .limit(literal_column("1"))
    .correlate(Invoice)
    .scalar_subquery()
)
_ALL_LEFT = (
    select(func.sum(due_of(_other), type_=Hundredths))
    .where(
        _other.family_id == Invoice.family_id,
        is_unpaid(_other),
        _other.due_on < bindparam("today"),
    )
    .correlate(Invoice)
    .scalar_subquery()
)
_KEYS: dict[str, Any] = {SINCE: func.min(Invoice.due_on), LEFT: _ALL_LEFT}
_LINES = (
    select(
        Invoice.family_id,
        func.min(Invoice.due_on),
        func.count(),
        func.sum(DUE, type_=Hundredths),
    )
    .where(Invoice.family_id.in_(FAMILIES), IS_LATE)
    .group_by(Invoice.family_id)
)


class LatePayer(NamedTuple):
    """A family that should have paid by now."""

    payer: Payer
    # When the oldest was due.
    since: date
    invoices: int
    left: Decimal

    @property
    def id(self) -> int:
        """Give the number of the family."""
        return self.payer.id

    @property
    def called(self) -> str:
        """Tell it from the others of a list."""
        return f"{self.payer.name or 'la famille'}, n° {self.payer.number}"


class _Question(NamedTuple):
    """What is asked, but for the values that it is asked with: its statements are made once."""

    of_school: bool
    of_family: bool
    debited: str
    sort: str
    backwards: bool


def listed(asked: Asked) -> Page[LatePayer]:
    """List those that an address asks for."""
    question, values = _question(asked.filters, asked.sort, backwards=asked.backwards)
    return long_lists.page(_long_list(question), _read, asked.page, **values)


def table(asked: Asked) -> bytes:
    """Write all that are asked for, for a spreadsheet. Raises Refusal when they are too many."""
    question, values = _question(asked.filters, asked.sort, backwards=asked.backwards)
    return long_lists.table(_long_list(question), HEADINGS, _read, _cells, **values)


def chosen(selection: Selection) -> Select[str]:
    """Select the numbers of those that are chosen and still here, of families that are late."""
    here = select(Family.number).where(Family.archived_at.is_(None)).order_by(Family.number)
    if not selection.everything:
        late = select(Invoice.family_id).where(IS_LATE).params(today=today())
        return here.where(Family.id.in_(selection.ids), Family.id.in_(late))
    question, values = _question(selection.filters)
    found = select(Invoice.family_id).where(*_wanted(question)).params(values)
    return here.where(Family.id.in_(found))


def _cells(each: LatePayer) -> tuple[str | int, ...]:
    return (
        each.payer.number,
        each.payer.name,
        ", ".join(map(formats.phone, each.payer.phones)),
        formats.day(each.since),
        each.invoices,
        formats.plain_amount(each.left),
        "oui" if each.payer.direct_debit else "",
    )


def _read(families: Sequence[int]) -> list[LatePayer]:
    whose = payers.read(families)
    lines = {row[0]: row[1:] for row in db.rows(_LINES, families=list(families), today=today())}
    return [LatePayer(whose[each], *lines[each]) for each in families if each in lines]


def _question(
    filters: Mapping[str, str], sort: str = SINCE, *, backwards: bool = False
) -> tuple[_Question, dict[str, Any]]:
    """Tell what is asked from the values that it is asked with."""
    question = _Question(
        "ecole" in filters,
        "famille" in filters,
        filters.get("prelevement", ""),
        sort,
        backwards,
    )
    limit = today() - timedelta(days=int(filters.get("depuis", "0")))
    values = payers.asked(filters) | {"limit": limit}
    if question.sort == LEFT:
        values["today"] = today()
    return question, values


@kept(most=64)
def _long_list(question: _Question) -> LongList:
    wanted = list(_wanted(question))
    families = select(_KEYS[question.sort], Invoice.family_id).where(*wanted)
    # Many are met by the oldest of each family.
    oldest = select(Invoice.due_on, Invoice.family_id).where(*wanted, Invoice.id == _OLDEST)
    backwards = question.backwards and question.sort == SINCE
    order = (Invoice.due_on, Invoice.id)
    return long_lists.of(
        families.group_by(Invoice.family_id),
        backwards=question.backwards,
        many=oldest.order_by(*(each.desc() if backwards else each for each in order)),
    )


def _wanted(question: _Question) -> Iterator[ColumnElement[bool]]:
    yield is_unpaid(Invoice) & (Invoice.due_on < bindparam("limit"))
    if question.of_school:
        yield Invoice.family_id.in_(OF_SCHOOL)
    if question.of_family:
        yield Invoice.family_id.in_(FAMILIES)
    if question.debited:
        wanted = Family.direct_debit.is_(question.debited == DEBITED)
        yield select(1).where(Family.id == Invoice.family_id, wanted).exists()
