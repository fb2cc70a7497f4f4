"""The words by which the town hall finds a family, kept beside it: whatever writes names says so.

An import, an accepted value, a child taken out: each refreshes the families that it touched, and
a job of each night sees to the rest.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from sqlalchemy import BindParameter, Select, Table, bindparam, delete, select, update
from sqlalchemy.orm import Session

from app import db
from app.formats import fold
from app.models import Account, Child, Family, FamilyChild, FamilyWord, Guardian

if TYPE_CHECKING:
    from app.services.jobs.running import Task

AT_A_TIME = 500
LONGEST = 60
# Of a guardian: those that their file may change by what is accepted.
OF_GUARDIAN = frozenset({"last_name", "first_name", "email", "phone", "mobile", "work_phone"})
_NO_FIGURE = re.compile(r"\D")
_WORD = re.compile(r"[^\W_]+")
_BETWEEN_FIGURES = re.compile(r"(?<=\d)[\s.()/-]+(?=\d)")
_FROM_ABROAD = re.compile(r"(?<![\w+])(?:\+|00)33[\s.()0/-]*(?=[1-9])")
_IDS: BindParameter[int] = bindparam("families", expanding=True)
_FAMILIES = select(Family.id, Family.number).where(Family.id.in_(_IDS), Family.erased_at.is_(None))
_NAMES = select(Family.id, Family.folded_name).where(
    Family.id.in_(_IDS), Family.erased_at.is_(None)
)
_GUARDIANS = (
    select(
        Guardian.family_id,
        Guardian.first_name,
        Guardian.last_name,
        Guardian.email,
        Guardian.phone,
        Guardian.mobile,
        Guardian.work_phone,
        Account.identifier,
    )
    .outerjoin(Account, Account.guardian_id == Guardian.id)
    .where(Guardian.family_id.in_(_IDS), Guardian.rank.is_not(None))
    .order_by(Guardian.rank)
)
_CHILDREN = (
    select(FamilyChild.family_id, Child.first_name, Child.last_name)
    .join(Child, Child.id == FamilyChild.child_id)
    .where(FamilyChild.family_id.in_(_IDS))
)
_NAME = (
    update(Family)
    .where(Family.id == bindparam("family"))
    .values(folded_name=bindparam("name"))
    # Of one table and nothing else: no object of the session has to learn it.
    .execution_options(synchronize_session=False)
)
_WORDS = cast(Table, FamilyWord.__table__)
_KNOWN = select(FamilyWord.family_id, FamilyWord.word).where(FamilyWord.family_id.in_(_IDS))
_NEXT = select(Family.id).where(Family.id > bindparam("after")).order_by(Family.id).limit(AT_A_TIME)


class _Words(NamedTuple):
    """What some families are found by, and the name that they are in the order of."""

    words: set[tuple[int, str]]
    names: set[tuple[int, str]]


def split(text: str) -> list[str]:
    """Cut what somebody typed, or what stands in a file, into the words that are compared.

    A number is one word however it is spaced, and an address is one besides its parts.
    """
    at_home = _FROM_ABROAD.sub("0", text)
    found: dict[str, None] = {}
    for part in _BETWEEN_FIGURES.sub("", fold(at_home)).split():
        found.update(dict.fromkeys([part] if "@" in part else _WORD.findall(part)))
    return [word[:LONGEST] for word in found]


def refresh(session: Session, families: Sequence[int]) -> None:
    """Write the words of some families anew, in the caller's transaction."""
    session.flush()
    wanted, known = _read(session, families), _written(session, families)
    gone, new = known.words - wanted.words, wanted.words - known.words
    connection = session.connection()
    if gone:
        pair = (FamilyWord.family_id == bindparam("f"), FamilyWord.word == bindparam("w"))
        connection.execute(delete(FamilyWord).where(*pair), [{"f": f, "w": w} for f, w in gone])
    if new:
        db.copy_rows(connection, _WORDS, ["family_id", "word"], sorted(new))
    if renamed := wanted.names - known.names:
        connection.execute(_NAME, [{"family": family, "name": name} for family, name in renamed])


def refresh_all() -> int:
    """Do it for every family whose words are not those of its file; say how many those were."""
    return sum(map(_refresh_where_needed, _all_families()))


def refresh_by_night(_task: "Task") -> None:
    """Do it as the job of each night."""
    refresh_all()


def _refresh_where_needed(families: Sequence[int]) -> int:
    session = db.session()
    wanted, known = _read(session, families), _written(session, families)
    differing = (wanted.words ^ known.words) | (wanted.names ^ known.names)
    touched = sorted({family for family, _ in differing})
    if touched:
        with db.transaction() as writing:
            refresh(writing, touched)
    return len(touched)


def _all_families() -> Iterator[Sequence[int]]:
    after = 0
    while families := db.session().scalars(_NEXT, {"after": after}).all():
        yield families
        after = families[-1]


def _read(session: Session, families: Sequence[int]) -> _Words:
    """Read what the files of the families say now; nothing is left to say of one that is erased."""
    said = _Words(set(), set())
    names = {}
    for family, number in _rows(session, _FAMILIES, families):
        names[family] = ""
        # « SE4101 » is dictated « 4101 ».
        _add(said, family, (number, _NO_FIGURE.sub("", number)))
    for family, first_name, last_name, email, *numbers in _rows(session, _GUARDIANS, families):
        if family in names:
            names[family] = names[family] or fold(f"{last_name} {first_name}")
            local_part = email.partition("@")[0]
            _add(said, family, (first_name, last_name, email, local_part, *filter(None, numbers)))
    for family, *called in _rows(session, _CHILDREN, families):
        if family in names:
            _add(said, family, called)
    said.names.update(names.items())
    return said


def _written(session: Session, families: Sequence[int]) -> _Words:
    """Read what is written of them."""
    return _Words(set(_rows(session, _KNOWN, families)), set(_rows(session, _NAMES, families)))


def _add(said: _Words, family: int, texts: Iterable[str]) -> None:
    said.words.update((family, word) for text in texts for word in split(text))


def _rows(
    session: Session, statement: Select[*tuple[Any, ...]], families: Sequence[int]
) -> Iterator[tuple[Any, ...]]:
    return (tuple(row) for row in session.execute(statement, {"families": families}))
