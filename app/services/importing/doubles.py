"""People who may be one under two numbers, and mailboxes of two: told, never refused."""

from collections.abc import Iterator
from itertools import groupby
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, func, select
from sqlalchemy.orm import aliased

from app.formats import day, fold
from app.models import Child, Family, FamilyChild, Guardian
from app.services.importing.headlines import Headline, Headlines
from app.services.importing.identities import Person

_one, _other = aliased(Guardian), aliased(Guardian)
_home, _other_home = aliased(Family), aliased(Family)
_child, _other_child = aliased(Child), aliased(Child)


def tell(connection: Connection, headlines: Headlines) -> None:
    """Name them among the families that may sign in."""
    for line in _families(connection):
        headlines.add(Headline.SAME_FAMILY, line)
    for line in _children(connection):
        headlines.add(Headline.SAME_CHILD, line)
    for line in _mailboxes(connection):
        headlines.add(Headline.MAILBOX, line)


def _families(connection: Connection) -> Iterator[str]:
    """Find two files of one first guardian: same names, and a birth date or an address the same."""
    found: dict[tuple[int, int], str] = {}
    # Each in its own statement: a database joins on what is equal, and compares pairs otherwise.
    for same in (
        (_one.email == _other.email) & (_one.email != ""),
        _one.birth_date == _other.birth_date,
        (_home.street == _other_home.street)
        & (_home.postcode == _other_home.postcode)
        & (_home.street != ""),
    ):
        for row in connection.execute(_pairs(same)):
            one, other = Person(*row[4:7]), Person(*row[7:10])
            if one.is_named_as(other) and not one.is_born_apart_from(other):
                told = f"familles {row[2]} et {row[3]}\u00a0: {one.full_name}"
                found.setdefault((row[0], row[1]), told)
    yield from found.values()


def _pairs(same: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    people: tuple[Any, ...] = tuple(
        column
        for each in (_one, _other)
        for column in (each.last_name, each.first_name, each.birth_date)
    )
    return (
        select(_home.id, _other_home.id, _home.number, _other_home.number, *people)
        .select_from(_one)
        .join(_home, _home.id == _one.family_id)
        .join(_other, (_other.family_id > _one.family_id) & (_other.rank == 1))
        .join(_other_home, _other_home.id == _other.family_id)
        .where(
            _one.rank == 1,
            _home.archived_at.is_(None),
            _other_home.archived_at.is_(None),
            same,
        )
        .order_by(_home.id, _other_home.id)
    )


def _children(connection: Connection) -> Iterator[str]:
    shown = (
        select(FamilyChild.child_id)
        .join(Family, Family.id == FamilyChild.family_id)
        .where(Family.archived_at.is_(None))
    )
    pairs = (
        select(
            _child.first_name, _child.last_name, _child.birth_date, _child.source_id,
            _other_child.first_name, _other_child.last_name, _other_child.source_id,
        )
        .join_from(_child, _other_child, _child.birth_date == _other_child.birth_date)
        .where(_child.id < _other_child.id, _child.id.in_(shown), _other_child.id.in_(shown))
        .order_by(_child.id, _other_child.id)
    )  # fmt: skip
    for first, last, born, number, other_first, other_last, other_number in connection.execute(
        pairs
    ):
        if fold(f"{first} {last}") == fold(f"{other_first} {other_last}"):
            assert born is not None
            yield f"numéros {number} et {other_number}\u00a0: {first} {last}, du {day(born)}"


def _mailboxes(connection: Connection) -> Iterator[str]:
    here = (
        select(func.lower(Guardian.email).label("mailbox"), Guardian.first_name,
               Guardian.last_name, Family.number)
        .join(Family, Family.id == Guardian.family_id)
        .where(Guardian.email != "", Guardian.rank.is_not(None), Family.archived_at.is_(None))
    )  # fmt: skip
    owners = here.subquery()
    several = select(owners.c.mailbox).group_by(owners.c.mailbox).having(func.count() > 1)
    rows = connection.execute(
        select(owners)
        .where(owners.c.mailbox.in_(several))
        .order_by(owners.c.mailbox, owners.c.number, owners.c.first_name)
    )
    for mailbox, people in groupby(rows, key=lambda row: row[0]):
        named = [(Person(last, first), number) for _, first, last, number in people]
        # One person in two files, a parent with two households, has one mailbox for both.
        if any(not person.is_named_as(named[0][0]) for person, _ in named):
            told = ", ".join(f"{person.full_name} (famille {number})" for person, number in named)
            yield f"{mailbox}\u00a0: {told}"
