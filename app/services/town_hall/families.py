"""« Familles »: all of them, narrowed by what the town hall looks for."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from sqlalchemy import (
    ColumnElement,
    Select,
    bindparam,
    func,
    join,
    literal,
    select,
)
from sqlalchemy.orm import InstrumentedAttribute

from app import db, formats
from app.db import Hundredths, UtcDateTime
from app.formats import today
from app.memo import kept
from app.models import Account, Child, Family, FamilyChild, Guardian, Invoice
from app.paging import Asked, Page, Selection
from app.services.billing.ledger import DUE, IS_LATE
from app.services.refusals import Reason, Refusal
from app.services.targets.choosing import MOST_NUMBERS
from app.services.town_hall import family_lines, invited, long_lists
from app.services.town_hall.access_states import STATE, AccessState
from app.services.town_hall.family_lines import FamilyLine
from app.services.town_hall.long_lists import MOST, MOST_IN_A_FILE, LongList

SIZE = family_lines.SIZE
TOO_MANY = (
    f"Plus de {MOST_IN_A_FILE} familles ne tiennent pas dans un fichier. Filtrez d’abord, par "
    "école par exemple."
)
TOO_MANY_TO_WRITE = (
    f"On écrit à {MOST_NUMBERS} familles choisies au plus. Filtrez d’abord, ou écrivez à toutes."
)
NOBODY_HERE = "Aucune des familles choisies n’est encore inscrite."
HEADINGS = ("n°", "responsables", "enfants", "accès", "dernière visite", "en retard")


class Situation(StrEnum):
    """Which families: those that are here, unless another is asked for."""

    MISSING = "absente"
    GONE = "partie"


class _Question(NamedTuple):
    """What is asked, but for the values that it is asked with: its statements are made once."""

    situation: str
    in_school: bool
    in_class: bool
    access: str
    # Of those who were invited: some time ago, and how many times.
    some_time_ago: bool
    times: str
    is_late: bool
    by_number: bool
    backwards: bool

    @property
    def is_usual(self) -> bool:
        """Tell whether most families are what is asked for."""
        return not (self.situation or self.in_school or self.access or self.is_late)

    @property
    def is_of_invited(self) -> bool:
        """Tell whether invitations are all that it is about."""
        return self.access == AccessState.INVITED and not (
            self.situation or self.in_school or self.is_late
        )


_IS_HERE = Family.archived_at.is_(None)
_SITUATIONS: dict[str, ColumnElement[bool]] = {
    Situation.MISSING: _IS_HERE & Family.missing_since.is_not(None),
    Situation.GONE: Family.archived_at.is_not(None),
}
_ALL = select(Family.id)
_LATE_OF = (
    select(Invoice.family_id, func.sum(DUE, type_=Hundredths))
    .where(Invoice.family_id.in_(family_lines.IDS), IS_LATE)
    .group_by(Invoice.family_id)
)
# From one to the next by the index, as there are few among many children.
_FIRST = (
    select(func.min(Child.school).label("school"))
    .where(Child.school != "")
    .cte("schools", recursive=True)
)
_SCHOOLS = _FIRST.union_all(
    select(
        select(func.min(Child.school)).where(Child.school > _FIRST.c.school).scalar_subquery()
    ).where(_FIRST.c.school.is_not(None))
)
_NAMES_OF_SCHOOLS = select(_SCHOOLS.c.school).where(_SCHOOLS.c.school.is_not(None))
_CLASSES = (
    select(Child.class_name)
    .where(Child.school == bindparam("school"), Child.class_name != "")
    .group_by(Child.class_name)
    .order_by(Child.class_name)
)


def listed(asked: Asked) -> Page[FamilyLine]:
    """List those that an address asks for."""
    question, values = _question(asked)
    return long_lists.page(_long_list(question), family_lines.read, asked.page, **values)


def late(families: Sequence[int]) -> dict[int, Decimal]:
    """Say what each of a page of families should have paid by now, of those that should."""
    found = db.rows(_LATE_OF, **family_lines.numbered(families), today=today())
    return {row[0]: row[1] for row in found}


def schools() -> list[str]:
    """Name the schools that children go to."""
    return [row.school for row in db.rows(_NAMES_OF_SCHOOLS)]


def classes(school: str) -> list[str]:
    """Name the classes of one of them."""
    return [row.class_name for row in db.rows(_CLASSES, school=school)] if school else []


def chosen(selection: Selection) -> Select[int]:
    """Select the families that an act is for, however many."""
    if selection.everything:
        question, values = _question(Asked(selection.filters))
        return select(Family.id).where(*_wanted(question)).params(values)
    return select(Family.id).where(Family.id.in_(selection.ids))


def numbers(selection: Selection) -> tuple[str, ...]:
    """Return the numbers of those chosen who are here, to be written to. Raises Refusal."""
    theirs = Family.id.in_(chosen(selection)) & _IS_HERE
    wanted = select(Family.number).where(theirs).order_by(Family.folded_name, Family.id)
    found = db.session().scalars(wanted.limit(MOST_NUMBERS + 1)).all()
    if not found:
        raise Refusal(Reason.UNKNOWN, NOBODY_HERE)
    if len(found) > MOST_NUMBERS:
        raise Refusal(Reason.TOO_MANY, TOO_MANY_TO_WRITE)
    return tuple(found)


def table(asked: Asked) -> bytes:
    """Write all that are asked for, for a spreadsheet. Raises Refusal when they are too many."""
    question, values = _question(asked)
    return long_lists.table(_long_list(question), HEADINGS, _read_owing, _cells, **values)


def _read_owing(ids: Sequence[int]) -> list[tuple[FamilyLine, str]]:
    """Read some and what they owe, as many at a time as a page has."""
    lines: list[tuple[FamilyLine, str]] = []
    for start in range(0, len(ids), SIZE):
        some = ids[start : start + SIZE]
        owed = {family: formats.plain_amount(amount) for family, amount in late(some).items()}
        lines += [(each, owed.get(each.id, "")) for each in family_lines.read(some)]
    return lines


def _cells(line: tuple[FamilyLine, str]) -> tuple[str, ...]:
    family, owed = line
    return (
        family.number,
        ", ".join(one.name for one in family.guardians),
        ", ".join(f"{one.first_name} {one.last_name}" for one in family.children),
        ", ".join(one.access for one in family.guardians),
        formats.day(family.last_visit) if family.last_visit else "",
        owed,
    )


def _question(asked: Asked) -> tuple[_Question, dict[str, object]]:
    """Tell what is asked from the values that it is asked with."""
    filters = asked.filters
    question = _Question(
        filters.get("situation", ""),
        "ecole" in filters,
        "classe" in filters,
        filters.get("acces", ""),
        invited.SINCE in filters,
        filters.get(invited.TIMES, ""),
        "paiement" in filters,
        asked.sort == "numero",
        asked.backwards,
    )
    values: dict[str, object] = {"today": today()} if question.is_late else {}
    if question.in_school:
        values |= {"school": filters["ecole"], "class_name": filters.get("classe", "")}
    if last := invited.before(filters):
        values["invited_before"] = last
    return question, values


@kept(most=64)
def _long_list(question: _Question) -> LongList:
    every = select(_key(question), Family.id)
    found = long_lists.of(every.where(*_wanted(question)), backwards=question.backwards)
    found = found._replace(by_index=question.is_usual, too_many=TOO_MANY)
    if not question.is_of_invited:
        return found
    theirs = invited.families(*_narrowed(question))
    # Two guardians are one family: so many say whether there are more families than that.
    some = theirs.limit(2 * (MOST + 1))
    return found._replace(
        counted=long_lists.count(_ALL.where(Family.id.in_(some))),
        few=every.where(Family.id.in_(theirs)).limit(MOST),
    )


def _key(question: _Question) -> InstrumentedAttribute[str]:
    return Family.number if question.by_number else Family.folded_name


def _wanted(question: _Question) -> Iterator[ColumnElement[bool]]:
    yield _SITUATIONS.get(question.situation, _IS_HERE)
    if question.in_school:
        yield _in_school(question.in_class)
    if question.access:
        yield _has_access(question)
    if question.is_late:
        yield select(1).where(Invoice.family_id == Family.id, IS_LATE).exists()


def _in_school(in_class: bool) -> ColumnElement[bool]:
    there = Child.school == bindparam("school")
    if in_class:
        there &= Child.class_name == bindparam("class_name")
    children = join(FamilyChild, Child, Child.id == FamilyChild.child_id)
    return Family.id.in_(select(FamilyChild.family_id).select_from(children).where(there))


def _narrowed(question: _Question) -> Iterator[ColumnElement[bool]]:
    last = bindparam("invited_before", type_=UtcDateTime()) if question.some_time_ago else None
    return invited.narrowed(last, question.times)


def _has_access(question: _Question) -> ColumnElement[bool]:
    return (
        select(1)
        .select_from(Guardian)
        .outerjoin(Account, Account.guardian_id == Guardian.id)
        .where(
            Guardian.family_id == Family.id,
            Guardian.rank.is_not(None),
            literal(AccessState(question.access).value) == STATE,
            *_narrowed(question),
        )
        .correlate(Family)
        .exists()
    )
