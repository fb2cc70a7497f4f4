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
    NEW_MESSAGE = "new_message"
    NEW_INVOICE = "new_invoice"
    # Never in the queue: an operator sends it, and reads what becomes of it.
    TRIAL = "trial"


# Those that carry a temporary password: few are sent to one person.
WITH_SECRET = frozenset({MailKind.CREDENTIALS, MailKind.ACTIVATION})

# Those that somebody may do without, each with the wish that says so.
WISHES = {
    MailKind.NEW_MESSAGE: "messages",
    MailKind.NEW_INVOICE: "invoices",
    MailKind.REQUEST_RECEIVED: "requests",
    MailKind.REQUEST_ANSWERED: "requests",
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
    MailKind.NEW_MESSAGE: "nouveau message",
    MailKind.NEW_INVOICE: "nouvelle facture",
    MailKind.TRIAL: "essai",
}
