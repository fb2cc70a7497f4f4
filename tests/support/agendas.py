"""A school year as towns live it: the services of a canteen and of the holidays' centre."""

from dataclasses import replace
from datetime import date
from zoneinfo import ZoneInfo

from app.booking_kinds import SpanKind
from app.services.bookings.judge.agenda import Agenda, Span

PARIS = ZoneInfo("Europe/Paris")
SCHOOL_DAYS = frozenset({0, 1, 3, 4})
EVERY_DAY = frozenset(range(5))


def public(day: date, name: str) -> Span:
    return Span(SpanKind.PUBLIC, day, day, name)


def holidays(first: date, last: date, name: str) -> Span:
    return Span(SpanKind.SCHOOL, first, last, name)


SPANS = (
    public(date(2026, 5, 1), "fête du Travail"),
    public(date(2026, 5, 8), "8 mai 1945"),
    public(date(2026, 5, 14), "Ascension"),
    Span(SpanKind.BRIDGE, date(2026, 5, 15), date(2026, 5, 16), "pont de l’Ascension"),
    public(date(2026, 5, 25), "lundi de Pentecôte"),
    holidays(date(2026, 7, 4), date(2026, 8, 31), "vacances d’été"),
    holidays(date(2026, 10, 17), date(2026, 11, 1), "vacances de la Toussaint"),
    public(date(2026, 11, 1), "Toussaint"),
    public(date(2026, 11, 11), "Armistice"),
    holidays(date(2026, 12, 19), date(2027, 1, 3), "vacances de Noël"),
    public(date(2026, 12, 25), "Noël"),
    public(date(2027, 1, 1), "jour de l’An"),
    holidays(date(2027, 2, 6), date(2027, 2, 21), "vacances d’hiver"),
    public(date(2027, 3, 29), "lundi de Pâques"),
    holidays(date(2027, 4, 3), date(2027, 4, 18), "vacances de printemps"),
)
# Monday, Tuesday, Thursday and Friday of the term.
CANTEEN = Agenda(PARIS, SCHOOL_DAYS, spans=SPANS)
WEDNESDAYS = replace(CANTEEN, weekdays=frozenset({2}))
CENTRE = replace(CANTEEN, weekdays=EVERY_DAY, in_terms=False, in_holidays=True)
