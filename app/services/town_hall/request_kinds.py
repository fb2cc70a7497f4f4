"""« Demandes » of the settings: which kinds the town takes, what it says of each, and how soon."""

from typing import NamedTuple

from sqlalchemy import func, select

from app import db
from app.models import FamilyRequest
from app.services.actors import Actor
from app.services.requests import kinds, moving
from app.services.requests.kinds import KINDS, Kind
from app.services.town_hall import town_settings

_OPEN = (
    select(FamilyRequest.kind, func.count())
    .where(FamilyRequest.state.in_(moving.OPEN))
    .group_by(FamilyRequest.kind)
)


class KindLine(NamedTuple):
    """A kind as this town takes it, and how many families still wait for an answer."""

    kind: Kind
    taken: bool
    days: int
    open: int


def listed() -> list[KindLine]:
    """List all there are."""
    waiting = {kind: int(count) for kind, count in db.rows(_OPEN)}
    return [
        KindLine(kind, kinds.is_offered(kind.slug), kind.answer_within, waiting.get(kind.key, 0))
        for kind in KINDS
    ]


def save(
    taken: set[str], days: dict[str, int], words: dict[str, str], seen: str, by: Actor
) -> bool:
    """Take these kinds, by their key, answer each within so many days, and say so much of it.

    What is said as usual, or not at all, is what the portal says. Raises Refusal.
    """
    off = [kind.slug for kind in KINDS if kind.key not in taken]
    delays = [
        f"{kind.slug}:{days[kind.key]}" for kind in KINDS if days[kind.key] != kind.usual_days
    ]
    own = [
        f"{kind.slug}:{words[kind.key]}"
        for kind in KINDS
        if words[kind.key] not in {"", kind.about}
    ]
    wanted = {"request_kinds_off": off, "request_delays": delays, "request_words": own}
    return town_settings.save(wanted, seen, town_settings.KINDS, by)
