"""What a request says, as a French speaker would write it down."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from app.formats import day_in_full
from app.services.families import accepted
from app.services.requests.kinds import KINDS

WEEKDAYS = {
    "monday": "lundi",
    "tuesday": "mardi",
    "wednesday": "mercredi",
    "thursday": "jeudi",
    "friday": "vendredi",
}
MOMENTS = {"morning": "le matin", "evening": "le soir"}
CANTEEN = next(kind.key for kind in KINDS if kind.slug == "cantine")
ABSENCE = next(kind.key for kind in KINDS if kind.slug == "absence")
MIDDAY_TOO = "Pause méridienne comprise, les mêmes jours"
TO_ERASE = "À effacer"

# In the order in which they are read.
LABELS = {
    "days": "Jours",
    "moments": "Moments",
    "starts_on": "À partir du",
    "ends_on": "Jusqu’au",
    "year": "Année",
    **accepted.OF_GUARDIAN,
    **accepted.OF_FAMILY,
    "text": "Précisions",
}


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer of a request, under its label."""

    label: str
    text: str


def written(
    kind: str, details: Mapping[str, object], child: str | None = None, invoice: str | None = None
) -> list[Answer]:
    """Write down what a request says; an empty answer is left out, but what is to be erased."""
    found = [Answer("Enfant", child)] if child else []
    if invoice:
        found.append(Answer("Facture", invoice))
    for name, label in LABELS.items():
        if name in details and (details[name] or kind == "details"):
            found.append(Answer(_label(kind, name, label), _text(name, details[name])))
    if kind == CANTEEN:
        found.append(Answer("Garderie de midi", MIDDAY_TOO))
    return found


def _label(kind: str, name: str, label: str) -> str:
    if kind == ABSENCE:
        return {"starts_on": "Premier jour", "ends_on": "Dernier jour", "text": "Raison"}[name]
    return label


def _text(name: str, value: object) -> str:
    if isinstance(value, list):
        words = WEEKDAYS | MOMENTS
        return ", ".join(words.get(str(each), str(each)) for each in value)
    if name in {"starts_on", "ends_on"}:
        return day_in_full(date.fromisoformat(str(value)))
    return str(value) or TO_ERASE
