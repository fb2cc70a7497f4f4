"""What each mail of the portal says, and to whom."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from app.mailer import templates
from app.mailer.message import Message, Sender, domain_of
from app.models import ClerkNews, MailState
from app.services.mail.kinds import WISHES, MailKind
from app.services.tokens import email_links, quiet_links, wish_links
from app.services.tokens.temporary_passwords import IssuedPassword
from app.settings import settings

# In the context of a mail about a request: the day by which the town hall answers.
EXPECTED_ON = "expected_on"
# In that of a reminder: the name of the week that it leads to.
WEEK = "week"
# In that of news for a clerk: what the link that stops them says.
STOP = "stop"

STATES = {
    MailState.QUEUED: "en attente",
    MailState.SENDING: "en cours d’envoi",
    MailState.SENT: "parti",
    MailState.UNKNOWN: "identifiant inconnu",
    MailState.ARCHIVED: "compte archivé",
    MailState.WITHDRAWN: "retiré avant de partir",
    MailState.NO_ADDRESS: "sans adresse",
    MailState.LIMITED: "de trop (limite)",
    MailState.REFUSED: "refusé",
    MailState.ABANDONED: "abandonné",
}


class Recipient(NamedTuple):
    """Whom a mail is for."""

    account_id: int
    identifier: str
    address: str
    # Whom it greets: a couple with one mailbox reads whose it is. Empty for an address that is
    # not, or no longer, that of this person.
    name: str = ""


def write(
    kind: MailKind,
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
        greeting=f"Bonjour {recipient.name}," if recipient.name else "Bonjour,",
        issued=issued,
        asked_at=asked_at,
        sign_in_url=f"{portal}/connexion",
        messages_url=f"{portal}/messages",
        statement_url=f"{portal}/releve",
        account_url=f"{portal}/compte",
        forgotten_url=f"{portal}/mot-de-passe-oublie",
        choose_url=f"{portal}/mot-de-passe/lien/{issued.link_token}" if issued else "",
        requests_url=f"{portal}/demandes",
        bookings_url=f"{portal}/reservations",
        children_url=f"{portal}/enfants",
        offered_url=f"{portal}/reservations/places-proposees",
        town_hall_url=f"{portal}/mairie",
        **_in_context(portal, kind, recipient.identifier, context),
    )
    return Message(
        sender=Sender.parse(settings.mail_sender),
        recipient=recipient.address,
        subject=content.subject,
        text=content.text,
        html=content.html,
        domain=domain_of(settings),
        unsubscribe_url=_unsubscribe_url(portal, kind, recipient, context),
    )


def _unsubscribe_url(
    portal: str, kind: MailKind, recipient: Recipient, context: dict[str, str]
) -> str:
    """Write the link that mail programs offer beside a mail of news; empty for the others."""
    if kind is MailKind.CLERK_NEWS:
        return f"{portal}/mairie/mon-compte/courriels/arreter/{context[STOP]}"
    if kind not in WISHES:
        return ""
    token = wish_links.token_for(recipient.identifier, WISHES[kind])
    return f"{portal}/compte/courriels/arreter/{token}"


@dataclass(frozen=True, slots=True)
class News:
    """Something that somebody of the town hall is told of: how many, and where it is read."""

    news: ClerkNews
    count: int
    address: str


def _in_context(
    portal: str, kind: MailKind, identifier: str, context: dict[str, str]
) -> dict[str, object]:
    """Read what the queue keeps as text."""
    if kind == MailKind.EMAIL_CONFIRMATION:
        return _with_link(portal, context)
    if kind == MailKind.BOOKING_REMINDER:
        return _with_week(portal, identifier, context)
    return _with_news(portal, context) if kind == MailKind.CLERK_NEWS else _dated(context)


def _with_week(portal: str, identifier: str, context: dict[str, str]) -> dict[str, object]:
    """Make the link to the week, and the one that says that nothing of it is missing."""
    token = quiet_links.token_for(identifier, context[WEEK])
    return {
        **context,
        "week_url": f"{portal}/reservations/semaine/{context[WEEK]}",
        "quiet_url": f"{portal}/reservations/rien/{token}",
    }


def _with_news(portal: str, context: dict[str, str]) -> dict[str, object]:
    """List what is told, the requests first, each with its page."""
    addresses = {
        ClerkNews.NEW_REQUEST: "/".join(filter(None, ("demandes", context.get("request")))),
        ClerkNews.LATE_REQUEST: "demandes?vue=en-retard",
        ClerkNews.FAILED_MAIL: "courriels?etat=pas-arrives",
    }
    told = [
        News(news, int(context[news]), f"{portal}/mairie/{address}")
        for news, address in addresses.items()
        if news in context
    ]
    return {"news": told}


def _dated(context: dict[str, str]) -> dict[str, object]:
    """Read the day that a queue keeps as text."""
    days = {key: date.fromisoformat(value) for key, value in context.items() if key == EXPECTED_ON}
    return {**context, **days}


def _with_link(portal: str, context: dict[str, str]) -> dict[str, object]:
    """Make the link that confirms an address, which no queue may hold, and say until when."""
    # A mail that another version queued has no mark: its link says that it is worth nothing.
    token = email_links.token_for(int(context["change"]), context.get("mark", ""))
    return {
        "confirm_url": f"{portal}/compte/courriel/confirmer/{token}",
        "expires_at": datetime.fromisoformat(context["expires_at"]),
    }
