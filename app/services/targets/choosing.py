"""Which families a target is today: those who left are in none."""

import re
from collections.abc import Callable, Sequence
from datetime import timedelta

from sqlalchemy import ColumnElement, Select, and_, or_, select

from app import db
from app.formats import plural, today
from app.models import Child, Family, FamilyChild, Invoice, InvoiceLine
from app.services.billing.ledger import unpaid_since
from app.services.families import lookup
from app.services.refusals import Reason, Refusal
from app.services.targets import offered
from app.services.targets.kinds import Target, TargetKind

# That a clerk types or ticks; and that databases take in one statement.
MOST_NUMBERS, MOST_AT_ALL = 5_000, 30_000
LONGEST_DELAY = 3_650
AT_A_TIME = 500
# How many of those that nobody has are named.
NAMED = 20
BETWEEN = re.compile(r"[\s,;]+")

NO_FAMILY = "Donnez le numéro de la famille."
NO_CLASS = "Choisissez au moins une école ou une classe."
NO_ACTIVITY = "Choisissez une activité."
NO_DAYS = f"Donnez un nombre de jours, de 0 à {LONGEST_DELAY}."
NO_NUMBER = "Donnez au moins un numéro de famille."
TOO_MANY = f"Donnez {MOST_AT_ALL} numéros au plus."
NOBODY = "Aucune famille n’est concernée aujourd’hui."
OPEN = Family.archived_at.is_(None)


def numbers_in(typed: str) -> tuple[str, ...]:
    """Read numbers that were pasted, each once, whatever stands between them."""
    return tuple(dict.fromkeys(filter(None, BETWEEN.split(typed))))


def one_family(target: Target) -> int:
    """Return the family of a target of one. Raises Refusal."""
    number = target.values[0] if target.values else ""
    if not number:
        raise Refusal(Reason.MISSING, NO_FAMILY)
    return lookup.only_one(lookup.open_families(number), number)


def some_families(target: Target) -> Select[int]:
    """Select the families that have something in common. Raises Refusal when it says nobody."""
    which = _WAYS[target.kind](target)
    return select(Family.id).where(OPEN, which)


def _of_classes(target: Target) -> ColumnElement[bool]:
    known = offered.classes()
    wanted = {each for value in target.values for each in known.get(value, ())}
    if not wanted:
        raise Refusal(Reason.MISSING, NO_CLASS)
    same = or_(
        *(
            and_(Child.school == school, Child.class_name == class_name)
            for school, class_name in sorted(wanted)
        )
    )
    theirs = select(FamilyChild.family_id).join(Child, Child.id == FamilyChild.child_id).where(same)
    return Family.id.in_(theirs)


def _of_activity(target: Target) -> ColumnElement[bool]:
    labels = offered.activities().get(target.values[0], []) if target.values else []
    if not labels:
        raise Refusal(Reason.MISSING, NO_ACTIVITY)
    invoiced = (
        select(Invoice.family_id)
        .join(InvoiceLine, InvoiceLine.invoice_id == Invoice.id)
        .where(Invoice.issued_on >= today() - offered.RECENT, InvoiceLine.label.in_(labels))
    )
    return Family.id.in_(invoiced)


def _late(target: Target) -> ColumnElement[bool]:
    typed = target.values[0] if target.values else ""
    if not (typed.isascii() and typed.isdigit() and int(typed[:9]) <= LONGEST_DELAY):
        raise Refusal(Reason.UNFIT, NO_DAYS)
    return Family.id.in_(unpaid_since(today() - timedelta(days=int(typed))))


def _of_numbers(target: Target) -> ColumnElement[bool]:
    if not target.values:
        raise Refusal(Reason.MISSING, NO_NUMBER)
    if len(target.values) > MOST_AT_ALL:
        raise Refusal(Reason.TOO_LONG, TOO_MANY)
    ids, strays = _look_up(target.values)
    if strays:
        named = ", ".join(strays[:NAMED]) + (" …" if len(strays) > NAMED else "")
        count = plural(len(strays), "numéro n’est", "numéros ne sont")
        raise Refusal(
            Reason.UNKNOWN, f"{count} celui d’aucune famille présente\u00a0: {named}. Corrigez-les."
        )
    return Family.id.in_(ids)


def _look_up(numbers: Sequence[str]) -> tuple[list[int], list[str]]:
    """Return the families of these numbers, and the numbers that no family here has."""
    ids: list[int] = []
    known: set[str] = set()
    for start in range(0, len(numbers), AT_A_TIME):
        some = numbers[start : start + AT_A_TIME]
        found = select(Family.id, Family.number).where(OPEN, Family.number.in_(some))
        for family_id, number in db.session().execute(found):
            ids.append(family_id)
            known.add(number)
    return ids, [each for each in numbers if each not in known]


_WAYS: dict[TargetKind, Callable[[Target], ColumnElement[bool]]] = {
    TargetKind.SCHOOL: _of_classes,
    TargetKind.ACTIVITY: _of_activity,
    TargetKind.LATE: _late,
    TargetKind.NUMBERS: _of_numbers,
}
