"""What a request says, as a French speaker would write it down."""

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from app.calendar import working_days
from app.formats import NBSP, day_in_full, phone, today
from app.services.families import accepted
from app.services.requests.kinds import KINDS, PLACE

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
# Its number as it was asked about: it may leave the files, or the import that brought it be undone.
INVOICE = "invoice"

# In the order in which they are read.
LABELS = {
    INVOICE: "Facture",
    "children": "Enfants",
    "places": "Places demandées",
    "days": "Jours",
    "moments": "Moments",
    "starts_on": "À partir du",
    "ends_on": "Jusqu’au",
    "year": "Année",
    **accepted.OF_GUARDIAN,
    **accepted.OF_FAMILY,
    "text": "Précisions",
}
# Where a kind has another word for it.
OF_KIND = {
    ABSENCE: {"starts_on": "Premier jour", "ends_on": "Dernier jour", "text": "Raison"},
    PLACE: {"text": "Raison"},
}


class Answer(NamedTuple):
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
        details = {name: said for name, said in details.items() if name != INVOICE}
    for name, label in LABELS.items():
        if name in details and (details[name] or kind == "details"):
            found.append(Answer(_label(kind, name, label), _text(name, details[name])))
    if kind == CANTEEN:
        found.append(Answer("Garderie de midi", MIDDAY_TOO))
    return found


def with_children(details: Mapping[str, object], names: list[str]) -> dict[str, object]:
    """Name the children among the answers when there are several: a request holds one."""
    return {**details, "children": names} if len(names) > 1 else {**details}


def boxes(details: Mapping[str, object]) -> list[str]:
    """Read the boxes of the week that a place is asked for by."""
    found = details.get("boxes")
    return [str(each) for each in found] if isinstance(found, list) else []


def start_soon(details: Mapping[str, object]) -> bool:
    """Tell whether it begins by the next working day: too soon for an answer in writing."""
    first = date.fromisoformat(str(details["starts_on"]))
    return today() <= first <= working_days.after(today(), 1)


def days_in_words(details: Mapping[str, object]) -> str:
    """Write the days of a registration, and its moments when it has some."""
    return ", ".join(
        _text(name, details[name]) for name in ("days", "moments") if details.get(name)
    )


def _label(kind: str, name: str, label: str) -> str:
    return OF_KIND.get(kind, {}).get(name, label)


def _text(name: str, value: object) -> str:
    if isinstance(value, list):
        words = WEEKDAYS | MOMENTS
        if name == "places":
            # Each has a comma of its own.
            return f"{NBSP}; ".join(map(str, value))
        return ", ".join(words.get(str(each), str(each)) for each in value)
    if name in {"starts_on", "ends_on"}:
        return day_in_full(date.fromisoformat(str(value)))
    if name in accepted.PHONES and value:
        return phone(str(value))
    return str(value) or TO_ERASE
