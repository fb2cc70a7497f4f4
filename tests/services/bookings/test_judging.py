"""The judge: what may be done, until when, and which of several obstacles is told."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from app.booking_kinds import BookingState, Waiting
from app.services.bookings.judge.judging import judge
from app.services.bookings.judge.notation import parse
from app.services.bookings.judge.verdicts import Act, Obstacle, RemedyKind
from app.services.bookings.judge.worlds import Cell, Held, Room, World
from tests.support.booking_worlds import (
    BOOKED,
    CANTEEN,
    CENTRE,
    EARLY,
    EVENING,
    MIDDAY,
    MONDAY,
    REQUEST,
    STRIKE,
    STUDY,
    WITH_MEAL,
    WORLD,
    ZOE,
    at,
    full,
    holding,
    of_zoe,
    plain,
    with_service,
)

ALLOWED: list[tuple[Act, Cell, World, str, str]] = [
    (Act.BOOK, of_zoe(CANTEEN), WORLD, "2026-11-26 23:59:59",
     "Vous pouvez réserver jusqu’au jeudi 26 novembre à minuit."),
    (Act.BOOK_LATE, of_zoe(CANTEEN), WORLD, "2026-11-30 09:00:59",
     "Réserver hors délai : 6,30 € au lieu de 4,20 €, jusqu’au lundi 30 novembre à 9 h."),
    (Act.BOOK, of_zoe(CANTEEN), with_service(MIDDAY, book=parse("J-8 24:00")), EARLY,
     "Vous pouvez réserver jusqu’au dimanche 22 novembre à minuit, avec la pause méridienne."),
    (Act.CANCEL, of_zoe(CANTEEN), replace(WORLD, held=WITH_MEAL), "2026-11-29 12:00:59",
     "Vous pouvez annuler jusqu’au dimanche 29 novembre à 12 h."),
    (Act.CANCEL, of_zoe(CANTEEN), holding(canteen=Held(BookingState.WAITING)),
     "2026-11-30 20:00:00", "Vous pouvez quitter la liste d’attente."),
    (Act.CANCEL, of_zoe(CANTEEN), holding(canteen=Held(BookingState.OFFERED)),
     "2026-11-30 20:00:00", "Vous pouvez laisser cette place."),
    (Act.BOOK, of_zoe(CANTEEN),
     holding(canteen=Held(BookingState.OFFERED, offer_until=at("2026-11-28 12:01:00"))),
     "2026-11-28 12:00:00", "Une place est gardée pour vous jusqu’au samedi 28 novembre à 12 h."),
    (Act.DECLARE_ABSENCE, of_zoe(CANTEEN), replace(WORLD, held=WITH_MEAL), "2026-11-30 08:00:00",
     "Vous pouvez signaler une absence jusqu’au lundi 30 novembre à 9 h."),
    (Act.BOOK, of_zoe(CANTEEN), holding(canteen=Held(BookingState.ABSENT), midday=BOOKED),
     "2026-11-30 08:00:00", "Vous pouvez revenir sur l’absence jusqu’au lundi 30 novembre à 9 h."),
]  # fmt: skip


@pytest.mark.parametrize("told", ALLOWED, ids=lambda told: told[4])
def test_what_may_be_done_says_until_when(told: tuple[Act, Cell, World, str, str]) -> None:
    act, cell, world, clock, sentence = told
    verdict = judge(act, cell, world, at(clock))
    assert verdict.obstacle is None
    assert plain(verdict.sentence) == sentence
    assert verdict.ok
    assert verdict.is_drawn


def test_only_a_day_of_the_service_has_a_box() -> None:
    """A strike has: whoever had booked is told there."""
    assert not judge(Act.BOOK, of_zoe(EVENING, date(2026, 12, 2)), WORLD, at(EARLY)).is_drawn
    assert judge(Act.BOOK, of_zoe(CANTEEN, STRIKE), WORLD, at(EARLY)).is_drawn


def test_the_price_is_that_of_all_that_is_booked() -> None:
    in_time = judge(Act.BOOK, of_zoe(CANTEEN), WORLD, at(EARLY))
    late = judge(Act.BOOK_LATE, of_zoe(CANTEEN), WORLD, at("2026-11-28 10:00:00"))
    assert (str(in_time.price), str(late.price)) == ("4.20", "6.30")
    assert judge(Act.BOOK, of_zoe(EVENING), WORLD, at(EARLY)).price is None


def test_without_a_price_booking_late_says_none() -> None:
    verdict = judge(Act.BOOK, of_zoe(CANTEEN), replace(WORLD, prices={}), at("2026-11-28 10:00:00"))
    assert verdict.remedy == (RemedyKind.BOOK_LATE, "Réserver hors délai, plus cher")


def test_grace_is_given_by_who_asks() -> None:
    """Whoever read the summary in time is judged at that instant, not at the one of the sending."""
    shown, sent = at("2026-11-26 23:59:59"), at("2026-11-27 00:01:30")
    assert judge(Act.BOOK, of_zoe(CANTEEN), WORLD, shown).ok
    assert not judge(Act.BOOK, of_zoe(CANTEEN), WORLD, sent).ok


def test_one_act_books_what_needs_each_other() -> None:
    both = replace(WORLD, added=frozenset({of_zoe(STUDY), of_zoe(EVENING)}))
    assert judge(Act.BOOK, of_zoe(STUDY), both, at(EARLY)).ok
    held = holding(evening=BOOKED, study=BOOKED)
    swapped = replace(held, removed=frozenset({of_zoe(STUDY), of_zoe(EVENING)}))
    assert judge(Act.CANCEL, of_zoe(EVENING), swapped, at(EARLY)).ok


def test_a_service_that_is_never_booked_alone_comes_with_another() -> None:
    """The midday hour of a canteen that nobody may take without the meal."""
    world = with_service(MIDDAY, book=parse("jamais"), cancel=parse("jamais"))
    assert judge(Act.BOOK, of_zoe(CANTEEN), world, at(EARLY)).ok
    assert judge(Act.BOOK, of_zoe(MIDDAY), world, at(EARLY)).obstacle is Obstacle.NOT_BY_DAYS
    booked = replace(world, held=WITH_MEAL)
    assert judge(Act.CANCEL, of_zoe(CANTEEN), booked, at(EARLY)).ok


def test_what_waits_for_one_of_two_waits_for_both() -> None:
    """No waiting list at midday: the canteen has none either that day."""
    world = replace(full(MIDDAY), services=with_service(MIDDAY, waiting=Waiting.NONE).services)
    assert judge(Act.BOOK, of_zoe(CANTEEN), world, at(EARLY)).remedy is None


def test_a_place_that_is_kept_needs_no_room() -> None:
    world = replace(full(CANTEEN), held={of_zoe(CANTEEN): Held(BookingState.ABSENT),
                                         of_zoe(MIDDAY): BOOKED})  # fmt: skip
    assert judge(Act.BOOK, of_zoe(CANTEEN), world, at(EARLY)).ok


# Each line adds an obstacle that goes before all of those above.
WORSE: list[tuple[dict[str, Any], Obstacle]] = [
    ({"rooms": {of_zoe(EVENING): Room(0)}}, Obstacle.FULL),
    ({"asked_at": "2026-11-30 10:00:00"}, Obstacle.TOO_LATE),
    ({"held": {of_zoe(CENTRE): BOOKED}}, Obstacle.EXCLUDED),
    ({"days_elsewhere": frozenset({(ZOE, MONDAY)})}, Obstacle.OTHER_HOME),
    ({"enrolments": {}}, Obstacle.NOT_ENROLLED),
    ({"services": with_service(EVENING, mode=REQUEST).services}, Obstacle.NOT_BY_DAYS),
    ({"asked_at": "2026-12-05 10:00:00"}, Obstacle.PAST),
    ({"invoiced_until": MONDAY}, Obstacle.INVOICED),
    ({"services": with_service(EVENING, agenda=WORLD.services[CENTRE].agenda).services},
     Obstacle.NOT_SERVED),
]  # fmt: skip


def test_of_several_obstacles_the_one_is_told_that_no_hurry_changes() -> None:
    so_far: dict[str, Any] = {"asked_at": EARLY}
    for more, obstacle in WORSE:
        so_far |= more
        changes = {name: value for name, value in so_far.items() if name != "asked_at"}
        verdict = judge(
            Act.BOOK, of_zoe(EVENING), replace(WORLD, **changes), at(so_far["asked_at"])
        )
        assert verdict.obstacle is obstacle
