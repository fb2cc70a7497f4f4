"""The town hall goes back on what it has just done to a request, before the family is told."""

from collections.abc import Sequence
from datetime import UTC, date, datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app import db
from app.models import FamilyRequest, RequestEvent, RequestEventKind, RequestFile, RequestState
from app.services import journal
from app.services.actors import Actor
from app.services.families import accepted
from app.services.mail import outbox
from app.services.refusals import Reason, Refusal
from app.services.requests import erasures, meanwhile
from app.services.requests.desk import TIME_TO_UNDO
from app.services.requests.kinds import ACCOUNT_DELETION
from app.services.requests.reading import Event

# Whose text is what was typed; the others' is ours.
TYPED = (
    RequestEventKind.SPOKEN,
    RequestEventKind.PIECE_ASKED,
    RequestEventKind.ACCEPTED,
    RequestEventKind.REFUSED,
)
NOTHING_TO_UNDO = "il n’y a rien à annuler."
TOO_LATE = "les deux minutes sont passées\u00a0: la famille est prévenue."


def undo(number: int, event_id: int, actor: Actor) -> str:
    """Put a request back as it was before this event; return what was said. Raises Refusal.

    The mail does not leave, the files that went with the words go, the journal keeps both acts.
    """
    with db.transaction() as session:
        request = meanwhile.locked(session, number)
        event = _undoable(session, request, event_id)
        assert event.before is not None
        mail = event.before["mail"]
        late = datetime.now(UTC) - event.at > TIME_TO_UNDO
        if late or (mail is not None and not outbox.withdraw(session, mail)):
            raise Refusal(Reason.CLOSED, TOO_LATE)
        _restore(session, request, event, actor)
        event.undone_at = datetime.now(UTC)
        journal.record(session, "request_undone", actor, request=str(number))
        return event.text if event.kind in TYPED else ""


def undoable(events: Sequence[Event]) -> int | None:
    """Return the number of the event that the town hall may still go back on, if there is one."""
    counted = [
        each
        for each in events
        if each.kind is not RequestEventKind.NOTED and each.undone_at is None
    ]
    last = counted[-1]
    # What a clerk typed for a caller is theirs, who is told at once.
    ours = last.author is None and last.kind is not RequestEventKind.SENT
    fresh = ours and datetime.now(UTC) - last.at <= TIME_TO_UNDO
    return last.id if fresh else None


def _undoable(session: Session, request: FamilyRequest, event_id: int) -> RequestEvent:
    """Find the event, which nothing that matters came after. Raises Refusal."""
    since = select(RequestEvent).where(
        RequestEvent.request_id == request.id,
        RequestEvent.id >= event_id,
        RequestEvent.kind != RequestEventKind.NOTED,
        RequestEvent.undone_at.is_(None),
    )
    found = session.scalars(since.order_by(RequestEvent.id)).all()
    if not found or found[0].id != event_id or found[0].before is None:
        raise Refusal(Reason.SAME, NOTHING_TO_UNDO)
    if len(found) > 1:
        happened = meanwhile.what_happened(request, found[-1])
        raise Refusal(Reason.OUTDATED, f"Entre-temps, {happened}.")
    return found[0]


def _restore(session: Session, request: FamilyRequest, event: RequestEvent, actor: Actor) -> None:
    before = event.before or {}
    request.state = RequestState(before["state"])
    request.expected_on = date.fromisoformat(before["expected_on"])
    request.clerk_id = before["clerk_id"]
    for replaced in reversed(before.get("accepted", ())):
        accepted.restore(session, replaced)
    if before.get("booked"):
        from app.services.bookings.exceptional import granting

        granting.take_back(session, before["booked"], actor)
    if before.get("cancelled"):
        erasures.resume(session, before["cancelled"], actor)
    elif request.kind == ACCOUNT_DELETION and "accepted" in before:
        erasures.cancel(session, request.family_id, actor)
    session.execute(delete(RequestFile).where(RequestFile.event_id == event.id))
