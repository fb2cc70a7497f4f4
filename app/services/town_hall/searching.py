"""« Chercher une famille »: by its words in any order, as they are said on the phone."""

from collections.abc import Sequence
from difflib import get_close_matches
from typing import NamedTuple

from sqlalchemy import ColumnElement, Select, bindparam, func, select
from sqlalchemy.orm import aliased

from app import db
from app.models import Family, FamilyRequest, FamilyWord, Invoice
from app.services.families import words
from app.services.town_hall import family_lines
from app.services.town_hall.family_lines import FamilyLine

SHOWN = family_lines.SIZE
# A family whose words begin alike is met more than once.
MET = 100
MOST_WORDS = 5
LONGEST_NUMBER = 40
LARGEST_NUMBER = 2**31
# Two letters of a long word are mistaken, and it is still the same.
LIKENESS = 0.7
MOST_LIKE_IT = 2000
# Comes after whatever begins with a word.
_LAST = "\U0010ffff"
_REQUEST = select(FamilyRequest.id).where(FamilyRequest.id == bindparam("number"))
_INVOICE = (
    select(Invoice.number, Invoice.public_id, Invoice.family_id, Family.number)
    .join(Family, Family.id == Invoice.family_id)
    .where(Invoice.number == bindparam("number"))
    .order_by(Invoice.issued_on.desc(), Invoice.id)
    .limit(SHOWN)
)
_LIKE_IT = (
    select(FamilyWord.word)
    .where(
        FamilyWord.word >= bindparam("begin"),
        FamilyWord.word < bindparam("end"),
        func.length(FamilyWord.word).between(bindparam("shortest"), bindparam("longest")),
    )
    .group_by(FamilyWord.word)
    .limit(MOST_LIKE_IT)
)


def _beginning_with(count: int) -> Select[int]:
    """Select the families that have a word beginning with each of so many; the first is rarest."""
    found = select(FamilyWord.family_id).where(*_begins(FamilyWord, 0)).limit(MET)
    for place in range(1, count):
        other = aliased(FamilyWord)
        too = select(1).where(other.family_id == FamilyWord.family_id, *_begins(other, place))
        found = found.where(too.exists())
    return found


def _begins(word: type[FamilyWord], place: int) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return word.word >= bindparam(f"begin{place}"), word.word < bindparam(f"end{place}")


_FAMILIES = {count: _beginning_with(count) for count in range(1, MOST_WORDS + 1)}


class FoundInvoice(NamedTuple):
    """An invoice of the number that was typed; two families may have one."""

    number: str
    public_id: str
    family_id: int
    family_number: str


class Found(NamedTuple):
    """What a search came to."""

    families: Sequence[FamilyLine] = ()
    # Whether there are more of them than are shown.
    more: bool = False
    request: int | None = None
    invoices: Sequence[FoundInvoice] = ()
    # A word that somebody has, where nobody has what was typed.
    suggestion: str = ""

    @property
    def only_invoice(self) -> str | None:
        """Return the one invoice that was meant, when nothing else can be."""
        if self.families or self.request is not None or len(self.invoices) != 1:
            return None
        return self.invoices[0].public_id

    @property
    def only_family(self) -> int | None:
        """Return the one family that was meant, when nothing else can be."""
        if self.more or self.request is not None:
            return None
        meant = {each.id for each in self.families} | {each.family_id for each in self.invoices}
        return meant.pop() if len(meant) == 1 else None


def search(typed: str) -> Found:
    """Find families, and the request or the invoice of that number."""
    wanted = words.split(typed)[:MOST_WORDS]
    if not wanted:
        return Found()
    families = _families(wanted)
    found = Found(
        family_lines.read(families[:SHOWN]) if families else (),
        more=len(families) > SHOWN,
        request=_request(typed),
        invoices=_invoices(typed),
    )
    if found.families or found.invoices or found.request is not None:
        return found
    return Found(suggestion=_suggestion(wanted))


def families(typed: str) -> list[int]:
    """Find the families that have all these words, some of them when they are many."""
    wanted = words.split(typed)[:MOST_WORDS]
    return _families(wanted) if wanted else []


def _families(wanted: Sequence[str]) -> list[int]:
    asked: dict[str, str] = {}
    # A long word is rarer than a short one.
    for place, word in enumerate(sorted(wanted, key=len, reverse=True)):
        asked |= {f"begin{place}": word, f"end{place}": word + _LAST}
    return list(dict.fromkeys(row[0] for row in db.rows(_FAMILIES[len(wanted)], **asked)))


def _request(typed: str) -> int | None:
    number = typed.strip()
    if not (number.isascii() and number.isdigit() and int(number) < LARGEST_NUMBER):
        return None
    found = db.rows(_REQUEST, number=int(number))
    return found[0][0] if found else None


def _invoices(typed: str) -> list[FoundInvoice]:
    number = typed.strip()
    if len(number) > LONGEST_NUMBER or not any(map(str.isdigit, number)):
        return []
    return list(map(FoundInvoice._make, db.rows(_INVOICE, number=number)))


def _suggestion(wanted: Sequence[str]) -> str:
    """Put right the word that nobody has, from those that begin with the same letter."""
    known = [word if _families([word]) else _nearest(word) for word in wanted]
    return " ".join(known) if all(known) and _families(known) else ""


def _nearest(word: str) -> str:
    if word.isdigit():
        return ""
    near = db.rows(
        _LIKE_IT,
        begin=word[:1],
        end=word[:1] + _LAST,
        shortest=len(word) - 1,
        longest=len(word) + 1,
    )
    return next(iter(get_close_matches(word, [row[0] for row in near], 1, LIKENESS)), "")
