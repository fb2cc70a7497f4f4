"""People who may be one under two numbers, and mailboxes of two: told, never refused.

Each clue groups the rows that share it, sorted by the database: comparing them two by two would
take minutes for a large town.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import groupby, pairwise
from typing import Any

from sqlalchemy import Connection, Row, Select, func, select

from app.formats import day, fold
from app.models import Child, Family, FamilyChild, Guardian
from app.services.importing.headlines import Headline, Headlines
from app.services.importing.identities import Person

Group = Sequence[Row[*tuple[Any, ...]]]

_PEOPLE = (
    select(
        Family.id, Family.number,
        Guardian.last_name, Guardian.first_name, Guardian.birth_date, Guardian.email,
    )
    .join(Family, Family.id == Guardian.family_id)
    .where(Guardian.rank.is_not(None), Family.archived_at.is_(None))
)  # fmt: skip
_FIRST = _PEOPLE.where(Guardian.rank == 1)
_CHILDREN = select(Child.source_id, Child.last_name, Child.first_name, Child.birth_date).where(
    Child.id.in_(
        select(FamilyChild.child_id)
        .join(Family, Family.id == FamilyChild.family_id)
        .where(Family.archived_at.is_(None))
    )
)
_STREET = func.nullif(Family.street, "") + " " + Family.postcode
_MAILBOX = func.nullif(func.lower(Guardian.email), "")


def tell(connection: Connection, headlines: Headlines) -> None:
    """Name them among the families that may sign in."""
    for headline, lines in (
        (Headline.SAME_FAMILY, _families(connection)),
        (Headline.SAME_CHILD, _children(connection)),
        (Headline.MAILBOX, _mailboxes(connection)),
    ):
        for line in lines:
            headlines.add(headline, line)


def _families(connection: Connection) -> Iterator[str]:
    """Find two files of one first guardian: same names, and one more thing the same."""
    found: dict[tuple[int, int], str] = {}
    for clue in (_MAILBOX, Guardian.birth_date, _STREET):
        for group in _groups(connection, _FIRST, clue):
            for one, other in _namesakes(group):
                people = [Person(*row[2:6]) for row in (one, other)]
                if not people[0].is_born_apart_from(people[1]):
                    told = f"familles {one.number} et {other.number}\u00a0: {people[0].full_name}"
                    found.setdefault((one.id, other.id), told)
    yield from found.values()


def _children(connection: Connection) -> Iterator[str]:
    for group in _groups(connection, _CHILDREN, Child.birth_date):
        for one, other in _namesakes(group):
            numbers = f"numéros {one.source_id} et {other.source_id}"
            name = f"{one.first_name} {one.last_name}"
            yield f"{numbers}\u00a0: {name}, du {day(one.birth_date)}"


def _mailboxes(connection: Connection) -> Iterator[str]:
    for group in _groups(connection, _PEOPLE, _MAILBOX):
        people = [(Person(*row[2:6]), row.number) for row in group]
        # One person in two files, a parent with two households, has one mailbox for both.
        if any(not person.is_named_as(people[0][0]) for person, _ in people):
            told = ", ".join(f"{person.full_name} (famille {number})" for person, number in people)
            yield f"{people[0][0].email}\u00a0: {told}"


def _groups(connection: Connection, people: Select[*tuple[Any, ...]], clue: Any) -> Iterator[Group]:
    """Read those who share a clue, together."""
    rows = people.add_columns(clue.label("clue")).where(clue.is_not(None)).subquery()
    several = select(rows.c.clue).group_by(rows.c.clue).having(func.count() > 1)
    shared = select(rows).where(rows.c.clue.in_(several)).order_by(rows.c.clue, *list(rows.c)[:4])
    for _, group in groupby(connection.execute(shared), key=lambda row: row.clue):
        yield list(group)


def _namesakes(group: Group) -> Iterator[Group]:
    """Pair the rows of a group that are called alike."""
    alike: defaultdict[str, list[Any]] = defaultdict(list)
    for row in group:
        alike[fold(f"{row.first_name} {row.last_name}")].append(row)
    for rows in alike.values():
        yield from pairwise(rows)
