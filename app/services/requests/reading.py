"""What a guardian sees of the family's requests."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, and_, bindparam, case, func, or_, select
from sqlalchemy.orm import aliased

from app import db, paging
from app.formats import day_of
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
)
from app.paging import PAGE_SIZE, Page
from app.services.actors import CurrentAccount
from app.services.files import stored_files
from app.services.files.stored_files import FoundFile, StoredFile
from app.services.files.uploads import Accepted
from app.services.requests import moving
from app.services.requests.answers import Answer, written
from app.services.requests.kinds import BY_KEY, PERSONAL, Kind
from app.services.requests.moving import OPEN, WAIT_FOR_TOWN

# Both guardians of a family see its requests, but those about one of them alone.
SEEN = (FamilyRequest.family_id == FAMILY) & or_(
    FamilyRequest.account_id == bindparam("account_id"),
    and_(*(FamilyRequest.kind != kind for kind in PERSONAL)),
)
# Not `in_`, whose list SQLAlchemy writes anew at each page.
_IS_OPEN = or_(*(FamilyRequest.state == state for state in OPEN))
_PIECE_MISSING = FamilyRequest.state == RequestState.PIECE_MISSING
# What waits for the family, then what waits for the town hall, then what is over.
_OPEN_FIRST = (
    case((_PIECE_MISSING, 0), (_IS_OPEN, 1), else_=2),
    FamilyRequest.id.desc(),
)
_LINES = (
    select(
        FamilyRequest.public_id,
        FamilyRequest.id,
        FamilyRequest.kind,
        FamilyRequest.state,
        FamilyRequest.sent_at,
        FamilyRequest.expected_on,
        Child.first_name,
    )
    .outerjoin(Child, Child.id == FamilyRequest.child_id)
    .where(SEEN)
    .order_by(*_OPEN_FIRST)
    .limit(PAGE_SIZE)
    .offset(bindparam("skipped"))
)
_COUNT = select(func.count(FamilyRequest.id)).where(SEEN)
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
        RequestEvent.at,
        RequestEvent.kind,
        RequestEvent.text,
        Guardian.full_name.label("author"),
        RequestEvent.acted_by,
    )
    .outerjoin(_author, _author.id == RequestEvent.account_id)
    .outerjoin(Guardian, Guardian.id == _author.guardian_id)
    .where(RequestEvent.request_id == bindparam("request_id"))
    .order_by(RequestEvent.at, RequestEvent.id)
)
_FILES = select(
    RequestFile.public_id,
    RequestFile.title,
    RequestFile.file,
    RequestFile.added_at,
    RequestFile.file_size,
)
FILES = _FILES.where(RequestFile.request_id == bindparam("request_id")).order_by(RequestFile.id)
_FILE = _FILES.join(FamilyRequest, FamilyRequest.id == RequestFile.request_id).where(
    SEEN,
    FamilyRequest.public_id == bindparam("public_id"),
    RequestFile.public_id == bindparam("file_id"),
)


@dataclass(frozen=True, slots=True)
class RequestLine:
    """A request in the list."""

    public_id: str
    number: int
    kind: str
    state: RequestState
    sent_at: datetime
    expected_on: date
    child: str | None

    @property
    def label(self) -> str:
        """Say what is asked."""
        return BY_KEY[self.kind].label

    @property
    def sent_on(self) -> date:
        """Return the day it left, in France."""
        return day_of(self.sent_at)

    @property
    def waits_for_town(self) -> bool:
        """Tell whether the town hall has to answer; while a piece is missing, it has not."""
        return self.state in WAIT_FOR_TOWN


@dataclass(frozen=True, slots=True)
class Event:
    """A dated line of a request's history; the author is None for the town hall.

    Who of the town hall it was is for the town hall alone.
    """

    at: datetime
    kind: RequestEventKind
    text: str
    author: str | None
    acted_by: str
    # What happened.
    words: str


@dataclass(frozen=True, slots=True)
class JoinedFile:
    """A file that the family joined; `file` is its stored name."""

    public_id: str
    title: str
    file: str
    added_at: datetime
    size: int | None

    @property
    def stored(self) -> StoredFile:
        """Say what it is, and how heavy."""
        return stored_files.describe(self.file, self.size)


@dataclass(frozen=True, slots=True)
class RequestDetails:
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
    def answer(self) -> str:
        """Return what the town hall said when it accepted or refused."""
        return "" if self.is_open else self.events[-1].text

    @property
    def accepted(self) -> Accepted:
        """Say what may still be joined."""
        return self.kind.files or Accepted.PAPERS


def listed(account: CurrentAccount, asked_page: str) -> Page[RequestLine]:
    """List the requests that this guardian may see: the open ones first, the latest first."""
    who = _who(account)
    [(total,)] = db.rows(_COUNT, **who)
    number = paging.page_number(asked_page, total)
    found = db.rows(_LINES, **who, skipped=(number - 1) * PAGE_SIZE)
    return Page([RequestLine(*row) for row in found], number, total)


def find(account: CurrentAccount, public_id: str) -> RequestDetails | None:
    """Return a request that this guardian may see; another family's does not exist."""
    return read(_ONE, **_who(account), public_id=public_id)


def find_file(account: CurrentAccount, public_id: str, file_id: str) -> FoundFile | None:
    """Find a file of a request that this guardian may see."""
    found = db.rows(_FILE, **_who(account), public_id=public_id, file_id=file_id)
    return FoundFile(Folder.REQUESTS, found[0].file, found[0].title) if found else None


def read(statement: Select[*tuple[Any, ...]], **parameters: object) -> RequestDetails | None:
    """Read the one request that a statement on REQUEST finds, with its history and files."""
    found = db.rows(statement, **parameters)
    if not found:
        return None
    row = found[0]
    return RequestDetails(
        number=row.id,
        public_id=row.public_id,
        kind=BY_KEY[row.kind],
        state=row.state,
        sent_at=row.sent_at,
        expected_on=row.expected_on,
        answers=written(row.kind, row.details, row.child, row.invoice),
        events=[
            Event(*each, words=moving.event_words(row.kind, each.kind))
            for each in db.rows(EVENTS, request_id=row.id)
        ],
        files=[JoinedFile(*each) for each in db.rows(FILES, request_id=row.id)],
    )


def _who(account: CurrentAccount) -> dict[str, int]:
    return {"family_id": account.family_id, "account_id": account.account_id}
