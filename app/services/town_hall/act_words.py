"""How an act of the journal is read."""

import re
from collections.abc import Iterator, Mapping

from app.services import retention
from app.services.clerks.rights import IN_FRENCH as ROLES
from app.services.jobs import kinds as jobs
from app.services.mail import kinds as mails
from app.services.noted_acts import ACTS
from app.services.past_acts import PastAct
from app.typed_text import one_line

# Each detail of an act, as it is read; what stands in no list is shown by its own name.
DETAILS = {
    "about": "qui",
    "absent": "absences",
    "added": "ajouts",
    "audience": "pour",
    "before": "avant",
    "child": "enfant",
    "count": "fois",
    "day": "jour",
    "days": "jours",
    "document": "document",
    "families": "familles",
    "file": "fichier",
    "files": "fichiers",
    "job": "travail",
    "kind": "nature",
    "late": "hors délai",
    "length": "longueur",
    "made_at": "faite le",
    "mail": "courriel",
    "mails": "courriels",
    "message": "message",
    "month": "mois",
    "note": "note",
    "reason": "raison",
    "removed": "annulations",
    "request": "demande",
    "request_delays": "délais promis",
    "request_kinds_off": "sortes fermées",
    "request_words": "phrases des sortes",
    "roles": "rôles",
    "rows_archived": "lignes archivées",
    "rows_back": "lignes remises",
    "rows_changed": "lignes changées",
    "rows_created": "lignes créées",
    "rows_kept": "lignes gardées",
    "rows_unchanged": "lignes inchangées",
    "run": "import n°",
    "service": "service",
    "services": "services",
    "source": "fichiers",
    "text": "texte",
    "town_address": "adresse",
    "town_director": "directeur de la publication",
    "town_host": "hébergeur",
    "town_hours": "horaires",
    "town_name": "nom",
    "town_phone": "téléphone",
    "town_website": "site",
    "waiting": "en attente",
    "without": "sans",
    "week": "semaine",
    "weeks": "semaines",
    "year": "année",
} | {rule.table.__tablename__: rule.plural for rule in retention.RULES}
# What some of them may be, one or several between commas.
_WISHES = {
    "messages": "messages",
    "invoices": "factures",
    "requests": "demandes et réservations",
    "reminders": "rappels",
}
VALUES = {
    "audience": {
        "all": "toutes les familles",
        "some": "plusieurs familles",
        "family": "une famille",
    },
    "kind": mails.IN_FRENCH | jobs.IN_FRENCH,
    "mails": _WISHES,
    "roles": {role.value: word for role, word in ROLES.items()},
    "without": _WISHES,
}
# They have columns of their own.
IN_COLUMNS = ("identifier", "family")


def words(act: PastAct) -> str:
    """Say what it is."""
    return said(act.kind)


def details(act: PastAct) -> Iterator[str]:
    """Say the rest."""
    return told(act.details)


def said(kind: str) -> str:
    """Say a kind; an older version may have noted what this one does not know."""
    return ACTS.get(kind, kind)


def told(noted: Mapping[str, str]) -> Iterator[str]:
    """Say what was noted beside an act."""
    for name, value in noted.items():
        if name not in IN_COLUMNS:
            yield f"{DETAILS.get(name, name)}\u00a0: {one_line(_read(name, value))}"


def _read(name: str, value: str) -> str:
    known = VALUES.get(name)
    return ", ".join(known.get(each, each) for each in re.split(", *", value)) if known else value
