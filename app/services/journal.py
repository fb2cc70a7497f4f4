"""The journal: one row and one log line for each act that somebody may ask about later."""

import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import NamedTuple, cast

from sqlalchemy import ColumnElement, Table, bindparam, func, insert, select
from sqlalchemy.orm import Session

from app.db import UtcDateTime
from app.models import JournalEntry
from app.services.actors import Actor, CurrentClerk

logger = logging.getLogger("portail.journal")
# Who else is told of each act, by its name alone.
watchers: list[Callable[[str], None]] = []

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
# Nobody does as much in a day; a script might, to hide the rest or to fill the disk.
MOST_LINES_A_DAY = 500
_LINES_SINCE = select(func.count(JournalEntry.id)).where(
    JournalEntry.account_id == bindparam("account_id"),
    JournalEntry.at > bindparam("since", type_=UtcDateTime),
)
_ADD = insert(cast(Table, JournalEntry.__table__))

# Every act that is noted, and how a parent reads it in « Mes données ».
ACTS = {
    "access_closed": "accès fermé par la mairie",
    "access_forgotten": "mot de passe et adresse retirés par un import",
    "access_code_made": "lettre avec code imprimée",
    "access_letter_made": "lettre d’accès faite par la mairie",
    "access_reopened": "accès rouvert par la mairie",
    "access_sent": "accès envoyé par la mairie",
    "backup_made": "sauvegarde faite",
    "backup_restored": "sauvegarde remise en place",
    "calendar_changed": "calendrier corrigé par la mairie",
    "calendar_loaded": "calendrier chargé par la mairie",
    "check_in_link_made": "lien de pointage ouvert à la mairie, pour une tablette",
    "child_enrolled": "enfant inscrit à un service par la mairie",
    "child_put_back": "enfant remis dans une famille par la mairie",
    "child_taken_out": "enfant retiré d’une famille par la mairie",
    "child_unenrolled": "inscription d’un enfant arrêtée par la mairie",
    "children_enrolled": "enfants inscrits à un service par la mairie",
    "clerk_closed": "accès de la mairie fermé",
    "clerk_code_refused": "code refusé à la mairie",
    "clerk_invited": "accès de la mairie donné",
    "clerk_mail_wishes_saved": "choix des courriels de la mairie",
    "clerk_password_asked": "lien de mot de passe demandé pour la mairie",
    "clerk_password_changed": "mot de passe de la mairie changé",
    "clerk_password_chosen": "mot de passe de la mairie choisi",
    "clerk_proof_refused": "mot de passe inexact, redemandé à la mairie",
    "clerk_renamed": "nom changé à la mairie",
    "clerk_reopened": "accès de la mairie rouvert",
    "clerk_reset": "mot de passe et code à choisir de nouveau à la mairie",
    "clerk_roles_changed": "rôles changés à la mairie",
    "clerk_second_factor_chosen": "façon de recevoir le code choisie à la mairie",
    "clerk_shortcuts_switched": "raccourcis clavier de la mairie mis ou retirés",
    "clerk_sign_in_refused": "échec de connexion à la mairie",
    "clerk_sign_in_throttled": "connexion à la mairie mise en attente",
    "clerk_signed_in": "connexion à la mairie",
    "clerk_signed_out": "déconnexion de la mairie",
    "clerk_signed_out_elsewhere": "autres navigateurs de la mairie déconnectés",
    "clerk_spare_code_used": "connexion à la mairie, par un code de secours",
    "clerk_spare_codes_renewed": "codes de secours de la mairie renouvelés",
    "credentials_flooded": "demandes de mot de passe écartées, trop nombreuses",
    "credentials_called_off": "invitations annulées avant de partir",
    "credentials_queued": "mots de passe temporaires demandés par la mairie",
    "credentials_requested": "mot de passe temporaire demandé",
    "custody_said": "semaines de garde dites par la mairie",
    "day_closed": "services fermés un jour par la mairie",
    "day_list_made": "liste du jour imprimée ou téléchargée à la mairie",
    "day_reopened": "services rouverts un jour par la mairie",
    "device_signed_out": "appareil déconnecté",
    "devices_signed_out": "appareils déconnectés par la mairie",
    "document_added": "document ajouté par la mairie",
    "document_replaced": "document remplacé par la mairie",
    "document_withdrawn": "document retiré par la mairie",
    "email_change_asked": "changement d’adresse demandé",
    "email_change_cancelled": "changement d’adresse annulé",
    "email_change_refused": "changement d’adresse refusé, mot de passe inexact",
    "email_change_resent": "courriel de confirmation demandé de nouveau",
    "email_confirmed": "adresse confirmée",
    "email_corrected": "adresse changée par la mairie",
    "erasure_cancelled": "effacement annulé",
    "erasure_planned": "effacement prévu",
    "family_erased": "famille effacée",
    "family_opened": "dossier de la famille ouvert à la mairie",
    "guardian_replaced": "accès retiré par un import",
    "family_note_removed": "note interne sur la famille retirée",
    "family_note_written": "note interne sur la famille",
    "health_removed": "régime, allergie ou PAI d’un enfant retiré par la mairie",
    "health_seen": "santé des enfants lue à la mairie, sur la liste d’un jour",
    "health_written": "régime, allergie ou PAI d’un enfant noté par la mairie",
    "import": "import des fichiers de la mairie",
    "import_asked": "import demandé par la mairie",
    "import_dropped": "import abandonné par la mairie",
    "import_mails_held": "courriels d’un import retenus par la mairie",
    "import_kept": "import gardé par la mairie, dont l’annulation s’était arrêtée",
    "import_undo_asked": "annulation d’un import demandée par la mairie",
    "import_undone": "import annulé",
    "import_read": "fichiers d’import lus par la mairie",
    "job_failed": "travail de fond abandonné",
    "journal_read": "journal lu à la mairie",
    "mail_abandoned": "courriel abandonné",
    "mail_for_nobody": "courriel demandé pour personne",
    "mail_refused": "courriel refusé",
    "mail_retried": "courriel à envoyer de nouveau",
    "mail_sent": "courriel envoyé",
    "mail_withdrawn": "courriel retiré avant de partir",
    "mail_wishes_saved": "choix des courriels",
    "meals_ordered": "repas commandés par la mairie",
    "message_answered": "réponse à un message",
    "message_answered_by_town": "réponse de la mairie à un message",
    "message_archived": "message archivé",
    "message_corrected": "message corrigé par la mairie",
    "message_reminded": "rappel d’un message par la mairie",
    "message_restored": "message remis dans la boîte de réception",
    "message_sending_cancelled": "envoi d’un message annulé par la mairie",
    "message_sent": "message envoyé par la mairie",
    "message_withdrawn": "message retiré par la mairie",
    "month_invoiced": "mois dit facturé par la mairie",
    "month_opened_again": "mois facturé rouvert par la mairie",
    "other_devices_signed_out": "autres appareils déconnectés",
    "own_data_given": "données téléchargées",
    "town_exported": "commune exportée",
    "password_change_refused": "changement de mot de passe refusé, mot de passe inexact",
    "password_changed": "mot de passe changé",
    "password_chosen": "mot de passe choisi",
    "payment_certificate_made": "attestation de paiement faite",
    "places_recounted": "comptes de places remis",
    "proxy_unannounced": "proxy qui n’est pas annoncé",
    "purge": "ménage",
    "ready_answers_changed": "modèles de réponse changés par la mairie",
    "request_accepted": "demande acceptée",
    "request_entrusted": "demande confiée à quelqu’un de la mairie",
    "request_noted": "note interne sur une demande",
    "request_piece_added": "pièce ajoutée à une demande",
    "request_piece_asked": "pièce demandée",
    "request_postponed": "réponse à une demande promise pour un autre jour",
    "request_refused": "demande refusée",
    "request_sent": "demande envoyée",
    "request_spoken": "message sur une demande",
    "request_taken": "demande prise en charge",
    "request_undone": "réponse de la mairie annulée",
    "request_withdrawn": "demande retirée",
    "service_added": "service ajouté par la mairie",
    "service_changed": "service changé par la mairie",
    "service_ended": "service arrêté par la mairie",
    "services_imported": "fichiers de services lus par la mairie",
    "sign_in_failed": "échec de connexion",
    "sign_in_throttled": "connexion mise en attente",
    "signed_in": "connexion",
    "signed_out": "déconnexion",
    "bookings_saved": "réservations enregistrées",
    "presence_told": "présence sans réservation dite à la famille",
    "place_given": "place donnée par la mairie à qui l’attendait",
    "place_refused": "attente refusée par la mairie",
    "place_offered": "place libérée et proposée à qui l’attendait",
    "offer_lapsed": "place proposée restée sans réponse, rendue aux suivants",
    "place_found": "place libérée et donnée à qui l’attendait",
    "crest_changed": "armoiries changées par la mairie",
    "request_kinds_changed": "sortes de demandes changées par la mairie",
    "tariff_changed": "tarif d’un service changé par la mairie",
    "town_changed": "commune décrite autrement par la mairie",
    "town_text_changed": "texte de la commune changé par la mairie",
    "temporary_password_accepted": "mot de passe temporaire accepté",
    "temporary_password_expired": "mot de passe temporaire périmé",
    "trial_mail_asked": "courriel d’essai demandé à la mairie",
    "typical_week_saved": "semaine type d’un enfant enregistrée",
    "feed_made": "adresse d’agenda faite",
    "feed_ended": "adresse d’agenda retirée",
    "week_let_be": "semaine sans rappel, à la demande de la famille",
    "viewed_as": "portail vu par la mairie tel que ce compte le montre",
    "wait_lifted": "attente levée par la mairie",
}


class _About(NamedTuple):
    """What an entry is about."""

    account_id: int | None
    family_id: int | None = None


def record(
    session: Session,
    event: str,
    actor: Actor,
    account_id: int | None = None,
    **details: str,
) -> None:
    """Add an entry to the caller's transaction; the event is one of ACTS.

    It is about the account of whoever acts, unless another is given. `details` never holds a
    password, a secret, a cookie or the text of a mail. Past what one account may add in a day, its
    acts of one kind share an entry, which counts them.
    """
    _check(event)
    _tell(event)
    about = _About(actor.account_id if account_id is None else account_id)
    if actor.account_id is not None and _is_full(session, actor.account_id):
        mine = JournalEntry.account_id == about.account_id
        if _count_in(session, event, mine, datetime.now(UTC) - DAY):
            return
    _add(session, event, actor, about, details)


def record_of_family(
    session: Session, event: str, actor: Actor, family_id: int, **details: str
) -> None:
    """Add an entry about a family's file, whichever of its accounts; by the town hall."""
    _check(event)
    _tell(event)
    _add(session, event, actor, _About(None, family_id), details)


def record_once_more(
    session: Session,
    event: str,
    actor: Actor,
    account_id: int | None = None,
    identifier: str = "",
) -> None:
    """Add to the count of this minute's entry about an identifiant; begin one where there is none.

    Without an identifiant, of what comes from the same address. For what somebody can repeat as
    fast as a machine: the caller lets one of them in at a time.
    """
    _tell(event)
    details = {"identifier": identifier} if identifier else {}
    if identifier:
        same = JournalEntry.details["identifier"].as_string() == identifier
    else:
        same = JournalEntry.address == actor.origin.address
    if not _count_in(session, event, same, datetime.now(UTC) - MINUTE):
        _add(session, event, actor, _About(account_id), details | {"count": "1"})


def _check(event: str) -> None:
    if event not in ACTS:
        raise ValueError(f"{event} has no words in the journal")


def _tell(event: str) -> None:
    for watcher in watchers:
        watcher(event)


def _is_full(session: Session, account_id: int) -> bool:
    lines = {"account_id": account_id, "since": datetime.now(UTC) - DAY}
    return session.scalars(_LINES_SINCE, lines).one() >= MOST_LINES_A_DAY


def _count_in(session: Session, event: str, which: ColumnElement[bool], since: datetime) -> bool:
    """Add one to the newest such entry; False when there is none."""
    newest = (
        select(JournalEntry)
        .where(JournalEntry.event == event, JournalEntry.at > since, which)
        .order_by(JournalEntry.id.desc())
        .limit(1)
    )
    entry = session.scalars(newest).one_or_none()
    if entry is None:
        return False
    count = int(entry.details.get("count", "1")) + 1
    entry.details = {**entry.details, "count": str(count)}
    return True


def _add(
    session: Session, event: str, actor: Actor, about: _About, details: dict[str, str]
) -> None:
    origin = actor.origin
    values = {
        "at": datetime.now(UTC),
        "event": event,
        "account_id": about.account_id,
        "family_id": about.family_id,
        "acted_by": actor.acted_by,
        "clerk_id": actor.clerk_id if isinstance(actor, CurrentClerk) else None,
        "address": origin.address,
        "request_id": origin.request_id,
        "details": details,
    }
    # Half the price of a row that the session looks after.
    session.connection().execute(_ADD, values)
    logger.info(
        event,
        extra={
            "account": about.account_id,
            "acted_by": actor.acted_by,
            "address": origin.address,
            "request": origin.request_id,
            # Apart: a detail may be called as logging calls something of its own.
            "details": details,
        },
    )
