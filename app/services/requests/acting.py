"""What a parent may still do with a request that left: add a file, take it back."""

from collections.abc import Mapping, Sequence
from enum import Enum

from sqlalchemy import Date, Row, bindparam, case, select, update
from sqlalchemy.orm import Session

from app import db
from app.calendar import working_days
from app.formats import today
from app.models import FamilyRequest, Folder, RequestEventKind, RequestFile, RequestState
from app.services.actors import CurrentAccount
from app.services.files import stored_files
from app.services.files.uploads import CheckedFile
from app.services.requests import erasures, moving
from app.services.requests.kinds import ACCOUNT_DELETION, BY_KEY
from app.services.requests.moving import OPEN
from app.services.requests.reading import SEEN
from app.services.requests.sending import attach

MOST_FILES = 12

_REQUEST = select(FamilyRequest.id, FamilyRequest.kind).where(
    SEEN, FamilyRequest.public_id == bindparam("public_id")
)
# What was missing has come: the town hall has to look again, and has its time again.
_MISSING = FamilyRequest.state == RequestState.PIECE_MISSING
_TOUCH = (
    update(FamilyRequest)
    .where(FamilyRequest.id == bindparam("request_id"), FamilyRequest.state.in_(OPEN))
    .values(
        state=case((_MISSING, RequestState.TAKEN), else_=FamilyRequest.state),
        expected_on=case(
            (_MISSING, bindparam("answer_by", type_=Date)), else_=FamilyRequest.expected_on
        ),
    )
    .returning(FamilyRequest.id)
    .execution_options(synchronize_session=False)
)


class Outcome(Enum):
    """What became of an act."""

    DONE = "done"
    # No such request, or not for this guardian.
    UNKNOWN = "unknown"
    # The town hall has answered, or the request was taken back.
    CLOSED = "closed"
    TOO_MANY = "too many"


def add_files(account: CurrentAccount, public_id: str, files: Sequence[CheckedFile]) -> Outcome:
    """Join files to an open request; a file that is there already is not joined twice."""
    # Before anybody is kept from writing: a store may be slow.
    stored = stored_files.keep(Folder.REQUESTS, files)
    joined: set[str] = set()
    try:
        with db.transaction() as session:
            found = _find(session, account, public_id)
            if found is None:
                return Outcome.UNKNOWN
            request_id, kind = found
            answer_by = working_days.after(today(), BY_KEY[kind].answer_within)
            touched = {"request_id": request_id, "answer_by": answer_by}
            if session.execute(_TOUCH, touched).first() is None:
                return Outcome.CLOSED
            new, held = _new(session, request_id, dict(zip(stored, files, strict=True)))
            if held + len(new) > MOST_FILES:
                session.rollback()
                return Outcome.TOO_MANY
            if new:
                attach(session, request_id, list(new.values()), list(new))
                moving.note(session, request_id, RequestEventKind.PIECE_ADDED, account)
        joined.update(new)
    finally:
        stored_files.discard(Folder.REQUESTS, set(stored) - joined)
    return Outcome.DONE


def withdraw(account: CurrentAccount, public_id: str) -> Outcome:
    """Take back a request that has no answer yet."""
    with db.transaction() as session:
        found = _find(session, account, public_id)
        if found is None:
            return Outcome.UNKNOWN
        request_id, kind = found
        if not moving.move(session, request_id, OPEN, RequestState.WITHDRAWN):
            return Outcome.CLOSED
        moving.note(session, request_id, RequestEventKind.WITHDRAWN, account)
        if kind == ACCOUNT_DELETION:
            erasures.cancel(session, account.family_id, account)
    return Outcome.DONE


def _find(session: Session, account: CurrentAccount, public_id: str) -> Row[int, str] | None:
    parameters = {
        "family_id": account.family_id,
        "account_id": account.account_id,
        "public_id": public_id,
    }
    return session.execute(_REQUEST, parameters).first()


def _new(
    session: Session, request_id: int, sent: Mapping[str, CheckedFile]
) -> tuple[dict[str, CheckedFile], int]:
    """Keep what a double click did not bring already; count what is there."""
    held = session.execute(
        select(RequestFile.title, RequestFile.file_size, RequestFile.file).where(
            RequestFile.request_id == request_id
        )
    ).all()
    new = {
        stored: file
        for stored, file in sent.items()
        if not any(
            (title, size) == (file.title, len(file.content)) and _holds(name, file)
            for title, size, name in held
        )
    }
    return new, len(held)


def _holds(name: str, file: CheckedFile) -> bool:
    return stored_files.read(Folder.REQUESTS, name) == file.content
