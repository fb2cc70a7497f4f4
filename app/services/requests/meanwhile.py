"""Of two who answer a request at once, one is first, and the other is told what happened."""

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from app.models import FamilyRequest, RequestEvent, RequestEventKind
from app.services.refusals import Reason, Refusal
from app.services.requests import desk_reading, moving

_LATEST = (
    select(RequestEvent)
    .where(RequestEvent.request_id == bindparam("number"))
    .order_by(RequestEvent.id.desc())
    .limit(1)
)
_BY_FAMILY = {
    RequestEventKind.PIECE_ADDED: "la famille a ajouté une pièce",
    RequestEventKind.WITHDRAWN: "la famille a retiré sa demande",
}


def locked(session: Session, number: int) -> FamilyRequest:
    """Return a request that nobody else changes until the commit. Raises Refusal: UNKNOWN."""
    found = session.get(FamilyRequest, number, with_for_update=True, populate_existing=True)
    if found is None:
        raise desk_reading.unknown(number)
    return found


def check(session: Session, request: FamilyRequest, seen: int | None) -> None:
    """Raise Refusal when something happened since the event that somebody saw last.

    A command has seen none: what it says goes.
    """
    if seen is None:
        return
    latest = session.scalars(_LATEST, {"number": request.id}).one()
    if latest.id != seen:
        raise Refusal(Reason.OUTDATED, f"Entre-temps, {what_happened(request, latest)}.")


def what_happened(request: FamilyRequest, event: RequestEvent) -> str:
    """Say who did what."""
    if event.account_id is not None:
        return _BY_FAMILY.get(event.kind, "la famille a écrit")
    who = event.acted_by or "la mairie"
    if event.undone_at is not None:
        return f"{who} a changé d’avis sur sa réponse"
    words = moving.event_words(request.kind, event.kind).lower()
    return f"{who} a agi\u00a0: «\u00a0{words}\u00a0»"
