"""Temporary passwords: the secret a mail carries, good once, for 24 hours.

The secret has 128 random bits, so a keyed SHA-256 is enough to keep it: no slow hash is needed.
"""

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy import CursorResult, select, update
from sqlalchemy.orm import Session

from app.models import TemporaryPassword
from app.services.tokens.signing import signing_keys
from app.settings import settings
from app.typed_text import compact

VALIDITY = timedelta(hours=24)
SECRET_BYTES = 16
SECRET_FORM = re.compile(r"[0-9a-f]{32}", re.ASCII)
LINK_SALT = "temporary-password-link"
MARK_CHARACTERS = 8


@dataclass(frozen=True, slots=True)
class IssuedPassword:
    """A secret just made, on its way to a mailbox: the only place where it is readable."""

    secret: str = field(repr=False)
    link_token: str = field(repr=False)
    expires_at: datetime


def issue(session: Session, account_id: int) -> IssuedPassword:
    """Make a new secret for this account, in the caller's transaction."""
    return _keep(session, account_id, secrets.token_hex(SECRET_BYTES))


def issue_for_mail(session: Session, account_id: int, key: str) -> IssuedPassword | None:
    """Make the secret of one mail, the same at each try; None when it was used or died meanwhile.

    Nothing tells whether a copy that was handed over without an answer arrived: the parent then has
    one secret, however many copies there are. Only our key gives it, and it is kept nowhere.
    """
    secret = _keyed_hash(f"mail {key}", settings.secret_key)[: 2 * SECRET_BYTES]
    named = TemporaryPassword.secret_hash == _keyed_hash(secret, settings.secret_key)
    row = session.scalars(select(TemporaryPassword).where(named)).one_or_none()
    if row is None:
        return _keep(session, account_id, secret)
    if row.used_at is not None:
        return None
    row.expires_at = datetime.now(UTC) + VALIDITY
    return IssuedPassword(secret, _link_token(row), row.expires_at)


def _keep(session: Session, account_id: int, secret: str) -> IssuedPassword:
    now = datetime.now(UTC)
    row = TemporaryPassword(
        account_id=account_id,
        secret_hash=_keyed_hash(secret, settings.secret_key),
        created_at=now,
        expires_at=now + VALIDITY,
    )
    session.add(row)
    session.flush()
    return IssuedPassword(secret, _link_token(row), row.expires_at)


def find_by_secret(session: Session, account_id: int, typed: str) -> TemporaryPassword | None:
    """Find the unused temporary password that was typed, expired or not.

    Forgiven: blanks and signs without width that a mail program glued to it, the full stop of the
    sentence around it, and capitals from a phone's keyboard.
    """
    secret = compact(typed).strip(".").lower()
    if not SECRET_FORM.fullmatch(secret):
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
    return [row.id, _mark(row)]


def referred_to(session: Session, reference: object) -> TemporaryPassword | None:
    """Find the row that was named so; None for what another version signed."""
    match reference:
        case [int(row_id), str(mark)]:
            row = session.get(TemporaryPassword, row_id)
            return row if row is not None and _mark(row) == mark else None
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


def _link_token(row: TemporaryPassword) -> str:
    return _link_serializer().dumps(reference(row))


def _mark(row: TemporaryPassword) -> str:
    """Tell a row from another that gets its number, after a backup was restored."""
    return row.secret_hash[:MARK_CHARACTERS]


def _link_serializer() -> URLSafeSerializer:
    return URLSafeSerializer(signing_keys(), salt=LINK_SALT)
