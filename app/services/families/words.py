"""The words by which the town hall finds a family, kept beside it: whatever writes names says so.

An import, an accepted value, a child taken out: each refreshes the families that it touched, and
a job of each night sees to the rest.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Connection,
    Select,
    Table,
    bindparam,
    delete,
    select,
)  # fmt: skip
from sqlalchemy.orm import Session

from app import db, telephones
from app.formats import fold
from app.models import Account, Child, Family, FamilyChild, FamilyWord, Guardian

if TYPE_CHECKING:
    from app.services.jobs.running import Task

AT_A_TIME = 500
LONGEST = 60
# Of a guardian: those that their file may change by what is accepted.
OF_GUARDIAN = frozenset({"last_name", "first_name", "email", "phone", "mobile", "work_phone"})
# No text of a database has it.
_BETWEEN_TEXTS = "\0"
# Neither a letter nor what stands between the figures of a number.
_BETWEEN_NAMES = "|"
_NO_FIGURE = re.compile(r"\D")
_WORD = re.compile(r"[^\W_]+")
_BETWEEN_FIGURES = re.compile(r"(?<=\d)[\s.()/-]+(?=\d)")
# Of metropolitan France, and of the territories that share its ten figures.
_FROM_ABROAD = re.compile(r"(?<![\w+])(?:\+|00[\s.]?)(?:33|262|59[046])[\s.()0/-]*(?=[1-9])")
_IDS: BindParameter[int] = bindparam("families", expanding=True)
_FAMILY, _WORDS = cast(Table, Family.__table__), cast(Table, FamilyWord.__table__)
# Looked up row by row: PostgreSQL would go through all accounts, and all children, of the town for
# the few that a join wants, every five hundred families.
_IDENTIFIER = select(Account.identifier).where(Account.guardian_id == Guardian.id).scalar_subquery()
_CHILD = (
    select(Child.first_name + _BETWEEN_NAMES + Child.last_name)
    .where(Child.id == FamilyChild.child_id)
    .scalar_subquery()
)
_NEXT = select(Family.id).where(Family.id > bindparam("after")).order_by(Family.id).limit(AT_A_TIME)
# Which families: some, or all between two numbers.
_Which = Mapping[str, Any]


class _Asked(NamedTuple):
    """What the database is asked of some families."""

    families: Select[*tuple[Any, ...]]
    guardians: Select[*tuple[Any, ...]]
    children: Select[*tuple[Any, ...]]
    words: Select[*tuple[Any, ...]]


def _asked(among: Callable[[Any], ColumnElement[bool]]) -> _Asked:
    return _Asked(
        families=select(Family.id, Family.number, Family.folded_name).where(
            among(Family.id), Family.erased_at.is_(None)
        ),
        guardians=select(
            Guardian.family_id,
            Guardian.first_name,
            Guardian.last_name,
            Guardian.email,
            Guardian.phone,
            Guardian.mobile,
            Guardian.work_phone,
            _IDENTIFIER,
        )
        .where(among(Guardian.family_id), Guardian.rank.is_not(None))
        .order_by(Guardian.rank),
        children=select(FamilyChild.family_id, _CHILD).where(among(FamilyChild.family_id)),
        words=select(FamilyWord.family_id, FamilyWord.word).where(among(FamilyWord.family_id)),
    )


_OF_THESE = _asked(lambda family: family.in_(_IDS))
_OF_A_RANGE = _asked(lambda family: family.between(bindparam("first"), bindparam("last")))
_ANY_WORD = _OF_A_RANGE.words.limit(1)


class _Words(NamedTuple):
    """What some families are found by, and the name that they are in the order of."""

    words: set[tuple[int, str]]
    names: set[tuple[int, str]]


def split(*texts: str) -> list[str]:
    """Cut what somebody typed, or what stands in a file, into the words that are compared.

    A number is one word however it is spaced, and an address is one besides its parts.
    """
    # At once, which takes a third of the time: nothing goes from one text to the next.
    at_home = _FROM_ABROAD.sub("0", _BETWEEN_TEXTS.join(texts))
    folded = _BETWEEN_FIGURES.sub("", fold(at_home)).replace(_BETWEEN_TEXTS, " ")
    found: dict[str, None] = {}
    for part in folded.split():
        whole = part.isalnum() or "@" in part
        found.update(dict.fromkeys([part] if whole else _WORD.findall(part)))
    return [word[:LONGEST] for word in found]


def refresh(session: Session, families: Sequence[int]) -> None:
    """Write the words of some families anew, in the caller's transaction."""
    session.flush()
    _write(session.connection(), _OF_THESE, {"families": families})


def refresh_all() -> int:
    """Do it for every family whose words are not those of its file; say how many those were."""
    return sum(map(_refresh_where_needed, _ranges()))


def refresh_by_night(_task: "Task") -> None:
    """Do it as the job of each night."""
    refresh_all()


def _refresh_where_needed(some: _Which) -> int:
    reading = db.session().connection()
    if not reading.execute(_ANY_WORD, some).first():
        # Those of a first import, which need not be read twice to know that.
        with db.transaction(durable=False) as session:
            return _write(session.connection(), _OF_A_RANGE, some)
    touched = sorted(_differing(*_read(reading, _OF_A_RANGE, some)))
    if touched:
        with db.transaction() as session:
            refresh(session, touched)
    return len(touched)


def _ranges() -> Iterator[_Which]:
    after = 0
    while families := db.session().scalars(_NEXT, {"after": after}).all():
        yield {"first": families[0], "last": families[-1]}
        after = families[-1]


def _read(connection: Connection, asked: _Asked, which: _Which) -> tuple[_Words, _Words]:
    """Read what the files of the families say now, and what is written of them.

    Nothing is left to say of a family that is erased.
    """
    said: dict[int, list[str]] = {}
    names: dict[int, str] = {}
    known = set()
    for family, number, name in connection.execute(asked.families, which):
        names[family] = ""
        known.add((family, name))
        # « SE4101 » is dictated « 4101 ».
        said[family] = [number, _NO_FIGURE.sub("", number)]
    for family, first_name, last_name, email, *numbers in connection.execute(
        asked.guardians, which
    ):
        if family in said:
            names[family] = names[family] or fold(f"{last_name} {first_name}")
            local_part = email.partition("@")[0]
            said[family] += (first_name, last_name, email, local_part)
            given = [*filter(None, numbers)]
            said[family] += [*given, *filter(None, map(telephones.with_zero, given))]
    for family, called in connection.execute(asked.children, which):
        if family in said:
            said[family].append(called)
    words = {(family, word) for family, texts in said.items() for word in split(*texts)}
    written = {(family, word) for family, word in connection.execute(asked.words, which)}
    return _Words(words, set(names.items())), _Words(written, known)


def _differing(wanted: _Words, known: _Words) -> set[int]:
    """Return the families of which something else is written than what their files say."""
    return {family for family, _ in (wanted.words ^ known.words) | (wanted.names ^ known.names)}


def _write(connection: Connection, asked: _Asked, which: _Which) -> int:
    """Write what differs, and say of how many families that was."""
    wanted, known = _read(connection, asked, which)
    gone, new = known.words - wanted.words, wanted.words - known.words
    if gone:
        pair = (FamilyWord.family_id == bindparam("f"), FamilyWord.word == bindparam("w"))
        connection.execute(delete(FamilyWord).where(*pair), [{"f": f, "w": w} for f, w in gone])
    if new:
        db.copy_rows(connection, _WORDS, ["family_id", "word"], sorted(new))
    if renamed := wanted.names - known.names:
        db.set_texts(connection, _FAMILY, "folded_name", sorted(renamed))
    return len(_differing(wanted, known))
