"""What the judge says, in French: each sentence once, for all doors."""

from datetime import date, datetime
from decimal import Decimal

from app import formats
from app.booking_kinds import BookingState, ServiceMode, SpanKind
from app.formats import NBSP, WEEKDAYS, ended
from app.services.bookings.judge import spoken
from app.services.bookings.judge.agenda import Agenda, Sort
from app.services.bookings.judge.cases import Case
from app.services.bookings.judge.limits import BEFORE_ALL
from app.services.bookings.judge.naming import capital, no, the, to_the
from app.services.bookings.judge.verdicts import BOOKING, Act
from app.services.bookings.judge.worlds import Bookable, Cell

PAST = "Ce jour est passé."
DAY_ELSEWHERE = "Semaine de l’autre foyer."
DAY_LEFT = "Vous avez laissé ce jour à l’autre foyer."
DAY_LEFT_AND_BOOKED = "Vous avez laissé ce jour à l’autre foyer, qui l’a réservé."
BOOKED_ELSEWHERE = "Déjà réservé par l’autre foyer."
ALREADY_BOOKED = "C’est déjà réservé."
ALREADY_WAITING = "Déjà sur la liste d’attente."
ALREADY_ABSENT = "L’absence est déjà signalée."
NOTHING_BOOKED = "Rien n’est réservé ce jour-là."
NOT_BILLED = "Rien ne vous sera facturé."
WITHDRAWN = "La mairie annule cette réservation."
COLON = f"{NBSP}: "


def allowed(case: Case) -> str:
    """Say until when it may be done."""
    if case.act is Act.CANCEL and case.state is not BookingState.BOOKED:
        waits = case.state is BookingState.WAITING
        return f"Vous pouvez {'quitter la liste d’attente' if waits else 'laisser cette place'}."
    if case.act is Act.GRANT:
        return granted(case)
    if case.act is Act.WITHDRAW:
        return WITHDRAWN
    cell = case.first_to_close
    until = f"jusqu’au {spoken.limit(case.limit, case.service_of(cell).agenda.zone)}"
    # Whoever reads the limit of another service is told why.
    why = "" if cell == case.cell else f", avec {_the(case, cell)}"
    if case.state is BookingState.OFFERED:
        return f"Une place est gardée pour vous {until}."
    if case.late_cells:
        return ended(f"{book_late(case.price, case.of(Act.BOOK).price)}, {until}{why}")
    may = {
        Act.BOOK: "réserver",
        Act.BOOK_LATE: "réserver",
        Act.CANCEL: "annuler",
        Act.DECLARE_ABSENCE: "signaler une absence",
    }[case.act]
    if case.state is BookingState.ABSENT:
        may = "revenir sur l’absence"
    return ended(f"Vous pouvez {may} {until}{why}")


def not_served(case: Case, cell: Cell, sort: Sort) -> str:
    """Say what day it is."""
    if sort is not Sort.CLOSED:
        return also(case, cell, not_there(case.service_of(cell), cell.day))
    return also(case, cell, f"{_closed(case.why_closed(cell))} {NOT_BILLED}")


def not_there(service: Bookable, day: date) -> str:
    """Say why a service is not there on a day, to whomever."""
    sort = service.agenda.sort(day)
    if sort is Sort.WEEKDAY:
        return f"{capital(no(service.name))} le {WEEKDAYS[day.weekday()]}."
    if sort is Sort.TERM:
        return "Seulement pendant les vacances scolaires."
    return _by_name(service.agenda, day, sort)


def invoiced(case: Case) -> str:
    """Say by which invoice."""
    number = case.world.invoices.get(case.cell.day.replace(day=1))
    return f"Ce mois est facturé (facture{NBSP}{number})." if number else "Ce mois est facturé."


def not_by_days(case: Case) -> str:
    """Say how one comes to it."""
    name = case.service.name
    if case.service.mode is ServiceMode.ATTENDANCE_ONLY:
        return f"On vient sans réserver{COLON}les présences sont notées sur place."
    if case.service.mode is ServiceMode.REQUEST:
        return f"Une place {to_the(name)} se demande à la mairie."
    return f"On ne réserve pas {the(name)} jour par jour{COLON}on s’y inscrit."


def not_enrolled(case: Case) -> str:
    """Say who, and where."""
    child = case.world.children[case.cell.child]
    return f"{child} n’a pas d’inscription {to_the(case.service.name)} ce jour-là."


def excluded(case: Case, cell: Cell, other: Cell) -> str:
    """Name both."""
    return f"{capital(_the(case, cell))} et {_the(case, other)} s’excluent."


def needed(case: Case, cell: Cell, other: Cell) -> str:
    """Name both."""
    return ended(_needed(case, cell, other))


def still_needed(case: Case, cell: Cell, other: Cell) -> str:
    """Say what to cancel first."""
    return ended(f"{_needed(case, other, cell)}{COLON}annulez d’abord {_the(case, other)}")


def brought(case: Case, bringing: Cell) -> str:
    """Say what it comes with."""
    return ended(f"Avec {_the(case, bringing)}, on réserve aussi {_the(case, case.cell)}")


def too_early(case: Case, opens: datetime, cell: Cell) -> str:
    """Say when it opens."""
    said = spoken.opening(opens, case.service_of(cell).agenda.zone)
    return also(case, cell, f"Les réservations de cette période ouvrent le {said}.")


def too_late(case: Case) -> str:
    """Say until when it could be done, of which service and day."""
    cell = case.first_to_close
    service = case.service_of(cell)
    name, day = the(service.name), f"du {formats.day_and_month(cell.day)}"
    if never(case):
        return _never(case, name)
    ended = spoken.limit(case.limit, service.agenda.zone)
    if case.act is Act.CANCEL and service.is_canteen:
        words = f"Trop tard pour annuler{COLON}ce repas est commandé depuis {ended}."
    elif case.act is Act.CANCEL:
        words = f"Trop tard{COLON}on annulait {name} {day} jusqu’au {ended}."
    elif case.act is Act.DECLARE_ABSENCE:
        words = f"Trop tard{COLON}une absence {day} se signalait jusqu’au {ended}."
    elif case.world.state(cell) is BookingState.OFFERED:
        words = f"Trop tard{COLON}cette place était gardée jusqu’au {ended}."
    elif case.world.state(cell) is BookingState.ABSENT:
        words = f"Trop tard{COLON}on revenait sur une absence {day} jusqu’au {ended}."
    else:
        words = f"Trop tard{COLON}on réservait {name} {day} jusqu’au {ended}."
    return also(case, cell, words)


def never(case: Case) -> bool:
    """Tell whether there never was a time for it."""
    return case.limit == BEFORE_ALL


def full(case: Case, cell: Cell, waiting: int) -> str:
    """Say how many wait."""
    words = "Complet."
    if waiting:
        verb = "attend" if waiting == 1 else "attendent"
        words = f"Complet. {formats.plural(waiting, 'famille')} {verb} déjà."
    return also(case, cell, words)


def book_late(price: Decimal | None, normal: Decimal | None) -> str:
    """Write it on a button, with what it costs."""
    words = "Réserver hors délai"
    costs = late_price(price, normal)
    return f"{words}{COLON}{costs}" if costs else f"{words}, plus cher"


def late_price(price: Decimal | None, normal: Decimal | None) -> str:
    """Write both where they differ; nothing where the town did not say."""
    if price is None or normal is None:
        return ""
    if price == normal:
        return formats.euros(price)
    return f"{formats.euros(price)} au lieu de {formats.euros(normal)}"


def granted(case: Case) -> str:
    """Say who gave it, and what it costs past the limit."""
    if not case.late_cells:
        return "La mairie vous donne cette place."
    costs = late_price(case.price, case.of(Act.BOOK).price)
    return f"La mairie vous donne cette place hors délai{COLON if costs else ''}{costs}."


def also(case: Case, cell: Cell, words: str) -> str:
    """Tell first why another service is spoken of."""
    if cell == case.cell:
        return words
    verb = "on réserve" if case.act in BOOKING else "on annule"
    return f"{ended(f'Avec {the(case.service.name)}, {verb} aussi {_the(case, cell)}')} {words}"


def _needed(case: Case, cell: Cell, other: Cell) -> str:
    return f"Avec {_the(case, cell)}, il faut aussi {_the(case, other)}"


def _closed(reason: str) -> str:
    return ended(f"Fermé{COLON}{reason}") if reason else "Fermé ce jour-là."


def _by_name(agenda: Agenda, day: date, sort: Sort) -> str:
    if sort is Sort.CLOSED:
        return _closed(agenda.specials[day].reason)
    if sort is Sort.SCHOOL:
        holidays = agenda.holidays(day)
        return ended(capital(holidays.name)) if holidays else ""
    kind, word = {
        Sort.PUBLIC: (SpanKind.PUBLIC, "Férié"),
        Sort.TOWN: (SpanKind.TOWN, "Fermé"),
    }[sort]
    span = agenda.span(kind, day)
    return ended(f"{word}{COLON}{span.name}" if span else word)


def _never(case: Case, name: str) -> str:
    if case.act is Act.CANCEL:
        return ended(f"Une réservation est ferme{COLON}on n’annule pas {name}")
    if case.act is Act.DECLARE_ABSENCE:
        return ended(f"Une absence ne se signale pas ici pour {name}")
    return "On ne revient pas ici sur une absence."


def _the(case: Case, cell: Cell) -> str:
    return the(case.service_of(cell).name)
