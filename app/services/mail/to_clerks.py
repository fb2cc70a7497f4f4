"""Mails to the town hall's own: whom they are for, and the link or the code that they carry."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, literal, select, true
from sqlalchemy.orm import Session

from app.models import ClerkAccount
from app.services.mail.kinds import TO_CLERKS, MailKind
from app.services.mail.letters import STOP
from app.services.tokens import clerk_links, second_factors, wish_links
from app.services.tokens.clerk_links import Purpose
from app.services.tokens.sealing import unseal
from app.services.tokens.temporary_passwords import NOBODY

AnyRow = Row[*tuple[Any, ...]]

# As the queue sees a guardian, and what a link is drawn from.
_RECIPIENTS = select(
    literal(NOBODY).label("id"),
    literal("").label("identifier"),
    ClerkAccount.email,
    literal("").label("title"),
    ClerkAccount.name.label("first_name"),
    literal("").label("last_name"),
    literal(None).label("is_new"),
    true().label("may_sign_in"),
    ClerkAccount.public_id,
    ClerkAccount.link_salt,
    ClerkAccount.secret,
).where(
    ClerkAccount.email.in_(bindparam("addresses", expanding=True)),
    ClerkAccount.closed_at.is_(None),
)
_LINKS = {
    MailKind.CLERK_INVITATION: Purpose.INVITATION,
    MailKind.CLERK_PASSWORD: Purpose.PASSWORD,
}
# Of what is written for nobody.
_NOBODY = ("0" * 16, "0" * 16)


def recipients(session: Session, rows: Sequence[AnyRow]) -> dict[str, AnyRow]:
    """Find whom these mails are for, by address."""
    addresses = sorted({row.address for row in rows if row.kind in TO_CLERKS})
    if not addresses:
        return {}
    found = session.execute(_RECIPIENTS, {"addresses": addresses})
    return {row.email: row for row in found}


def dead_codes(rows: Sequence[AnyRow], now: datetime) -> set[int]:
    """Find the mails whose code could not be typed: it is over, or was never drawn."""
    validity = second_factors.MAILED_CODE_VALIDITY
    return {
        row.id
        for row in rows
        if row.kind == MailKind.CLERK_CODE
        and (row.created_at + validity < now or "nonce" not in row.context)
    }


def context(mail: AnyRow, clerk: AnyRow | None) -> dict[str, str]:
    """Draw what the mail carries, which no queue may hold."""
    kind = MailKind(mail.kind)
    if kind in _LINKS:
        named = (clerk.public_id, clerk.link_salt) if clerk else _NOBODY
        return {"token": clerk_links.token_for(_LINKS[kind], *named)}
    if kind is MailKind.CLERK_CODE and clerk is not None:
        secret = unseal(clerk.secret) or ""
        return {"code": second_factors.mailed_code(secret, mail.context["nonce"])}
    if kind is MailKind.CLERK_NEWS and clerk is not None:
        stop = wish_links.token_for_clerk(clerk.public_id, mail.context["told"])
        return {**mail.context, STOP: stop}
    return {}
