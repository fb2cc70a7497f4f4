"""What families ask, as the town hall lists it: what waits, what is late, whose it is."""

from enum import StrEnum
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    String,
    and_,
    bindparam,
    case,
    func,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import aliased

from app import db
from app.formats import today
from app.models import (
    Child,
    ClerkAccount,
    FamilyChild,
    FamilyRequest,
    RequestState,
)
from app.models.requests import WAIT_FOR_TOWN
from app.paging import PAGE_SIZE, Page
from app.services.requests.desk_line import COLUMNS, DeskLine, joined
from app.services.requests.moving import OPEN

# Among whom looks after requests, in addresses.
NOBODY = "personne"

_LINES = joined(select(*COLUMNS)).outerjoin(Child, Child.id == FamilyRequest.child_id)
_IS_OPEN = FamilyRequest.state.in_(OPEN)
_WAITS = FamilyRequest.state.in_(WAIT_FOR_TOWN)
# The most urgent first; last, those that wait for the family.
_URGENT_FIRST = (case((_WAITS, 0), else_=1), FamilyRequest.expected_on, FamilyRequest.id)
_OPEN_LINES = _LINES.where(_IS_OPEN).order_by(*_URGENT_FIRST)
_FIRST = [
    select(FamilyRequest.id)
    .where(FamilyRequest.state == state)
    .order_by(FamilyRequest.expected_on, FamilyRequest.id)
    .limit(bindparam("count"))
    .subquery()
    for state in WAIT_FOR_TOWN
]
# The first of each state by the index: all that wait are many.
_URGENT = (
    _LINES.where(FamilyRequest.id.in_(union_all(*(select(each.c.id) for each in _FIRST))))
    .order_by(FamilyRequest.expected_on, FamilyRequest.id)
    .limit(bindparam("count"))
)
_ALL_LINES = _LINES.order_by(FamilyRequest.id.desc())


class View(StrEnum):
    """Which requests are looked at, as addresses name it."""

    TO_ANSWER = "a-traiter"
    LATE = "en-retard"
    MINE = "a-moi"
    WITH_FAMILY = "attendent-la-famille"
    CLOSED = "closes"


_OF_VIEW: dict[View, ColumnElement[bool]] = {
    View.TO_ANSWER: _WAITS,
    View.LATE: _WAITS & (FamilyRequest.expected_on < bindparam("today")),
    View.MINE: _IS_OPEN & (FamilyRequest.clerk_id == bindparam("clerk_id")),
    View.WITH_FAMILY: FamilyRequest.state == RequestState.PIECE_MISSING,
    View.CLOSED: ~_IS_OPEN,
}
_kind, _school, _holder = (bindparam(name, type_=String()) for name in ("kind", "school", "holder"))
_child_of_family = aliased(Child)
# Of the child that it is about, or else of any of the family.
_OF_SCHOOL = or_(
    Child.school == _school,
    FamilyRequest.child_id.is_(None)
    & select(1)
    .select_from(FamilyChild)
    .join(_child_of_family, _child_of_family.id == FamilyChild.child_id)
    .where(FamilyChild.family_id == FamilyRequest.family_id, _child_of_family.school == _school)
    .exists(),
)
_CHOSEN = and_(
    or_(_kind == "", FamilyRequest.kind == _kind),
    or_(_school == "", _OF_SCHOOL),
    or_(
        _holder == "",
        and_(_holder == NOBODY, ClerkAccount.id.is_(None)),
        ClerkAccount.public_id == _holder,
    ),
)
_LISTED = {
    view: _LINES.where(which, _CHOSEN).order_by(
        *((FamilyRequest.id.desc(),) if view is View.CLOSED else _URGENT_FIRST)
    )
    for view, which in _OF_VIEW.items()
}
_COUNTS = select(
    *(
        func.coalesce(func.sum(case((which, 1), else_=0)), 0).label(view.name)
        for view, which in _OF_VIEW.items()
        if view is not View.CLOSED
    )
).where(_IS_OPEN)
_HELD = (
    select(func.count(FamilyRequest.id))
    .join(ClerkAccount, ClerkAccount.id == FamilyRequest.clerk_id)
    .where(_IS_OPEN, ClerkAccount.public_id == _holder)
)
_SCHOOLS = (
    select(_child_of_family.school)
    .join(FamilyChild, FamilyChild.child_id == _child_of_family.id)
    .join(FamilyRequest, FamilyRequest.family_id == FamilyChild.family_id)
    .where(_IS_OPEN, _child_of_family.school != "")
    .distinct()
    .order_by(_child_of_family.school)
)
_NEXT = (
    select(FamilyRequest.id)
    .where(_WAITS, FamilyRequest.id != bindparam("number"))
    .order_by(*_URGENT_FIRST)
    .limit(1)
)
_PROMISED = select(FamilyRequest.expected_on).where(FamilyRequest.id == bindparam("number"))
_PLACE = (FamilyRequest.expected_on, FamilyRequest.id)
# Of the queue, beside one of them: by the index of each state, as those that wait are many.
_AFTER = (FamilyRequest.expected_on >= bindparam("day")) & (
    (FamilyRequest.expected_on > bindparam("day")) | (FamilyRequest.id > bindparam("number"))
)
_BEFORE = (FamilyRequest.expected_on <= bindparam("day")) & (
    (FamilyRequest.expected_on < bindparam("day")) | (FamilyRequest.id < bindparam("number"))
)
_NEIGHBOURS = union_all(
    *(
        select(subquery.c.id, subquery.c.expected_on)
        for state in WAIT_FOR_TOWN
        for which, order in (
            (_AFTER, _PLACE),
            (_BEFORE, [each.desc() for each in _PLACE]),
        )
        for subquery in [
            select(FamilyRequest.id, FamilyRequest.expected_on)
            .where(FamilyRequest.state == state, which)
            .order_by(*order)
            .limit(1)
            .subquery()
        ]
    )
).subquery()
_BESIDE = select(_NEIGHBOURS.c.id, _NEIGHBOURS.c.expected_on)


class Beside(NamedTuple):
    """The requests before and after one in the queue, by number; None at its ends."""

    before: int | None
    after: int | None


class Chosen(NamedTuple):
    """Which requests of a view; what is empty chooses nothing."""

    # Key of a kind, name of a school, public id of a clerk or NOBODY.
    kind: str = ""
    school: str = ""
    holder: str = ""


def urgent(count: int) -> list[DeskLine]:
    """List those that wait for the town hall whose promise comes first."""
    return list(map(DeskLine._make, db.rows(_URGENT, count=count)))


def listed(
    asked_page: str = "", size: int = PAGE_SIZE, *, everything: bool = False
) -> Page[DeskLine]:
    """List the requests that wait, the most urgent first; or all, the latest first."""
    return db.page(_ALL_LINES if everything else _OPEN_LINES, asked_page, size).of(DeskLine)


def chosen(view: View, among: Chosen, clerk_id: int, asked_page: str = "") -> Page[DeskLine]:
    """List a page of the requests of a view."""
    used: dict[View, dict[str, Any]] = {
        View.LATE: {"today": today()},
        View.MINE: {"clerk_id": clerk_id},
    }
    return db.page(_LISTED[view], asked_page, **used.get(view, {}), **among._asdict()).of(DeskLine)


def counts(clerk_id: int) -> dict[View, int]:
    """Count the open requests of each view, in one statement."""
    [row] = db.rows(_COUNTS, today=today(), clerk_id=clerk_id)
    return {View[name]: count for name, count in row._asdict().items()}


def held_by(holder: str) -> int:
    """Count the open requests that somebody looks after."""
    [row] = db.rows(_HELD, holder=holder)
    return int(row[0])


def schools() -> list[str]:
    """Name the schools of the families that wait for an answer."""
    return [row.school for row in db.rows(_SCHOOLS)]


def beside(number: int) -> Beside | None:
    """Find the neighbours of a request by what it is promised for; None when there is none."""
    promised = db.rows(_PROMISED, number=number)
    if not promised:
        return None
    day = promised[0].expected_on
    found = [(row.expected_on, row.id) for row in db.rows(_BESIDE, number=number, day=day)]
    before = max((each for each in found if each < (day, number)), default=None)
    after = min((each for each in found if each > (day, number)), default=None)
    return Beside(before[1] if before else None, after[1] if after else None)


def next_after(number: int) -> int | None:
    """Return the most urgent request that waits for the town hall, but this one."""
    found = db.rows(_NEXT, number=number)
    return found[0].id if found else None
