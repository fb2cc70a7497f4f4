"""What each mail of the portal says, and to whom."""

from dataclasses import dataclass
from datetime import datetime

from app.mailer import templates
from app.mailer.message import Message, Sender, domain_of
from app.services.temporary_passwords import IssuedPassword
from app.settings import settings

CREDENTIALS = "credentials"
ACTIVATION = "activation"
PASSWORD_CHANGED = "password_changed"  # noqa: S105

# Those that carry a temporary password: few are sent to one person.
WITH_SECRET = frozenset({CREDENTIALS, ACTIVATION})

IN_FRENCH = {
    CREDENTIALS: "identifiants perdus",
    ACTIVATION: "première connexion",
    PASSWORD_CHANGED: "mot de passe changé",
}


@dataclass(frozen=True, slots=True)
class Recipient:
    """Whom a mail is for."""

    account_id: int
    identifier: str
    address: str


def write(
    kind: str,
    recipient: Recipient,
    issued: IssuedPassword | None,
    asked_at: datetime,
    context: dict[str, str],
) -> Message:
    """Write the mail of this kind. Raises PermanentFailure when the address cannot be used."""
    portal = settings.public_url.rstrip("/")
    content = templates.render(
        kind,
        settings=settings,
        identifier=recipient.identifier,
        issued=issued,
        asked_at=asked_at,
        sign_in_url=f"{portal}/connexion",
        forgotten_url=f"{portal}/mot-de-passe-oublie",
        choose_url=f"{portal}/mot-de-passe/lien/{issued.link_token}" if issued else "",
        **context,
    )
    return Message(
        sender=Sender.parse(settings.mail_sender),
        recipient=recipient.address,
        subject=content.subject,
        text=content.text,
        html=content.html,
        domain=domain_of(settings),
    )
