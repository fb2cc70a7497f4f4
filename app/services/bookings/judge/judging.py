"""The judge: what may be done to a child's day at a service, at the instant that one asked.

Of several obstacles the first one of the list is told. First what the calendar says, which is so
for everybody; then what no hurry changes; then what the family may change itself; then the hours;
last whether a place is left, as that changes while one reads.
"""

from collections.abc import Callable, Collection, Sequence
from datetime import datetime

from app.booking_kinds import BookingState, Late, ServiceMode, Waiting
from app.services.bookings.judge import sentences as say
from app.services.bookings.judge.agenda import Sort
from app.services.bookings.judge.cases import Case
from app.services.bookings.judge.rules import Never
from app.services.bookings.judge.verdicts import (
    BOOKING,
    BY_TOWN,
    GIVING_BACK,
    NO_DAY,
    Act,
    Obstacle,
    Remedy,
    RemedyKind,
    Verdict,
)
from app.services.bookings.judge.worlds import Cell, World

Check = Callable[[Case], Verdict | None]

SORTS = {
    Sort.CLOSED: Obstacle.CLOSED,
    Sort.PUBLIC: Obstacle.PUBLIC,
    Sort.SCHOOL: Obstacle.SCHOOL,
    Sort.TOWN: Obstacle.NOT_SERVED,
    Sort.TERM: Obstacle.NOT_SERVED,
    Sort.WEEKDAY: Obstacle.NOT_SERVED,
}
NO_DAYS = frozenset(sort for sort, obstacle in SORTS.items() if obstacle in NO_DAY)
WRITE = Remedy(RemedyKind.WRITE, "Écrire à la mairie")
REQUEST_PLACE = Remedy(RemedyKind.REQUEST_PLACE, "Demander une place exceptionnelle")
DECLARE_ABSENCE = Remedy(RemedyKind.DECLARE_ABSENCE, "Signaler une absence")
WAIT = Remedy(RemedyKind.WAIT, "M’inscrire sur la liste d’attente")
TELL_ME = Remedy(RemedyKind.TELL_ME, "Me prévenir")
ENROL = Remedy(RemedyKind.ENROL, "Demander l’inscription")
ASK_ABOUT_INVOICE = Remedy(RemedyKind.ASK_ABOUT_INVOICE, "Poser une question sur cette facture")


def judge(act: Act, cell: Cell, world: World, asked_at: datetime) -> Verdict:
    """Tell whether it may be done, as if at `asked_at`: whoever asks chooses what grace is given.

    Booking is judged with all that it brings, cancelling with all that goes: by the earliest limit.
    """
    case = Case(act, cell, world, asked_at)
    for check in CHECKS[act]:
        refused = check(case)
        if refused is not None:
            return refused
    return Verdict(say.allowed(case), limit=_limit(case), price=case.price, late=case.late_cells)


def is_no_day(cell: Cell, world: World) -> bool:
    """Tell before anything is judged whether the day is none of the service's, closed or not."""
    return world.services[cell.service].agenda.sort(cell.day) in NO_DAYS


def _served(case: Case) -> Verdict | None:
    for cell in case.cells:
        sort = case.sort(cell)
        if sort is not Sort.SERVED:
            return Verdict(say.not_served(case, cell, sort), SORTS[sort])
    return None


def _to_come(case: Case) -> Verdict | None:
    return Verdict(say.PAST, Obstacle.PAST) if case.cell.day < case.today else None


def _not_invoiced(case: Case) -> Verdict | None:
    until = case.world.invoiced_until
    if until is None or case.cell.day > until:
        return None
    return Verdict(say.invoiced(case), Obstacle.INVOICED, remedy=ASK_ABOUT_INVOICE)


def _by_days(case: Case) -> Verdict | None:
    mode = case.service.mode
    if mode is ServiceMode.DAYS and not isinstance(case.service.book, Never):
        return None
    remedies = {
        ServiceMode.DAYS: ENROL,
        ServiceMode.REQUEST: Remedy(RemedyKind.REQUEST_PLACE, "Demander une place"),
    }
    return Verdict(say.not_by_days(case), Obstacle.NOT_BY_DAYS, remedy=remedies.get(mode))


def _by_days_or_asked(case: Case) -> Verdict | None:
    """Let the town hall give what is asked of it alone."""
    return None if case.service.mode is ServiceMode.REQUEST else _by_days(case)


def _enrolled(case: Case) -> Verdict | None:
    """What it brings needs no enrolment of its own."""
    cell = case.cell
    for each in case.world.enrolments.get((cell.child, cell.service), ()):
        if each.covers(cell.day):
            return None
    return Verdict(say.not_enrolled(case), Obstacle.NOT_ENROLLED, remedy=ENROL)


def _this_home(case: Case) -> Verdict | None:
    is_left = (case.cell.child, case.cell.day) in case.world.days_left
    for cell in case.cells:
        if cell in case.world.booked_elsewhere:
            words = say.DAY_LEFT_AND_BOOKED if is_left else say.BOOKED_ELSEWHERE
            return Verdict(say.also(case, cell, words), Obstacle.OTHER_HOME)
    if (case.cell.child, case.cell.day) in case.world.days_elsewhere:
        return Verdict(say.DAY_LEFT if is_left else say.DAY_ELSEWHERE, Obstacle.OTHER_HOME)
    return None


def _not_there_yet(case: Case) -> Verdict | None:
    if case.state is BookingState.BOOKED:
        return Verdict(say.ALREADY_BOOKED, Obstacle.SAME)
    if case.state is BookingState.WAITING:
        return Verdict(say.ALREADY_WAITING, Obstacle.SAME)
    return None


def _agreeing(case: Case) -> Verdict | None:
    links = case.world.links
    for cell in case.cells:
        excluded = _coming(case, links.excluded_by(cell.service))
        if excluded:
            return Verdict(say.excluded(case, cell, excluded[0]), Obstacle.EXCLUDED)
        for needed in sorted(links.needed_by(cell.service)):
            other = cell._replace(service=needed)
            if other not in case.cells and not case.world.is_coming(other):
                return Verdict(say.needed(case, cell, other), Obstacle.NEEDED)
    return None


def _open_yet(case: Case) -> Verdict | None:
    last = case.last_to_open
    if last is None or case.asked_at >= last[0]:
        return None
    return Verdict(say.too_early(case, *last), Obstacle.TOO_EARLY, remedy=TELL_ME)


def _in_time(case: Case) -> Verdict | None:
    if case.asked_at < case.limit:
        return None
    remedy = _when_too_late(case)
    return Verdict(say.too_late(case), Obstacle.TOO_LATE, _limit(case), remedy)


def _room(case: Case) -> Verdict | None:
    if not case.world.rooms:
        return None
    rooms = {
        cell: case.world.rooms[cell]
        for cell in case.cells
        if cell in case.world.rooms and not case.keeps_place(cell)
    }
    full = [cell for cell, room in rooms.items() if room.left < 1]
    if not full:
        return None
    # Nobody is given a place by the list once it is too late to book.
    waits = not case.late_cells and all(
        case.service_of(cell).waiting is not Waiting.NONE for cell in full
    )
    sentence = say.full(case, full[0], rooms[full[0]].waiting)
    return Verdict(sentence, Obstacle.FULL, _limit(case), WAIT if waits else None)


def _booked(case: Case) -> Verdict | None:
    if case.cell in case.world.booked_elsewhere:
        return Verdict(say.BOOKED_ELSEWHERE, Obstacle.OTHER_HOME)
    if case.state is BookingState.ABSENT:
        return Verdict(say.ALREADY_ABSENT, Obstacle.SAME)
    waits = case.state in {BookingState.WAITING, BookingState.OFFERED}
    if case.state is BookingState.BOOKED or (waits and case.act in GIVING_BACK):
        return None
    return Verdict(say.NOTHING_BOOKED, Obstacle.NOT_BOOKED)


def _not_brought(case: Case) -> Verdict | None:
    if case.state is not BookingState.BOOKED:
        return None
    bringing = case.world.brings(case.cell)
    return Verdict(say.brought(case, bringing[0]), Obstacle.BROUGHT) if bringing else None


def _not_needed(case: Case) -> Verdict | None:
    for cell in case.cells:
        needing = _coming(case, case.world.links.needing(cell.service))
        if needing:
            return Verdict(say.still_needed(case, cell, needing[0]), Obstacle.NEEDED)
    return None


def _in_time_to_cancel(case: Case) -> Verdict | None:
    """Whoever waits for a place may always let it go."""
    return _in_time(case) if case.state is BookingState.BOOKED else None


def _coming(case: Case, services: Collection[int]) -> Sequence[Cell]:
    if not services:
        return ()
    cells = [case.cell._replace(service=service) for service in sorted(services)]
    return [each for each in cells if each not in case.cells and case.world.is_coming(each)]


def _when_too_late(case: Case) -> Remedy:
    if case.act is Act.CANCEL:
        absence = judge(Act.DECLARE_ABSENCE, case.cell, case.world, case.asked_at)
        return DECLARE_ABSENCE if absence.ok else WRITE
    if case.act not in BOOKING:
        return WRITE
    if case.act is Act.BOOK:
        late = judge(Act.BOOK_LATE, case.cell, case.world, case.asked_at)
        if late.ok:
            return Remedy(RemedyKind.BOOK_LATE, say.book_late(late.price, case.price))
    asks = case.service_of(case.first_to_close).late is Late.REQUEST
    return REQUEST_PLACE if asks else WRITE


def _limit(case: Case) -> datetime | None:
    """Return the limit; None where there never was a time for it, or where there is no limit."""
    if case.act in BY_TOWN:
        return None
    if case.act is Act.CANCEL and case.state is not BookingState.BOOKED:
        return None
    return None if say.never(case) else case.limit


BEFORE_HOURS: tuple[Check, ...] = (
    _served, _not_invoiced, _to_come, _by_days, _enrolled, _this_home, _not_there_yet, _agreeing,
    _open_yet,
)  # fmt: skip
CHECKS: dict[Act, tuple[Check, ...]] = {
    Act.BOOK: (*BEFORE_HOURS, _in_time, _room),
    Act.BOOK_LATE: (*BEFORE_HOURS, _in_time, _room),
    Act.GRANT: (
        _served, _not_invoiced, _to_come, _by_days_or_asked, _enrolled, _this_home, _not_there_yet,
        _agreeing,
    ),
    Act.CANCEL: (
        _not_invoiced, _to_come, _booked, _not_brought, _not_needed, _in_time_to_cancel,
    ),
    Act.WITHDRAW: (_not_invoiced, _to_come, _booked, _not_brought, _not_needed),
    Act.DECLARE_ABSENCE: (_not_invoiced, _to_come, _booked, _not_brought, _in_time),
}  # fmt: skip
