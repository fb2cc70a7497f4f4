"""A request goes from one state to the next: its line of history, its mail, its journal."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import CursorResult, and_, bindparam, select, update
from sqlalchemy.orm import Session

from app.formats import today
from app.models import (
    MAY_SIGN_IN,
    Account,
    Family,
    FamilyRequest,
    Guardian,
    RequestEvent,
    RequestEventKind,
    RequestState,
)
from app.models.requests import WAIT_FOR_TOWN
from app.services import journal
from app.services.actors import Actor
from app.services.mail import outbox
from app.services.mail.kinds import MailKind
from app.services.mail.letters import EXPECTED_ON
from app.services.requests.kinds import BY_KEY

OPEN = (RequestState.SENT, RequestState.TAKEN, RequestState.PIECE_MISSING)

_STATES = {
    RequestState.SENT: "Envoyée",
    RequestState.TAKEN: "En cours",
    RequestState.PIECE_MISSING: "Pièce manquante",
    RequestState.REFUSED: "Refusée",
    RequestState.WITHDRAWN: "Retirée",
}
_EVENTS = {
    RequestEventKind.SENT: "Demande envoyée",
    RequestEventKind.TAKEN: "Demande prise en charge",
    RequestEventKind.PIECE_ASKED: "Pièce demandée",
    RequestEventKind.PIECE_ADDED: "Pièce ajoutée",
    RequestEventKind.SPOKEN: "Message de la mairie",
    RequestEventKind.POSTPONED: "Nouvelle date de réponse",
    RequestEventKind.ENTRUSTED: "Demande confiée",
    RequestEventKind.NOTED: "Note interne",
    RequestEventKind.REFUSED: "Demande refusée",
    RequestEventKind.WITHDRAWN: "Demande retirée",
}

# Whoever wants mails about their requests, and can get them.
WANTS_MAIL = and_(
    Account.mail_requests, Account.password_hash.is_not(None), MAY_SIGN_IN, Guardian.email != ""
)
_WHO_WANTS_MAIL = (
    select(Account.identifier)
    .join(Guardian, Guardian.id == Account.guardian_id)
    .join(Family, Family.id == Guardian.family_id)
    .where(Account.id == bindparam("account_id"), WANTS_MAIL)
)


def state_words(kind: str, state: RequestState) -> str:
    """Say where a request of this kind stands."""
    return BY_KEY[kind].closing.state if state is RequestState.ACCEPTED else _STATES[state]


def event_words(kind: str, event: RequestEventKind) -> str:
    """Say what happened to a request of this kind."""
    if event is RequestEventKind.ACCEPTED:
        return BY_KEY[kind].closing.event
    return _EVENTS[event]


def is_late(state: RequestState, expected_on: date) -> bool:
    """Tell whether the town hall should have answered by now."""
    return state in WAIT_FOR_TOWN and expected_on < today()


def move(
    session: Session, request_id: int, sources: Iterable[RequestState], target: RequestState
) -> bool:
    """Change a request's state; False when it is not, or no longer, in one of `sources`.

    One statement, so that of two answers at the same moment exactly one counts.
    """
    moved = session.execute(
        update(FamilyRequest)
        .where(FamilyRequest.id == request_id, FamilyRequest.state.in_(list(sources)))
        .values(state=target)
        .execution_options(synchronize_session=False)
    )
    assert isinstance(moved, CursorResult)
    return moved.rowcount == 1


def note(
    session: Session,
    request_id: int,
    kind: RequestEventKind,
    actor: Actor,
    text: str = "",
    before: dict[str, Any] | None = None,
) -> RequestEvent:
    """Add a line to a request's history, and to the journal, which holds no text of anybody.

    `before` is what it takes the place of, for `undoing`.
    """
    event = RequestEvent(
        request_id=request_id,
        at=datetime.now(UTC),
        kind=kind,
        account_id=actor.account_id,
        acted_by=actor.acted_by,
        text=text,
        before=before,
    )
    session.add(event)
    journal.record(session, f"request_{kind.value}", actor, request=str(request_id))
    return event


def write_to_sender(
    session: Session, mail: MailKind, request: FamilyRequest, wait: timedelta = timedelta()
) -> int | None:
    """Send whoever made the request a mail with a link, if they want such mails; return its number.

    It says which request and by when, nothing of what is asked.
    """
    identifier = session.scalars(_WHO_WANTS_MAIL, {"account_id": request.account_id}).first()
    if not identifier:
        return None
    context = {"number": str(request.id), "request": request.public_id}
    if request.state in WAIT_FOR_TOWN:
        context[EXPECTED_ON] = request.expected_on.isoformat()
    queued = outbox.enqueue(session, mail, identifier, **context)
    queued.due_at += wait
    return queued.id
