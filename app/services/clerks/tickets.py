"""What a clerk holds between the password and the code: it signs nobody in."""

import secrets
from datetime import timedelta
from enum import StrEnum
from typing import NamedTuple

from itsdangerous import BadSignature, URLSafeTimedSerializer

from app import db
from app.models import ClerkAccount
from app.services.clerks import lookup
from app.services.tokens import second_factors
from app.services.tokens.clerk_links import mark_of
from app.services.tokens.sealing import seal
from app.services.tokens.signing import signing_keys

SALT = "clerk-ticket"
NONCE_BYTES = 8


class Step(StrEnum):
    """What whoever holds it may do next."""

    CODE = "code"
    CHOICE = "choice"


VALIDITY = {Step.CODE: timedelta(minutes=10), Step.CHOICE: timedelta(minutes=30)}


class Ticket(NamedTuple):
    """Whoever gave their password, and what comes next."""

    clerk: ClerkAccount
    step: Step
    # Of CODE, what the code of a mail is drawn from; of CHOICE, the secret to be taken, sealed.
    holding: str
    # Of the links of then: another tells that the ticket has served, or is void.
    mark: str

    def is_void(self, clerk: ClerkAccount) -> bool:
        """Tell whether it has served since it was read; the row is locked."""
        return mark_of(clerk.link_salt) != self.mark


def make(clerk: ClerkAccount, step: Step) -> tuple[str, str]:
    """Sign a ticket, for the cookie; return it and what it holds.

    It serves once: what it opens makes every ticket and link of before void.
    """
    holding = (
        secrets.token_hex(NONCE_BYTES) if step is Step.CODE else seal(second_factors.new_secret())
    )
    return _serializer().dumps([clerk.public_id, mark_of(clerk.link_salt), step, holding]), holding


def read(token: str, step: Step) -> Ticket | None:
    """Return whose it is; None once it is over, or void by a new password or a closed access."""
    try:
        said = _serializer().loads(token, max_age=int(VALIDITY[step].total_seconds()))
    except BadSignature:
        return None
    match said:
        case [str(public_id), str(mark), str(wanted), str(holding)] if wanted == step:
            clerk = lookup.still_open(lookup.by_public_id(db.session(), public_id))
            if clerk is not None and mark_of(clerk.link_salt) == mark:
                return Ticket(clerk, step, holding, mark)
    return None


def _serializer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(signing_keys(), salt=SALT)
