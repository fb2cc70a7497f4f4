"""The town hall's side: what families ask, and the answers."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import bindparam, case, func, select
from sqlalchemy.orm import Session, aliased

from app import db
from app.models import (
    Account,
    Family,
    FamilyRequest,
    Folder,
    Guardian,
    RequestEvent,
    RequestEventKind,
    RequestState,
)
from app.paging import PAGE_SIZE, Page
from app.services.actors import Actor
from app.services.files import stored_files
from app.services.files.uploads import CheckedFile
from app.services.mail.kinds import MailKind
from app.services.refusals import Reason, Refusal
from app.services.requests import applying, erasures, moving, reading
from app.services.requests.applying import LeftToDo
from app.services.requests.kinds import ACCOUNT_DELETION, BY_KEY
from app.services.requests.moving import OPEN, WAIT_FOR_TOWN
from app.services.requests.reading import RequestDetails
from app.services.requests.sending import attach
from app.typed_text import some_lines

LONGEST_TEXT = 2000
UNANSWERED = "écrivez votre réponse, ou joignez un fichier\u00a0: la famille les lira."
NOT_TO_REFUSE = (
    "c’est une question, on y répond, même pour dire non\u00a0: flask demandes accept {} TEXTE."
)

_said = aliased(RequestEvent)
_ANSWERED_SINCE = (
    select(1)
    .where(
        _said.request_id == RequestEvent.request_id,
        _said.account_id.is_(None),
        _said.kind != RequestEventKind.NOTED,
        _said.at >= RequestEvent.at,
    )
    .exists()
)
# The latest file that nobody at the town hall has answered.
_PIECE_CAME = (
    select(func.max(RequestEvent.at))
    .where(
        RequestEvent.request_id == FamilyRequest.id,
        RequestEvent.kind == RequestEventKind.PIECE_ADDED,
        FamilyRequest.state.in_(OPEN),
        ~_ANSWERED_SINCE,
    )
    .correlate(FamilyRequest)
    .scalar_subquery()
)
_LINES = (
    select(
        FamilyRequest.id,
        FamilyRequest.kind,
        FamilyRequest.state,
        FamilyRequest.sent_at,
        FamilyRequest.expected_on,
        Family.number,
        Guardian.full_name.label("sender"),
        _PIECE_CAME.label("piece_came_at"),
    )
    .join(Family, Family.id == FamilyRequest.family_id)
    .join(Account, Account.id == FamilyRequest.account_id)
    .join(Guardian, Guardian.id == Account.guardian_id)
)
# The most urgent first; last, those that wait for the family.
_OPEN_LINES = _LINES.where(FamilyRequest.state.in_(OPEN)).order_by(
    case((FamilyRequest.state.in_(WAIT_FOR_TOWN), 0), else_=1),
    FamilyRequest.expected_on,
    FamilyRequest.id,
)
_ALL_LINES = _LINES.order_by(FamilyRequest.id.desc())
_LINE = _LINES.where(FamilyRequest.id == bindparam("number"))
_REQUEST = reading.REQUEST.where(FamilyRequest.id == bindparam("number"))


class DeskLine(NamedTuple):
    """A request as the town hall lists it."""

    number: int
    kind: str
    state: RequestState
    sent_at: datetime
    expected_on: date
    family_number: str
    sender: str
    # When the family added a file that the town hall has not answered; None otherwise.
    piece_came_at: datetime | None

    @property
    def label(self) -> str:
        """Say what is asked."""
        return BY_KEY[self.kind].label

    @property
    def state_words(self) -> str:
        """Say where it stands."""
        return moving.state_words(self.kind, self.state)

    @property
    def is_late(self) -> bool:
        """Tell whether the family should have had its answer."""
        return moving.is_late(self.state, self.expected_on)


class Piece(NamedTuple):
    """A file of the family; `file` is its stored name."""

    title: str
    added_at: datetime
    file: str
    # Whether it came since the town hall's last word.
    is_new: bool


class DeskRequest(NamedTuple):
    """A request, whole, with who sent it and its files."""

    line: DeskLine
    details: RequestDetails
    pieces: list[Piece]


def listed(
    asked_page: str = "", size: int = PAGE_SIZE, *, everything: bool = False
) -> Page[DeskLine]:
    """List the requests that wait, the most urgent first; or all, the latest first."""
    return db.page(_ALL_LINES if everything else _OPEN_LINES, asked_page, size).of(DeskLine)


def find(number: int) -> DeskRequest:
    """Return a request, whole. Raises Refusal when no request has this number."""
    found = db.rows(_LINE, number=number)
    details = reading.read(_REQUEST, reading.EVENTS, number=number)
    if not found or details is None:
        raise _unknown(number)
    return DeskRequest(DeskLine(*found[0]), details, _pieces(details))


def _pieces(details: RequestDetails) -> list[Piece]:
    # What left with the request is no news either.
    since = max(
        event.at
        for event in details.events
        if (event.author is None and event.kind is not RequestEventKind.NOTED)
        or event.kind is RequestEventKind.SENT
    )
    return [
        Piece(
            each.title,
            each.added_at,
            each.file,
            is_new=details.is_open and each.added_at > since,
        )
        for each in details.files
    ]


def take(number: int, actor: Actor) -> None:
    """Tell the family that somebody is at it. Raises Refusal."""
    sources = (RequestState.SENT, RequestState.PIECE_MISSING)
    with db.transaction() as session:
        request = _moved(session, number, sources, RequestState.TAKEN)
        _say(session, request, RequestEventKind.TAKEN, actor)


def ask(number: int, text: str, actor: Actor) -> None:
    """Ask the family for a file. Raises Refusal."""
    wanted = _text(text, "dites quelle pièce il manque.")
    with db.transaction() as session:
        request = _moved(session, number, OPEN, RequestState.PIECE_MISSING)
        _say(session, request, RequestEventKind.PIECE_ASKED, actor, wanted)


def speak(number: int, text: str, actor: Actor, files: Sequence[CheckedFile] = ()) -> None:
    """Say something to the family, and leave the request open. Raises Refusal."""
    words = _text(text)
    with stored_files.keeping(Folder.REQUESTS, files) as stored, db.transaction() as session:
        if moving.move(session, number, WAIT_FOR_TOWN, RequestState.TAKEN):
            request = session.get_one(FamilyRequest, number)
        else:
            # What it still misses, it misses all the same.
            missing = RequestState.PIECE_MISSING
            request = _moved(session, number, (missing,), missing)
        said = _say(session, request, RequestEventKind.SPOKEN, actor, words)
        attach(session, number, files, stored, said.id)


def note(number: int, text: str, actor: Actor) -> None:
    """Write down what the town hall alone reads, whatever became of the request. Raises Refusal."""
    words = _text(text)
    with db.transaction() as session:
        if session.get(FamilyRequest, number) is None:
            raise _unknown(number)
        moving.note(session, number, RequestEventKind.NOTED, actor, words)


def accept(number: int, text: str, actor: Actor, files: Sequence[CheckedFile] = ()) -> LeftToDo:
    """Accept a request or answer it, and do what the portal can; return what is left to do.

    Raises Refusal.
    """
    words = _text(text) if text else ""
    with stored_files.keeping(Folder.REQUESTS, files) as stored, db.transaction() as session:
        request = _moved(session, number, OPEN, RequestState.ACCEPTED)
        if BY_KEY[request.kind].is_question and not (words or files):
            raise Refusal(Reason.MISSING, UNANSWERED)
        left = applying.apply(session, request, actor)
        if left.planned:
            moving.move(session, number, (RequestState.ACCEPTED,), RequestState.TAKEN)
            said = _say(session, request, RequestEventKind.TAKEN, actor, words or left.planned)
        else:
            said = _say(session, request, RequestEventKind.ACCEPTED, actor, words)
        attach(session, number, files, stored, said.id)
    return left


def refuse(number: int, reason: str, actor: Actor) -> None:
    """Refuse a request, with a reason. Raises Refusal."""
    why = _text(reason, "donnez la raison du refus\u00a0: la famille la lira.")
    with db.transaction() as session:
        request = _moved(session, number, OPEN, RequestState.REFUSED)
        if BY_KEY[request.kind].is_question:
            raise Refusal(Reason.UNFIT, NOT_TO_REFUSE.format(number))
        if request.kind == ACCOUNT_DELETION:
            erasures.cancel(session, request.family_id, actor)
        _say(session, request, RequestEventKind.REFUSED, actor, why)


def _moved(
    session: Session, number: int, sources: tuple[RequestState, ...], target: RequestState
) -> FamilyRequest:
    moved = moving.move(session, number, sources, target)
    request = session.get(FamilyRequest, number, populate_existing=True)
    if request is None:
        raise _unknown(number)
    if not moved:
        state = moving.state_words(request.kind, request.state).lower()
        raise Refusal(Reason.CLOSED, f"la demande n°\u00a0{number} est déjà «\u00a0{state}\u00a0».")
    return request


def _unknown(number: int) -> Refusal:
    return Refusal(Reason.UNKNOWN, f"il n’y a pas de demande n°\u00a0{number}.")


def _say(
    session: Session, request: FamilyRequest, kind: RequestEventKind, actor: Actor, text: str = ""
) -> RequestEvent:
    said = moving.note(session, request.id, kind, actor, text)
    moving.write_to_sender(session, MailKind.REQUEST_ANSWERED, request)
    session.flush()
    return said


def _text(typed: str, missing: str = "le texte est vide.") -> str:
    text = some_lines(typed)
    if not text:
        raise Refusal(Reason.MISSING, missing)
    if len(text) > LONGEST_TEXT:
        raise Refusal(Reason.TOO_LONG, f"écrivez {LONGEST_TEXT} caractères au plus.")
    return text
