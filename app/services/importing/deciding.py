"""What whoever imports decides row by row: of each subject, what is usual, and for which rows not.

A row is named by what it is in the portal or in the files, never by its place in a list. What was
put to whoever decides is kept for the page; what they decided is part of what an import does.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping
from enum import StrEnum
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, false, true
from sqlalchemy.orm import InstrumentedAttribute

SHOWN = 500


class Subject(StrEnum):
    """What may be decided, as forms and what is kept call it."""

    # Accepted by the town hall, and the files say something new: follow them?
    ACCEPTED = "accepte"
    # Proved by a parent, and the files say another one: follow them?
    ADDRESS = "adresse"
    # No longer in files that cover their day: withdraw them?
    INVOICE = "facture"
    PAYMENT = "reglement"
    # Put into no family, or into another one, by the files: take them out of this one?
    CHILD = "enfant"


class Decision(NamedTuple):
    """A yes or a no, but for some rows."""

    yes: bool
    but: frozenset[str] = frozenset()

    def on(self, key: str) -> bool:
        """Say what is decided of one row."""
        return self.yes is not (key in self.but)

    def among(self, keys: ColumnElement[str] | InstrumentedAttribute[str]) -> ColumnElement[bool]:
        """Choose the rows of which it is a yes."""
        if not self.but:
            return true() if self.yes else false()
        return keys.not_in(self.but) if self.yes else keys.in_(self.but)


Decisions = Mapping[Subject, Decision]
# A command's: the files are right, but for what parents proved; nothing leaves the accounts.
AS_FILES_SAY: Decisions = {
    Subject.ACCEPTED: Decision(yes=True),
    Subject.ADDRESS: Decision(yes=False),
    Subject.INVOICE: Decision(yes=False),
    Subject.PAYMENT: Decision(yes=False),
    Subject.CHILD: Decision(yes=True),
}
# Where somebody reads first, what was accepted here stays until they say otherwise.
ON_SCREEN: Decisions = {**AS_FILES_SAY, Subject.ACCEPTED: Decision(yes=False)}


class Offer(NamedTuple):
    """One row to decide, in words."""

    key: str
    family: str
    what: str
    # What the portal says, and what the files do.
    here: str = ""
    there: str = ""


class Offers:
    """What an import puts to whoever decides: all of it is counted, the first rows are kept."""

    def __init__(self, decisions: Decisions) -> None:
        """Begin with what was decided before."""
        self.decisions = decisions
        self.count: Counter[Subject] = Counter()
        self._kept: defaultdict[Subject, list[Offer]] = defaultdict(list)

    def put(self, subject: Subject, offer: Offer) -> bool:
        """Note one more row; return what is decided of it."""
        self.count[subject] += 1
        if len(self._kept[subject]) < SHOWN:
            self._kept[subject].append(offer)
        return self.decisions[subject].on(offer.key)

    def named(self) -> str:
        """Name all that was decided, for the fingerprint."""
        return repr([
            (subject.value, decision.yes, sorted(decision.but), self.count[subject])
            for subject, decision in self.decisions.items()
        ])  # fmt: skip

    def told(self) -> dict[str, Any]:
        """Keep them as plain values."""
        return {
            subject: {"count": count, "lines": [list(each) for each in self._kept[subject]]}
            for subject, count in self.count.items()
        }


def written(decisions: Decisions) -> dict[str, Any]:
    """Keep decisions as plain values."""
    return {subject: [each.yes, sorted(each.but)] for subject, each in decisions.items()}


def read(kept: Mapping[str, Any]) -> Decisions:
    """Read those that were kept; where nobody decided, what a screen begins with."""
    decided = {Subject(name): Decision(yes, frozenset(but)) for name, (yes, but) in kept.items()}
    return {**ON_SCREEN, **decided}


def decide(usual: bool, shown: Collection[str], ticked: Collection[str]) -> Decision:
    """Decide by the rows that are ticked, among those shown; the others are as usual."""
    return Decision(usual, frozenset(key for key in shown if (key in ticked) is not usual))
