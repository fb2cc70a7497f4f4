"""Temporary passwords: a secret good once; a mail carries it for 24 hours, a letter for 30 days.

The secret of a mail has 128 random bits, the code of a letter 59, so a keyed SHA-256 is enough to
keep it: no slow hash is needed.
"""

import hashlib
import hmac
import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import cast

from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy import CursorResult, Row, Table, bindparam, select, update
from sqlalchemy.orm import Session

from app import db
from app.models import Account, TemporaryPassword
from app.services.tokens.signing import signing_keys
from app.settings import settings
from app.typed_text import compact

VALIDITY = timedelta(hours=24)
SECRET_BYTES = 16
SECRET_FORM = re.compile(r"[0-9a-f]{32}", re.ASCII)
LETTER_VALIDITY = timedelta(days=30)
# Read on paper and typed: no sign is taken for another, as 0 is for o, or 1 for l.
LETTER_SIGNS = "23456789abcdefghjkmnpqrstuvwxyz"
LETTER_LENGTH = 12
LETTER_FORM = re.compile(f"[{LETTER_SIGNS}]{{{LETTER_LENGTH}}}", re.ASCII)
READ_AT_ONCE = 4
LINK_SALT = "temporary-password-link"
MARK_CHARACTERS = 8
# No row has this number.
NOBODY = 0

_TABLE = cast(Table, TemporaryPassword.__table__)
_MADE = [_TABLE.c.secret_hash, _TABLE.c.created_at, _TABLE.c.expires_at]
# Of an account that is there; of nobody, the same statement adds nothing.
_OF_AN_ACCOUNT = select(
    Account.id, *(bindparam(column.key, type_=column.type) for column in _MADE)
).where(Account.id == bindparam("account"))
_KEPT = select(_TABLE.c.id, _TABLE.c.secret_hash, _TABLE.c.used_at).where(
    _TABLE.c.secret_hash.in_(bindparam("hashes", expanding=True))
)


@dataclass(frozen=True, slots=True)
class IssuedPassword:
    """A secret just made, on its way to a mailbox: the only place where it is readable."""

    secret: str = field(repr=False)
    link_token: str = field(repr=False)
    expires_at: datetime


def issue(session: Session, account_id: int) -> IssuedPassword:
    """Make a new secret for this account, in the caller's transaction."""
    [issued] = _keep(session, {secrets.token_hex(SECRET_BYTES): account_id}).values()
    assert issued is not None
    return issued


def issue_for_letters(session: Session, accounts: Sequence[int]) -> dict[int, str]:
    """Make the code of each account's letter, in the caller's transaction; earlier ones are void.

    What is returned, in groups to be read, is kept nowhere.
    """
    now = datetime.now(UTC)
    row = TemporaryPassword
    earlier = update(row).where(row.account_id.in_(accounts), row.by_letter, row.used_at.is_(None))
    session.execute(earlier.values(used_at=now))
    codes = {
        each: "".join(map(secrets.choice, [LETTER_SIGNS] * LETTER_LENGTH)) for each in accounts
    }
    session.add_all(
        TemporaryPassword(
            account_id=account,
            secret_hash=_keyed_hash(code, settings.secret_key),
            created_at=now,
            expires_at=now + LETTER_VALIDITY,
            by_letter=True,
        )
        for account, code in codes.items()
    )
    return {account: _in_groups(code) for account, code in codes.items()}


def _in_groups(code: str) -> str:
    return "-".join(code[at : at + READ_AT_ONCE] for at in range(0, LETTER_LENGTH, READ_AT_ONCE))


def issue_for_mails(
    session: Session, accounts: Mapping[str, int | None]
) -> dict[str, IssuedPassword | None]:
    """Make the secret of each mail, the same at each try; None when it was used or died meanwhile.

    Mails have a key each. Nothing tells whether a copy that was handed over without an answer
    arrived: the parent then has one secret, however many copies there are. Only our key gives it,
    and it is kept nowhere.

    For nobody the same is done, and nothing kept: who watches the clock sees no difference.
    """
    made = {
        key: _keyed_hash(f"mail {key}", settings.secret_key)[: 2 * SECRET_BYTES] for key in accounts
    }
    kept = _keep(session, {made[key]: account for key, account in accounts.items()})
    return {key: kept[secret] for key, secret in made.items()}


def _keep(session: Session, accounts: Mapping[str, int | None]) -> dict[str, IssuedPassword | None]:
    """Keep these secrets, in two statements however many; one that is kept lasts anew."""
    now = datetime.now(UTC)
    hashes = {secret: _keyed_hash(secret, settings.secret_key) for secret in accounts}
    rows = [
        {
            "account": account or NOBODY,
            "secret_hash": hashes[secret],
            "created_at": now,
            "expires_at": now + VALIDITY,
        }
        for secret, account in accounts.items()
    ]
    if not rows:
        return {}
    added = db.insert(TemporaryPassword).from_select(
        ["account_id", *(column.key for column in _MADE)], _OF_AN_ACCOUNT
    )
    lasting = added.on_conflict_do_update(
        index_elements=["secret_hash"],
        set_={"expires_at": added.excluded.expires_at},
        where=_TABLE.c.used_at.is_(None),
    )
    connection = session.connection()
    connection.execute(lasting, rows)
    kept = {
        row.secret_hash: row for row in connection.execute(_KEPT, {"hashes": [*hashes.values()]})
    }
    return {
        secret: _issued(secret, secret_hash, kept.get(secret_hash), now + VALIDITY)
        for secret, secret_hash in hashes.items()
    }


def _issued(
    secret: str, secret_hash: str, row: Row[int, str, datetime | None] | None, expires_at: datetime
) -> IssuedPassword | None:
    if row is not None and row.used_at is not None:
        return None
    row_id = NOBODY if row is None else row.id
    return IssuedPassword(secret, _link_token(row_id, secret_hash), expires_at)


def find_by_secret(session: Session, account_id: int, typed: str) -> TemporaryPassword | None:
    """Find the unused temporary password that was typed, expired or not.

    Forgiven: blanks and signs without width that a mail program glued to it, the full stop of the
    sentence around it, capitals from a phone's keyboard, and how the groups of a code are parted.
    """
    secret = compact(typed).strip(".").lower()
    if not SECRET_FORM.fullmatch(secret):
        secret = secret.replace("-", "")
        if not (settings.letter_codes and LETTER_FORM.fullmatch(secret)):
            return None
    hashes = [_keyed_hash(secret, key) for key in signing_keys()]
    return session.scalars(
        select(TemporaryPassword).where(
            TemporaryPassword.account_id == account_id,
            TemporaryPassword.secret_hash.in_(hashes),
            TemporaryPassword.used_at.is_(None),
        )
    ).first()


def find_by_link(session: Session, token: str) -> TemporaryPassword | None:
    """Find the temporary password a mail's link stands for, used and expired ones included."""
    try:
        reference = _link_serializer().loads(token)
    except BadSignature:
        return None
    return referred_to(session, reference)


def reference(row: TemporaryPassword) -> list[object]:
    """Name a row for something signed: by its number, and by a part of what no other row has."""
    return _named(row.id, row.secret_hash)


def referred_to(session: Session, reference: object) -> TemporaryPassword | None:
    """Find the row that was named so; None for what another version signed."""
    match reference:
        case [int(row_id), str(mark)]:
            row = session.get(TemporaryPassword, row_id)
            found = row is not None and _named(row.id, row.secret_hash) == [row_id, mark]
            return row if found else None
    return None


def usable(row: TemporaryPassword) -> bool:
    """Tell whether it can still open the page that chooses a password."""
    return row.used_at is None and datetime.now(UTC) <= row.expires_at


def consume(session: Session, row_id: int) -> bool:
    """Use a temporary password up; of several simultaneous uses exactly one gets True."""
    now = datetime.now(UTC)
    result = session.execute(
        update(TemporaryPassword)
        .where(
            TemporaryPassword.id == row_id,
            TemporaryPassword.used_at.is_(None),
            TemporaryPassword.expires_at >= now,
        )
        .values(used_at=now)
    )
    assert isinstance(result, CursorResult)
    return result.rowcount == 1


def revoke_all(session: Session, account_id: int) -> None:
    """Void every temporary password of an account."""
    session.execute(
        update(TemporaryPassword)
        .where(TemporaryPassword.account_id == account_id, TemporaryPassword.used_at.is_(None))
        .values(used_at=datetime.now(UTC))
    )


def _keyed_hash(secret: str, key: str) -> str:
    return hmac.new(key.encode(), secret.encode(), hashlib.sha256).hexdigest()


def _link_token(row_id: int, secret_hash: str) -> str:
    return _link_serializer().dumps(_named(row_id, secret_hash))


def _named(row_id: int, secret_hash: str) -> list[object]:
    # The mark tells a row from another that gets its number, after a backup was restored.
    return [row_id, secret_hash[:MARK_CHARACTERS]]


def _link_serializer() -> URLSafeSerializer:
    return URLSafeSerializer(signing_keys(), salt=LINK_SALT)
