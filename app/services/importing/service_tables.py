"""`service.csv` and `inscription.csv`, column by column."""

import re
from datetime import date, datetime

from sqlalchemy import String

from app.booking_kinds import Late, ServiceMode, Waiting
from app.formats import ended, fold
from app.models import ServiceKind
from app.services.bookings.setting_up import building, services
from app.services.importing import fields
from app.services.importing.faults import FieldRefused
from app.services.importing.fields import Kind, choice, text
from app.services.importing.tables import Column, SourceFile
from app.services.refusals import Refusal

# In the order of the week; a second M is mercredi.
_DAY = re.compile(r"ma|me|l|m|j|v|s|d")
_LETTERS = {"l": 0, "ma": 1, "me": 2, "j": 3, "v": 4, "s": 5, "d": 6}
PERIODS = {"scolaire": (True, False), "vacances": (False, True), "toutes": (True, True)}


def _parse_weekdays(value: str) -> frozenset[int]:
    letters = re.sub(r"[\s,.;/-]", "", fold(value))
    found: list[int] = []
    for letter in _DAY.findall(letters):
        written = letter if letter != "m" else "me" if 1 in found else "ma"
        found.append(_LETTERS[written])
    if (
        not found
        or len("".join(_DAY.findall(letters))) < len(letters)
        or found != sorted(set(found))
    ):
        raise FieldRefused("écrivez les jours dans l’ordre, comme LMJV, LMMJV ou Me pour mercredi.")
    return frozenset(found)


def _parse_hour(value: str) -> int | None:
    try:
        return building.minute(value)
    except Refusal as refusal:
        raise FieldRefused(ended(str(refusal))) from refusal


def _parse_capacity(value: str) -> int:
    if not re.fullmatch(r"[0-9]{1,6}", value):
        raise FieldRefused("écrivez un nombre de places, ou rien.")
    return int(value)


def _parse_days(value: str) -> int:
    if not re.fullmatch(r"[0-9]{1,2}", value):
        raise FieldRefused("écrivez combien d’absences de suite sont dues, ou rien.")
    return int(value)


def _parse_hours(value: str) -> int:
    if not re.fullmatch(r"[0-9]{1,3}", value):
        raise FieldRefused("écrivez en combien d’heures un justificatif s’envoie, ou rien.")
    return int(value)


def _parse_opening(value: str) -> datetime | None:
    typed_day, _, typed_hour = value.strip().partition(" ")
    try:
        return building.opening(date.fromisoformat(fields.DAY.parse(typed_day)), typed_hour)
    except Refusal as refusal:
        raise FieldRefused(ended(str(refusal))) from refusal


def _parse_rule(value: str) -> str:
    try:
        return services.canonical(value)
    except Refusal as refusal:
        raise FieldRefused(ended(str(refusal))) from refusal


def _parse_keys(value: str) -> tuple[str, ...]:
    return tuple(fields.KEY.parse(each) for each in value.split())


OPENING = Kind(_parse_opening, String())
RULE = Kind(_parse_rule, String(), "")
HOUR = Kind(_parse_hour, String())
KEYS = Kind(_parse_keys, String(), None)
CAPACITY = Kind(_parse_capacity, String())
SERVICES = SourceFile(
    "service.csv",
    key=("source_id",),
    columns=(
        Column("id", "source_id", fields.KEY, required=True),
        Column("nom", "name", text(100), required=True),
        Column("nomCourt", "short_name", text(40), counts=True),
        Column("type", "kind", choice(
            {"cantine": ServiceKind.CANTEEN, "garderie": ServiceKind.GARDERIE,
             "midi": ServiceKind.MIDDAY, "loisirs": ServiceKind.LEISURE,
             "autre": ServiceKind.OTHER},
            "écrivez CANTINE, GARDERIE, MIDI, LOISIRS ou AUTRE.", String(), ServiceKind.OTHER,
        ), counts=True),
        Column("gestionnaire", "operator", text(100), counts=True),
        Column("jours", "weekdays", Kind(
            _parse_weekdays, String(), frozenset({0, 1, 3, 4})  # type: ignore[arg-type]
        ), counts=True),
        Column("heureDebut", "starts_at", HOUR, counts=True),
        Column("heureFin", "ends_at", HOUR, counts=True),
        Column("periode", "period", choice(
            {word: word for word in PERIODS},
            "écrivez SCOLAIRE, VACANCES ou TOUTES.", String(), "scolaire",
        ), counts=True),
        Column("mode", "mode", choice(
            {"jours": ServiceMode.DAYS, "demande": ServiceMode.REQUEST,
             "pointage": ServiceMode.ATTENDANCE_ONLY},
            "écrivez JOURS, DEMANDE ou POINTAGE.", String(), ServiceMode.DAYS,
        ), counts=True),
        Column("capacite", "capacity", CAPACITY, counts=True),
        Column("listeAttente", "waiting", choice(
            {"non": Waiting.NONE, "automatique": Waiting.AUTOMATIC, "proposition": Waiting.OFFER},
            "écrivez NON, AUTOMATIQUE ou PROPOSITION.", String(), Waiting.NONE,
        ), counts=True),
        Column("entraine", "brings", KEYS, counts=True),
        Column("exige", "needs", KEYS, counts=True),
        Column("exclut", "excludes", KEYS, counts=True),
        Column("ouvertureReservation", "opens_at", OPENING, counts=True),
        Column("limiteReservation", "book_rule", RULE, counts=True),
        Column("limiteAnnulation", "cancel_rule", RULE, counts=True),
        Column("limiteAbsence", "absence_rule", RULE, counts=True),
        Column("carence", "due_absences", Kind(_parse_days, String()), counts=True),
        Column("justificatif", "proof_hours", Kind(_parse_hours, String()), counts=True),
        Column("avancer", "shift", fields.YES_OR_NO, counts=True),
        Column("retard", "late", choice(
            {"refus": Late.REFUSE, "majoration": Late.SURCHARGE, "demande": Late.REQUEST},
            "écrivez REFUS, MAJORATION ou DEMANDE.", String(), Late.REFUSE,
        ), counts=True),
    ),
)  # fmt: skip
ENROLMENTS = SourceFile(
    "inscription.csv",
    key=("child", "service", "first"),
    columns=(
        Column("enfant_id", "child", fields.KEY, required=True),
        Column("service_id", "service", fields.KEY, required=True),
        Column("du", "first", fields.DAY, required=True),
        Column("au", "last", fields.DAY, counts=True),
        Column("famille_id", "family", fields.KEY, counts=True),
        Column("groupe", "group", text(100), counts=True),
    ),
)
