"""What a guardian sees of the family's requests."""

from collections import defaultdict
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Row, Select, and_, bindparam, or_, select
from sqlalchemy.orm import aliased

from app import db
from app.models import (
    FAMILY,
    Account,
    Child,
    FamilyRequest,
    Folder,
    Guardian,
    Invoice,
    RequestEvent,
    RequestEventKind,
    RequestFile,
    RequestState,
    kind_of,
)
from app.services.actors import CurrentAccount
from app.services.files import stored_files
from app.services.files.stored_files import FoundFile, StoredFile
from app.services.files.uploads import Accepted
from app.services.requests import moving
from app.services.requests.answers import Answer, written
from app.services.requests.kinds import BY_KEY, PERSONAL, Kind
from app.services.requests.moving import OPEN

# Both guardians of a family see its requests, but those about one of them alone.
SEEN = (FamilyRequest.family_id == FAMILY) & or_(
    FamilyRequest.account_id == bindparam("account_id"),
    and_(*(FamilyRequest.kind != kind for kind in PERSONAL)),
)
REQUEST = (
    select(
        FamilyRequest.id,
        FamilyRequest.public_id,
        FamilyRequest.kind,
        FamilyRequest.state,
        FamilyRequest.sent_at,
        FamilyRequest.expected_on,
        FamilyRequest.details,
        (Child.first_name + " " + Child.last_name).label("child"),
        Invoice.number.label("invoice"),
    )
    .outerjoin(Child, Child.id == FamilyRequest.child_id)
    .outerjoin(Invoice, Invoice.id == FamilyRequest.invoice_id)
)
_ONE = REQUEST.where(SEEN, FamilyRequest.public_id == bindparam("public_id"))
_author = aliased(Account)
EVENTS = (
    select(
        RequestEvent.id,
        RequestEvent.at,
        RequestEvent.kind,
        RequestEvent.text,
        Guardian.full_name.label("author"),
        RequestEvent.acted_by,
        RequestEvent.undone_at,
    )
    .outerjoin(_author, _author.id == RequestEvent.account_id)
    .outerjoin(Guardian, Guardian.id == _author.guardian_id)
    .where(RequestEvent.request_id == bindparam("request_id"))
    .order_by(RequestEvent.at, RequestEvent.id)
)
# What the town hall notes, hands over or goes back on is its own.
INTERNAL = (RequestEventKind.NOTED, RequestEventKind.ENTRUSTED)


def told(event: type[RequestEvent] = RequestEvent) -> ColumnElement[bool]:
    """Choose the events that the family sees."""
    return and_(event.undone_at.is_(None), *(event.kind != kind for kind in INTERNAL))


TOLD = told()
_TOLD_EVENTS = EVENTS.where(TOLD)
_FILES = select(
    RequestFile.public_id,
    RequestFile.title,
    RequestFile.file,
    RequestFile.added_at,
    RequestFile.file_size,
    RequestFile.event_id,
)
_ALL_FILES = _FILES.where(RequestFile.request_id == bindparam("request_id")).order_by(
    RequestFile.id
)
_FILE = _FILES.join(FamilyRequest, FamilyRequest.id == RequestFile.request_id).where(
    SEEN,
    FamilyRequest.public_id == bindparam("public_id"),
    RequestFile.public_id == bindparam("file_id"),
)


class Event(NamedTuple):
    """A dated line of a request's history; the author is None for the town hall.

    Who of the town hall it was is for the town hall alone.
    """

    id: int
    at: datetime
    kind: RequestEventKind
    text: str
    author: str | None
    acted_by: str
    # What happened.
    words: str
    # What the town hall joined to its words.
    files: "list[JoinedFile]"
    # When the town hall went back on it.
    undone_at: datetime | None

    @property
    def typed_by(self) -> str:
        """Say who of the town hall typed the request, for a caller; empty for any other event."""
        return self.acted_by if self.kind is RequestEventKind.SENT else ""

    @property
    def is_told(self) -> bool:
        """Tell whether the family sees it."""
        return self.undone_at is None and self.kind not in INTERNAL


class JoinedFile(NamedTuple):
    """A file of a request; `file` is its stored name."""

    public_id: str
    title: str
    file: str
    added_at: datetime
    size: int | None

    @property
    def stored(self) -> StoredFile:
        """Say what it is, and how heavy."""
        return stored_files.describe(self.file, self.size)

    @property
    def is_picture(self) -> bool:
        """Tell whether a page may show it."""
        return kind_of(self.file) in Folder.PHOTOS.kinds


class RequestDetails(NamedTuple):
    """One request, whole."""

    number: int
    public_id: str
    kind: Kind
    state: RequestState
    sent_at: datetime
    expected_on: date
    answers: list[Answer]
    events: list[Event]
    files: list[JoinedFile]

    @property
    def is_open(self) -> bool:
        """Tell whether the family may still add to it, or take it back."""
        return self.state in OPEN

    @property
    def is_late(self) -> bool:
        """Tell whether the answer should have come."""
        return moving.is_late(self.state, self.expected_on)

    @property
    def piece_asked(self) -> str | None:
        """Return what the town hall waits for; None when it waits for nothing."""
        if self.state is not RequestState.PIECE_MISSING:
            return None
        asked = [each for each in self.events if each.kind is RequestEventKind.PIECE_ASKED]
        return asked[-1].text if asked else ""

    @property
    def answer(self) -> Event | None:
        """Return the words that closed it, or the last that the town hall said meanwhile."""
        if not self.is_open:
            return self.events[-1]
        said = [each for each in self.events if each.kind is RequestEventKind.SPOKEN]
        return said[-1] if said else None

    @property
    def accepted(self) -> Accepted:
        """Say what may still be joined."""
        return self.kind.files or Accepted.PAPERS


def find(account: CurrentAccount, public_id: str) -> RequestDetails | None:
    """Return a request that this guardian may see; another family's does not exist."""
    found = db.rows(_ONE, **_who(account), public_id=public_id)
    return whole(found[0], _TOLD_EVENTS) if found else None


def find_file(account: CurrentAccount, public_id: str, file_id: str) -> FoundFile | None:
    """Find a file of a request that this guardian may see."""
    found = db.rows(_FILE, **_who(account), public_id=public_id, file_id=file_id)
    return FoundFile(Folder.REQUESTS, found[0].file, found[0].title) if found else None


def whole(row: Row[*tuple[Any, ...]], events: Select[*tuple[Any, ...]]) -> RequestDetails:
    """Read the rest of a request that a statement on REQUEST found: these events, and its files."""
    files: dict[int | None, list[JoinedFile]] = defaultdict(list)
    for each in db.rows(_ALL_FILES, request_id=row.id):
        file = JoinedFile(each.public_id, each.title, each.file, each.added_at, each.file_size)
        files[each.event_id].append(file)
    told = db.rows(events, request_id=row.id)
    return RequestDetails(
        number=row.id,
        public_id=row.public_id,
        kind=BY_KEY[row.kind],
        state=row.state,
        sent_at=row.sent_at,
        expected_on=row.expected_on,
        answers=written(row.kind, row.details, row.child, row.invoice),
        events=[
            Event(
                each.id,
                each.at,
                each.kind,
                each.text,
                each.author,
                each.acted_by,
                moving.event_words(row.kind, each.kind),
                files[each.id],
                each.undone_at,
            )
            for each in told
        ],
        files=files[None],
    )


def _who(account: CurrentAccount) -> dict[str, int]:
    return {"family_id": account.family_id, "account_id": account.account_id}
