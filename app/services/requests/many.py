"""The same act on several requests of one kind: each is done or not, and says so."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from sqlalchemy import select

from app import db
from app.models import FamilyRequest
from app.services.refusals import Reason, Refusal
from app.services.requests.desk import Done
from app.services.requests.kinds import BY_KEY, Kind

MOST = 20
NONE_CHOSEN = "Cochez d’abord des demandes."
TOO_MANY = f"Choisissez {MOST} demandes au plus à la fois."
SEVERAL_KINDS = (
    "Choisissez des demandes d’une seule sorte\u00a0: le filtre «\u00a0Sorte\u00a0» les met "
    "ensemble."
)


class Outcome(NamedTuple):
    """What became of one of them."""

    number: int
    done: Done | None
    # Why nothing was done.
    why: str = ""


def kind_of(numbers: Sequence[int]) -> Kind:
    """Return the kind of them all. Raises Refusal when they are no few requests of one kind."""
    if len(numbers) > MOST:
        raise Refusal(Reason.TOO_MANY, TOO_MANY)
    asked = select(FamilyRequest.kind).where(FamilyRequest.id.in_(numbers)).distinct()
    kinds = db.session().scalars(asked).all()
    if not kinds:
        raise Refusal(Reason.MISSING, NONE_CHOSEN)
    if len(kinds) > 1:
        raise Refusal(Reason.UNFIT, SEVERAL_KINDS)
    return BY_KEY[kinds[0]]


def each(numbers: Sequence[int], act: Callable[[int], Done]) -> list[Outcome]:
    """Do it to one after the other; what cannot be done to one keeps none of the others."""
    return [_done(number, act) for number in numbers]


def _done(number: int, act: Callable[[int], Done]) -> Outcome:
    try:
        return Outcome(number, act(number))
    except Refusal as refused:
        return Outcome(number, None, str(refused))
