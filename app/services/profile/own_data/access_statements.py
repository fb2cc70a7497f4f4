"""What is read for « Mes données » of one's access: devices, secrets, addresses, mails, journal."""

from sqlalchemy import bindparam, case, func, or_, select

from app.models import (
    FAMILY,
    AccountSession,
    EmailChange,
    JournalEntry,
    OutboxMail,
    TemporaryPassword,
)
from app.services.profile.own_data.statements import ACCOUNT

# Acts that only somebody with the password can do: where they came from is the parent's own
# business. Anybody may fail to sign in.
PROVEN_EVENTS = ("signed_in", "signed_out", "password_changed", "password_chosen")

SESSIONS = (
    select(
        AccountSession.user_agent.label("appareil"),
        AccountSession.created_at.label("ouverte_le"),
        AccountSession.last_seen_at.label("vue_le"),
        AccountSession.ended_at.label("fermee_le"),
    )
    .where(AccountSession.account_id == ACCOUNT)
    .order_by(AccountSession.id)
)
TEMPORARY_PASSWORDS = (
    select(
        TemporaryPassword.created_at.label("envoye_le"),
        TemporaryPassword.expires_at.label("valable_jusqu_au"),
        TemporaryPassword.used_at.label("hors_service_le"),
        TemporaryPassword.by_letter.label("par_lettre"),
    )
    .where(TemporaryPassword.account_id == ACCOUNT)
    .order_by(TemporaryPassword.id)
)
EMAIL_CHANGES = (
    select(
        EmailChange.address.label("adresse"),
        EmailChange.created_at.label("demande_le"),
        EmailChange.expires_at.label("valable_jusqu_au"),
        EmailChange.ended_at.label("termine_le"),
    )
    .where(EmailChange.account_id == ACCOUNT)
    .order_by(EmailChange.id)
)
MAILS = (
    select(
        OutboxMail.kind.label("nature"),
        func.nullif(OutboxMail.address, "").label("adresse"),
        OutboxMail.created_at.label("demande_le"),
        OutboxMail.settled_at.label("termine_le"),
        OutboxMail.state.label("etat"),
    )
    .where(OutboxMail.identifier == bindparam("identifier"))
    .order_by(OutboxMail.id)
)
# Who at the town hall looked at what is theirs is told by name; of what it did for them, the act.
LOOKED_AT = ("family_opened", "viewed_as")
JOURNAL = (
    select(
        JournalEntry.at.label("le"),
        JournalEntry.event.label("acte"),
        case((JournalEntry.event.in_(PROVEN_EVENTS), func.nullif(JournalEntry.address, ""))).label(
            "adresse_internet"
        ),
        case((JournalEntry.event.in_(LOOKED_AT), JournalEntry.acted_by)).label("par"),
    )
    .where(
        or_(
            JournalEntry.account_id == ACCOUNT,
            (JournalEntry.family_id == FAMILY) & (JournalEntry.event == "family_opened"),
        )
    )
    .order_by(JournalEntry.at, JournalEntry.id)
)
