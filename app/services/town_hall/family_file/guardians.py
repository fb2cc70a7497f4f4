"""The guardians of a family, and where the access of each stands."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from enum import StrEnum
from math import ceil
from typing import Any, NamedTuple

from sqlalchemy import Row, bindparam, func, select

from app import db
from app.db import UtcDateTime
from app.formats import day_of, plural
from app.mailer.answers import without_quote
from app.models import (
    FAMILY,
    AcceptedValue,
    Account,
    AccountSession,
    EmailChange,
    Family,
    FamilyErasure,
    Guardian,
    RefusedAddress,
    Sex,
)
from app.services.accounts import throttles
from app.services.accounts.throttles import Hindered
from app.services.billing.ledger import BALANCE
from app.services.requests import erasures
from app.services.town_hall.family_file.opening import OPENED_TODAY

NOW = bindparam("now", type_=UtcDateTime)

_LAST_VISIT = (
    select(func.max(AccountSession.last_seen_at))
    .where(AccountSession.account_id == Account.id)
    .scalar_subquery()
)
_WAITING_ADDRESS = (
    select(func.max(EmailChange.address))
    .where(
        EmailChange.account_id == Account.id,
        EmailChange.ended_at.is_(None),
        EmailChange.expires_at >= NOW,
    )
    .scalar_subquery()
)
_TO_BE_ERASED_AT = (
    select(FamilyErasure.due_at)
    .where(FamilyErasure.family_id == FAMILY, erasures.IS_OPEN)
    .limit(1)
    .scalar_subquery()
)
_ROWS = (
    select(
        Family.number,
        Family.street,
        Family.postcode,
        Family.city,
        Family.direct_debit,
        Family.archived_at.label("left_at"),
        Family.missing_since,
        Family.erased_at,
        _TO_BE_ERASED_AT.label("to_be_erased_at"),
        BALANCE.label("balance"),
        OPENED_TODAY.label("opened_today"),
        Guardian.id.label("guardian_id"),
        Guardian.title,
        Guardian.first_name,
        Guardian.last_name,
        Guardian.sex,
        Guardian.mobile,
        Guardian.phone,
        Guardian.work_phone,
        Guardian.email,
        Guardian.email_confirmed_at,
        AcceptedValue.acted_by.label("corrected_by"),
        AcceptedValue.accepted_at.label("corrected_at"),
        RefusedAddress.reason.label("refusal"),
        Account.id.label("account_id"),
        Account.identifier,
        Account.password_hash.is_not(None).label("has_password"),
        Account.archived_at.label("closed_at"),
        _LAST_VISIT.label("last_visit"),
        Account.invited_at,
        _WAITING_ADDRESS.label("waiting_address"),
    )
    .select_from(Family)
    .outerjoin(Guardian, (Guardian.family_id == Family.id) & Guardian.rank.is_not(None))
    .outerjoin(Account, Account.guardian_id == Guardian.id)
    .outerjoin(
        AcceptedValue,
        (AcceptedValue.guardian_id == Guardian.id)
        & (AcceptedValue.field == "email")
        & AcceptedValue.settled_at.is_(None),
    )
    .outerjoin(RefusedAddress, RefusedAddress.address == Guardian.email)
    .where(Family.id == FAMILY)
    .order_by(Guardian.rank)
)


class Standing(StrEnum):
    """Where an access stands."""

    NONE = "none"
    CLOSED = "closed"
    # After too many failures.
    WAITS = "waits"
    BY_MAILBOX = "by mailbox"
    ACTIVE = "active"
    INVITED = "invited"
    NEVER_INVITED = "never invited"


class Origin(StrEnum):
    """Who says that an address is somebody's."""

    FILES = "files"
    CONFIRMED = "confirmed"
    CORRECTED = "corrected"


class GuardianCard(NamedTuple):
    """A guardian, as the town hall helps them."""

    id: int
    title: str
    first_name: str
    last_name: str
    sex: Sex | None
    phones: tuple[tuple[str, str], ...]
    email: str
    origin: Origin
    # When it was confirmed or corrected; and by whom, when that was the town hall.
    origin_on: date | None
    origin_by: str
    # Why mails to that address come back; empty when they do not.
    refusal: str
    # One that waits for its link.
    waiting_address: str
    # None where no import has given one yet.
    account_id: int | None
    identifier: str
    has_password: bool
    standing: Standing
    # Since when, or until when for somebody who has to wait.
    standing_at: datetime | None
    failures: int
    last_visit: datetime | None

    @property
    def name(self) -> str:
        """Write it as on an envelope, without the title."""
        return f"{self.first_name} {self.last_name}".strip()

    @property
    def standing_on(self) -> date | None:
        """Return the day of it, in the town."""
        return day_of(self.standing_at) if self.standing_at else None

    @property
    def wait(self) -> str:
        """Say how long they have to wait: 4 minutes."""
        assert self.standing_at is not None
        seconds = (self.standing_at - datetime.now(UTC)).total_seconds()
        return plural(max(1, ceil(seconds / 60)), "minute")

    @property
    def is_she(self) -> bool:
        """Tell how French agrees; a home or an association is neither."""
        return self.sex is Sex.FEMALE

    @property
    def pairs(self) -> str:
        """Write the identifiant to be dictated: 62 68 72 57."""
        return " ".join(self.identifier[at : at + 2] for at in range(0, len(self.identifier), 2))

    @property
    def proven(self) -> bool:
        """Tell whether somebody has made this access theirs: to be checked before it changes."""
        return self.has_password or self.origin is Origin.CONFIRMED


def rows(
    family_id: int, clerk_id: int, now: datetime, since: datetime
) -> Sequence[Row[*tuple[Any, ...]]]:
    """Read a family with its guardians, a row each; one row without any when it has none."""
    return db.rows(_ROWS, family_id=family_id, clerk_id=clerk_id, now=now, since=since)


def cards(found: Sequence[Row[*tuple[Any, ...]]], now: datetime) -> list[GuardianCard]:
    """Write their cards."""
    people = [row for row in found if row.guardian_id is not None]
    hindered = throttles.hindered([row.identifier for row in people if row.identifier], now)
    return [_card(row, hindered.get(row.identifier)) for row in people]


def _card(row: Any, hindered: Hindered | None) -> GuardianCard:
    standing, at = _standing(row, hindered)
    origin, origin_on, origin_by = _origin(row)
    return GuardianCard(
        id=row.guardian_id,
        title=row.title,
        first_name=row.first_name,
        last_name=row.last_name,
        sex=row.sex,
        phones=tuple(
            (label, number)
            for label, number in (
                ("Portable", row.mobile),
                ("Téléphone", row.phone),
                ("Au travail", row.work_phone),
            )
            if number
        ),
        email=row.email,
        origin=origin,
        origin_on=origin_on,
        origin_by=origin_by,
        refusal=without_quote(row.refusal or ""),
        waiting_address=row.waiting_address or "",
        account_id=row.account_id,
        identifier=row.identifier or "",
        has_password=bool(row.has_password),
        standing=standing,
        standing_at=at,
        failures=hindered.failures if hindered else 0,
        last_visit=row.last_visit,
    )


def _standing(row: Any, hindered: Hindered | None) -> tuple[Standing, datetime | None]:
    if row.account_id is None:
        return Standing.NONE, None
    if row.closed_at or row.left_at:
        return Standing.CLOSED, row.closed_at or row.left_at
    if hindered is not None:
        until = hindered.until
        return (Standing.WAITS if until else Standing.BY_MAILBOX), until
    if row.has_password:
        return Standing.ACTIVE, None
    if row.invited_at:
        return Standing.INVITED, row.invited_at
    return Standing.NEVER_INVITED, None


def _origin(row: Any) -> tuple[Origin, date | None, str]:
    if row.email_confirmed_at:
        return Origin.CONFIRMED, day_of(row.email_confirmed_at), ""
    if row.corrected_by:
        return Origin.CORRECTED, day_of(row.corrected_at), row.corrected_by
    return Origin.FILES, None, ""
