"""A day of a service, tried: is it there, until when is it booked, and why."""

from dataclasses import dataclass
from datetime import date

from app.formats import day_in_full, today
from app.services.bookings import spoken
from app.services.bookings.agenda import Agenda, Sort
from app.services.bookings.rules import WEEKDAYS
from app.services.bookings.setting_up import reading
from app.services.bookings.setting_up.reading import Shown
from app.services.refusals import Reason, Refusal

ACTS = (("book_rule", "Réserver"), ("cancel_rule", "Annuler"), ("absence_rule", "Absence"))


@dataclass(frozen=True, slots=True)
class Tried:
    """What was found."""

    name: str
    day: date
    is_served: bool
    standing: str
    # What may be done until when, and the rule that says so.
    limits: list[str]


def on(slug: str, day: date) -> Tried:
    """Try a day of the service of this name. Raises Refusal when there is none."""
    services = {each.slug: each for each in reading.listed(today())}
    service = services.get(slug)
    if service is None:
        names = ", ".join(services) or "aucun encore"
        raise Refusal(
            Reason.UNKNOWN,
            f"aucun service ne s’appelle «\u00a0{slug}\u00a0»\u00a0; il y a\u00a0: {names}",
        )
    kept = reading.agenda(service.described, service.number, day)
    is_served = kept.is_served(day)
    return Tried(
        name=service.described.name,
        day=day,
        is_served=is_served,
        standing=standing(kept, day),
        limits=list(_limits(service, kept, day)) if is_served else [],
    )


def standing(kept: Agenda, day: date) -> str:
    """Say what the calendar makes of a day."""
    sort = kept.sort(day)
    match sort:
        case Sort.SERVED:
            return "ouvert"
        case Sort.WEEKDAY:
            return f"jamais le {WEEKDAYS[day.weekday()]}"
        case Sort.TERM:
            return "seulement pendant les vacances scolaires"
        case Sort.CLOSED:
            reason = kept.specials[day].reason
            return f"fermé par la mairie ({reason})" if reason else "fermé par la mairie"
    span = next(each for each in kept.spans if each.first <= day <= each.last)
    names = [each.name for each in kept.spans if each.first <= day <= each.last]
    return f"fermé\u00a0: {', '.join(names)}, jusqu’au {day_in_full(span.last)}"


def _limits(service: Shown, kept: Agenda, day: date) -> list[str]:
    book = service.described.book_rule
    found = []
    for field, act in ACTS:
        text = getattr(service.described, field)
        rule = reading.parsed(text or (book if field == "cancel_rule" else ""))
        if rule is None:
            said = "jusqu’à la fin du jour" if field != "absence_rule" else "jamais"
        else:
            said = f"{reading.example(rule, kept, day).words} ({spoken.rule(rule)})"
        found.append(f"{act}\u00a0: {said}")
    return found
