"""A day of a service, tried: is it there, until when is it booked, and why."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import NamedTuple

from app.booking_kinds import SpanKind
from app.formats import WEEKDAYS, day_in_full, today
from app.models import ServiceKind
from app.services.bookings.judge import spoken
from app.services.bookings.judge.agenda import Agenda, Sort
from app.services.bookings.judge.rules import Rule, without_limit
from app.services.bookings.setting_up import reading, services
from app.services.bookings.setting_up.services import Described
from app.services.refusals import Reason, Refusal

ACTS = (("book_rule", "Réserver"), ("cancel_rule", "Annuler"), ("absence_rule", "Absence"))
NOTHING_SAID = {
    "book_rule": "jusqu’à la fin du jour",
    "cancel_rule": "jusqu’à la fin du jour",
    "absence_rule": "jamais",
}
# The week that has begun has limits that are over.
A_WEEK = timedelta(weeks=1)
FULL_CANTEEN = (
    "Une cantine peut refuser un enfant quand elle est pleine (Conseil d’État, 22 mars 2021,"
    " n°\u00a0429361), jamais d’après la situation de sa famille (article L.\u00a0131-13 du code de"
    " l’éducation)."
)
NO_HOLIDAYS = (
    "Le calendrier n’a pas de vacances scolaires\u00a0: chargez-les, les limites se comptent"
    " d’après lui."
)


class Tried(NamedTuple):
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
        limits=list(_limits(service.described, kept, day)) if is_served else [],
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


def _limits(told: Described, kept: Agenda, day: date) -> Iterator[str]:
    until, words = _until(told, kept, day), _in_words(told)
    for (_, act), instant, rule in zip(ACTS, until, words, strict=True):
        yield f"{act}\u00a0: {instant}" + (f" ({rule})" if rule != instant else "")


class Line(NamedTuple):
    """One of the next days, and until when what may be done."""

    day: date
    limits: list[str]


class Ahead(NamedTuple):
    """What a service would be, on its next days; and what to know of it."""

    lines: list[Line]
    rules: list[str]
    warnings: list[str]


def ahead(told: Described, number: int) -> Ahead:
    """Try a service as it is described, saved or not. Raises Refusal for what cannot be."""
    services.check(told)
    kept = reading.agenda(told, number, today())
    first = today() + A_WEEK
    return Ahead(
        lines=[Line(day, _until(told, kept, day)) for day in reading.coming(kept, first)],
        rules=_in_words(told),
        warnings=list(_warnings(told, kept)),
    )


def _until(told: Described, kept: Agenda, day: date) -> list[str]:
    found = []
    for field, _ in ACTS:
        rule = _rule(told, field)
        found.append(reading.example(rule, kept, day).words if rule else NOTHING_SAID[field])
    return found


def _in_words(told: Described) -> list[str]:
    rules = [(_rule(told, field), field) for field, _ in ACTS]
    return [spoken.rule(rule) if rule else NOTHING_SAID[field] for rule, field in rules]


def _rule(told: Described, field: str) -> Rule | None:
    text: str = getattr(told, field) or (told.book_rule if field == "cancel_rule" else "")
    return reading.parsed(text)


def _warnings(told: Described, kept: Agenda) -> Iterator[str]:
    """Say what the law says, and what is probably not meant; nothing of it is refused."""
    if told.kind is ServiceKind.CANTEEN and told.capacity is not None:
        yield FULL_CANTEEN
    if not any(each.kind is SpanKind.SCHOOL for each in kept.spans):
        yield NO_HOLIDAYS
    for field, act in ACTS:
        rule = _rule(told, field)
        left = without_limit(rule, told.weekdays) if rule else []
        if left:
            yield f"{act}\u00a0: {', '.join(left)} suit la limite du jour d’avant."
