"""The kinds of mail that the portal sends: each has the folder of its templates for a name."""

from enum import StrEnum


class MailKind(StrEnum):
    """What a mail is for."""

    CREDENTIALS = "credentials"
    ACTIVATION = "activation"
    PASSWORD_CHANGED = "password_changed"  # noqa: S105
    EMAIL_CONFIRMATION = "email_confirmation"
    EMAIL_CHANGING = "email_changing"
    EMAIL_CHANGED = "email_changed"
    REQUEST_RECEIVED = "request_received"
    REQUEST_ANSWERED = "request_answered"
    BOOKINGS_SAVED = "bookings_saved"
    PLACE_FOUND = "place_found"
    UNBOOKED_PRESENCE = "unbooked_presence"
    BOOKING_REMINDER = "booking_reminder"
    PLACE_OFFERED = "place_offered"
    BOOKING_OPENS = "booking_opens"
    CUSTODY_WEEKS = "custody_weeks"
    NEW_MESSAGE = "new_message"
    NEW_INVOICE = "new_invoice"
    CLERK_INVITATION = "clerk_invitation"
    CLERK_PASSWORD = "clerk_password"  # noqa: S105
    CLERK_PASSWORD_CHANGED = "clerk_password_changed"  # noqa: S105
    CLERK_CODE = "clerk_code"
    CLERK_NEWS = "clerk_news"
    MEAL_ORDER = "meal_order"
    # To whoever of the town hall asks for it; an operator's leaves at once, past the queue.
    TRIAL = "trial"


# Those that carry a temporary password: few are sent to one person.
WITH_SECRET = frozenset({MailKind.CREDENTIALS, MailKind.ACTIVATION})

# Those to somebody of the town hall, whose address is in the row.
TO_CLERKS = frozenset(
    {
        MailKind.CLERK_INVITATION,
        MailKind.CLERK_PASSWORD,
        MailKind.CLERK_PASSWORD_CHANGED,
        MailKind.CLERK_CODE,
        MailKind.CLERK_NEWS,
        MailKind.TRIAL,
    }
)
# Those to somebody who has no access at all: the address is in the row.
TO_OUTSIDERS = frozenset({MailKind.MEAL_ORDER})
# Those that anybody can ask for anybody: they are written for nobody too.
ASKED_BY_STRANGERS = WITH_SECRET | {MailKind.CLERK_PASSWORD}

# Those that somebody may do without, each with the wish that says so.
WISHES = {
    MailKind.NEW_MESSAGE: "messages",
    MailKind.NEW_INVOICE: "invoices",
    MailKind.REQUEST_RECEIVED: "requests",
    MailKind.REQUEST_ANSWERED: "requests",
    MailKind.BOOKINGS_SAVED: "requests",
    MailKind.PLACE_FOUND: "requests",
    MailKind.UNBOOKED_PRESENCE: "requests",
    MailKind.BOOKING_REMINDER: "reminders",
    MailKind.PLACE_OFFERED: "requests",
    MailKind.CUSTODY_WEEKS: "requests",
}

# By what a row of the queue holds, which is text.
IN_FRENCH: dict[str, str] = {
    MailKind.CREDENTIALS: "identifiants perdus",
    MailKind.ACTIVATION: "première connexion",
    MailKind.PASSWORD_CHANGED: "mot de passe changé",
    MailKind.EMAIL_CONFIRMATION: "adresse à confirmer",
    MailKind.EMAIL_CHANGING: "changement d’adresse demandé",
    MailKind.EMAIL_CHANGED: "adresse changée",
    MailKind.REQUEST_RECEIVED: "demande reçue",
    MailKind.REQUEST_ANSWERED: "réponse à une demande",
    MailKind.BOOKINGS_SAVED: "réservations enregistrées",
    MailKind.PLACE_FOUND: "place libérée",
    MailKind.UNBOOKED_PRESENCE: "présence sans réservation",
    MailKind.BOOKING_REMINDER: "rappel d’une semaine à réserver",
    MailKind.PLACE_OFFERED: "place proposée",
    MailKind.BOOKING_OPENS: "ouverture des réservations",
    MailKind.CUSTODY_WEEKS: "semaines de chaque foyer",
    MailKind.NEW_MESSAGE: "nouveau message",
    MailKind.NEW_INVOICE: "nouvelle facture",
    MailKind.CLERK_INVITATION: "invitation de la mairie",
    MailKind.CLERK_PASSWORD: "mot de passe de la mairie",
    MailKind.CLERK_PASSWORD_CHANGED: "mot de passe de la mairie changé",
    MailKind.CLERK_CODE: "code de la mairie",
    MailKind.CLERK_NEWS: "nouvelles pour la mairie",
    MailKind.MEAL_ORDER: "commande de repas",
    MailKind.TRIAL: "essai",
}
