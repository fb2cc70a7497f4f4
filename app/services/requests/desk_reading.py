"""One request, as the town hall reads it: what was asked, by whom, and what it would change."""

from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Row, bindparam, select

from app import db
from app.formats import phone
from app.models import (
    Account,
    ClerkAccount,
    Family,
    FamilyRequest,
    Folder,
    Guardian,
    Invoice,
    RequestEventKind,
    RequestFile,
)
from app.services.families import accepted
from app.services.files.stored_files import FoundFile, StoredFile
from app.services.refusals import Reason, Refusal
from app.services.requests import desk_line, reading
from app.services.requests.answers import TO_ERASE
from app.services.requests.desk_line import DeskLine
from app.services.requests.kinds import DETAILS
from app.services.requests.reading import JoinedFile, RequestDetails

_NUMBER = FamilyRequest.id == bindparam("number")
_FOUND = (
    desk_line.joined(reading.REQUEST)
    .add_columns(
        *(each.label(f"line_{place}") for place, each in enumerate(desk_line.COLUMNS)),
        FamilyRequest.family_id,
        Guardian.mobile,
        Guardian.phone,
        Guardian.work_phone,
        ClerkAccount.public_id.label("holder_id"),
        Invoice.public_id.label("invoice_id"),
    )
    .where(_NUMBER)
)
_HELD = (
    select(
        *(getattr(Guardian, name) for name in accepted.OF_GUARDIAN),
        *(getattr(Family, name) for name in accepted.OF_FAMILY),
    )
    .select_from(FamilyRequest)
    .join(Account, Account.id == FamilyRequest.account_id)
    .join(Guardian, Guardian.id == Account.guardian_id)
    .join(Family, Family.id == FamilyRequest.family_id)
    .where(_NUMBER)
)
_FILE = select(RequestFile.file, RequestFile.title).where(
    RequestFile.request_id == bindparam("number"), RequestFile.public_id == bindparam("file_id")
)


class Piece(NamedTuple):
    """A file of the family."""

    joined: JoinedFile
    # Whether it came since the town hall's last word.
    is_new: bool

    @property
    def title(self) -> str:
        """Name it as the family's device did."""
        return self.joined.title

    @property
    def file(self) -> str:
        """Return its stored name."""
        return self.joined.file

    @property
    def added_at(self) -> datetime:
        """Say when it came."""
        return self.joined.added_at

    @property
    def stored(self) -> StoredFile:
        """Say what it is, and how heavy."""
        return self.joined.stored


class Change(NamedTuple):
    """What a value is, and what the family would have instead."""

    label: str
    before: str
    after: str


class DeskRequest(NamedTuple):
    """A request, whole, with who sent it and its files."""

    line: DeskLine
    details: RequestDetails
    pieces: list[Piece]
    family_id: int
    # Of whoever sent it; empty when nobody knows.
    phones: list[str]
    # Who looks after it, in addresses.
    holder_id: str | None
    # The invoice that it is about, in addresses of its family; and its number.
    invoice_id: str | None
    invoice: str | None
    # As JSON values, by the names of the fields.
    wishes: dict[str, object]

    @property
    def children(self) -> list[str]:
        """Name the children that it is about."""
        if self.line.child:
            return [self.line.child]
        named = self.wishes.get("children", [])
        return [str(each) for each in named] if isinstance(named, list) else []


def find(number: int) -> DeskRequest:
    """Return a request, whole. Raises Refusal when no request has this number."""
    found = db.rows(_FOUND, number=number)
    if not found:
        raise unknown(number)
    [row] = found
    details = reading.whole(row, reading.EVENTS)
    return DeskRequest(
        DeskLine(*_line(row)),
        details,
        _pieces(details),
        row.family_id,
        [phone for phone in (row.mobile, row.phone, row.work_phone) if phone],
        row.holder_id,
        row.invoice_id,
        row.invoice,
        row.details,
    )


def changes(request: DeskRequest) -> list[Change]:
    """Say what accepting a change of details would change, before and after."""
    if request.details.kind.key != DETAILS:
        return []
    [held] = db.rows(_HELD, number=request.details.number)
    labels = accepted.OF_GUARDIAN | accepted.OF_FAMILY
    return [
        Change(
            labels[name],
            _shown(name, str(getattr(held, name) or "")),
            _shown(name, str(wish)) or TO_ERASE,
        )
        for name, wish in request.wishes.items()
        if name in labels
    ]


def find_file(number: int, file_id: str) -> FoundFile | None:
    """Find a file of a request, whoever joined it."""
    found = db.rows(_FILE, number=number, file_id=file_id)
    return FoundFile(Folder.REQUESTS, found[0].file, found[0].title) if found else None


def unknown(number: int) -> Refusal:
    """Say that no request has this number."""
    return Refusal(Reason.UNKNOWN, f"il n’y a pas de demande n°\u00a0{number}.")


def _line(row: Row[*tuple[Any, ...]]) -> list[Any]:
    return [getattr(row, f"line_{place}") for place in range(len(desk_line.COLUMNS))]


def _shown(name: str, value: str) -> str:
    return phone(value) if name in accepted.PHONES and value else value


def _pieces(details: RequestDetails) -> list[Piece]:
    # What left with the request is no news either.
    since = max(
        event.at
        for event in details.events
        if (event.author is None and event.is_told) or event.kind is RequestEventKind.SENT
    )
    return [Piece(each, is_new=details.is_open and each.added_at > since) for each in details.files]
