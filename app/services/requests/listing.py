"""The list of a family's requests, as a guardian sees it."""

from datetime import date
from typing import NamedTuple

from sqlalchemy import bindparam, case, func, or_, select

from app import db, paging
from app.formats import day_of, town_zone
from app.models import Account, Child, FamilyRequest, Guardian, RequestState
from app.models.requests import WAIT_FOR_TOWN
from app.paging import PAGE_SIZE, Page
from app.services.actors import CurrentAccount
from app.services.requests.kinds import BY_KEY
from app.services.requests.moving import OPEN
from app.services.requests.reading import SEEN

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
        # The other guardian, when they sent it.
        case((FamilyRequest.account_id == bindparam("account_id"), ""), else_=Guardian.first_name),
    )
    .join(Account, Account.id == FamilyRequest.account_id)
    .join(Guardian, Guardian.id == Account.guardian_id)
    .outerjoin(Child, Child.id == FamilyRequest.child_id)
    .where(SEEN)
    .order_by(*_OPEN_FIRST)
    .limit(PAGE_SIZE)
    .offset(bindparam("skipped"))
)
_COUNT = select(func.count(FamilyRequest.id)).where(SEEN)


class RequestLine(NamedTuple):
    """A request in the list."""

    public_id: str
    number: int
    kind: str
    # What is asked, in words.
    label: str
    state: RequestState
    # By the town's clock.
    sent_on: date
    expected_on: date
    child: str | None
    sender: str

    @property
    def is_open(self) -> bool:
        """Tell whether somebody still has something to do."""
        return self.state in OPEN

    @property
    def waits_for_town(self) -> bool:
        """Tell whether the town hall has to answer; while a piece is missing, it has not."""
        return self.state in WAIT_FOR_TOWN


def listed(account: CurrentAccount, asked_page: str) -> Page[RequestLine]:
    """List the requests that this guardian may see: the open ones first, the latest first."""
    who = {"family_id": account.family_id, "account_id": account.account_id}
    [(total,)] = db.rows(_COUNT, **who)
    number = paging.page_number(asked_page, total)
    found = db.rows(_LINES, **who, skipped=(number - 1) * PAGE_SIZE)
    zone = town_zone()
    lines = [
        RequestLine(public_id, asked, kind, BY_KEY[kind].label, state, day_of(sent_at, zone), *rest)
        for public_id, asked, kind, state, sent_at, *rest in found
    ]
    return Page(lines, number, total)
