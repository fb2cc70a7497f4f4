"""Each obstacle, in the words that parents read, with what to do instead."""

from dataclasses import replace
from datetime import date

import pytest

from app.booking_kinds import BookingState, LinkKind
from app.services.bookings.judge.judging import judge
from app.services.bookings.judge.links import Link, Links
from app.services.bookings.judge.notation import parse
from app.services.bookings.judge.verdicts import Act, Obstacle
from app.services.bookings.judge.worlds import Cell, Enrolled, Held, World
from tests.support.booking_worlds import (
    ATTENDANCE_ONLY,
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

EITHER = Links((Link(EVENING, STUDY, LinkKind.EXCLUDES),))
NEW_YEAR = replace(WORLD, enrolments={(ZOE, EVENING): (Enrolled(date(2027, 1, 1)),)})

# Act, cell, world, clock of the town; obstacle, sentence, remedy.
REFUSED: list[tuple[Act, Cell, World, str, Obstacle, str, str | None]] = [
    (Act.BOOK, of_zoe(CANTEEN), WORLD, "2026-11-27 00:00:00", Obstacle.TOO_LATE,
     "Trop tard : on réservait la cantine du lundi 30 novembre jusqu’au jeudi 26"
     " novembre à minuit.",
     "Réserver hors délai : 6,30 € au lieu de 4,20 €"),
    (Act.BOOK, of_zoe(EVENING), WORLD, "2026-11-29 18:01:00", Obstacle.TOO_LATE,
     "Trop tard : on réservait la garderie du soir du lundi 30 novembre jusqu’au dimanche 29"
     " novembre à 18 h.", "Écrire à la mairie"),
    (Act.BOOK, of_zoe(STUDY), holding(evening=BOOKED), "2026-11-29 18:01:00", Obstacle.TOO_LATE,
     "Trop tard : on réservait l’étude du lundi 30 novembre jusqu’au dimanche 29 novembre à 18 h.",
     "Demander une place exceptionnelle"),
    (Act.BOOK_LATE, of_zoe(CANTEEN), WORLD, "2026-11-30 09:01:00", Obstacle.TOO_LATE,
     "Trop tard : on réservait la cantine du lundi 30 novembre jusqu’au lundi 30 novembre à 9 h.",
     "Écrire à la mairie"),
    (Act.CANCEL, of_zoe(CANTEEN), holding(canteen=BOOKED), "2026-11-29 12:01:00", Obstacle.TOO_LATE,
     "Trop tard pour annuler : ce repas est commandé depuis dimanche 29 novembre à 12 h.",
     "Signaler une absence"),
    (Act.CANCEL, of_zoe(CANTEEN), holding(canteen=BOOKED), "2026-11-30 09:01:00", Obstacle.TOO_LATE,
     "Trop tard pour annuler : ce repas est commandé depuis dimanche 29 novembre à 12 h.",
     "Écrire à la mairie"),
    (Act.CANCEL, of_zoe(EVENING), holding(evening=BOOKED), "2026-11-29 18:01:00", Obstacle.TOO_LATE,
     "Trop tard : on annulait la garderie du soir du lundi 30 novembre jusqu’au dimanche 29"
     " novembre à 18 h.", "Écrire à la mairie"),
    (Act.CANCEL, of_zoe(STUDY), holding(study=BOOKED), EARLY, Obstacle.TOO_LATE,
     "Une réservation est ferme : on n’annule pas l’étude.", "Écrire à la mairie"),
    (Act.DECLARE_ABSENCE, of_zoe(CANTEEN), holding(canteen=BOOKED), "2026-11-30 09:01:00",
     Obstacle.TOO_LATE, "Trop tard : une absence du lundi 30 novembre se signalait jusqu’au lundi"
     " 30 novembre à 9 h.", "Écrire à la mairie"),
    (Act.DECLARE_ABSENCE, of_zoe(EVENING), holding(evening=BOOKED), EARLY, Obstacle.TOO_LATE,
     "Une absence ne se signale pas ici pour la garderie du soir.", "Écrire à la mairie"),
    (Act.BOOK, of_zoe(CENTRE, date(2026, 12, 21)), WORLD, "2026-08-21 06:59:59", Obstacle.TOO_EARLY,
     "Les réservations de cette période ouvrent le vendredi 21 août à 7 h.", "Me prévenir"),
    (Act.BOOK, of_zoe(EVENING), with_service(EVENING, opens_at=at("2026-11-21 08:30:00")), EARLY,
     Obstacle.TOO_EARLY,
     "Les réservations de cette période ouvrent le samedi 21 novembre à 8 h 30.",
     "Me prévenir"),
    (Act.BOOK, of_zoe(EVENING, date(2026, 12, 2)), WORLD, EARLY, Obstacle.NOT_SERVED,
     "Pas de garderie du soir le mercredi.", None),
    (Act.BOOK, of_zoe(CENTRE), WORLD, EARLY, Obstacle.NOT_SERVED,
     "Seulement pendant les vacances scolaires.", None),
    (Act.BOOK, of_zoe(EVENING, date(2027, 3, 29)), WORLD, EARLY, Obstacle.PUBLIC,
     "Férié : lundi de Pâques.", None),
    (Act.BOOK, of_zoe(EVENING, date(2026, 12, 21)), WORLD, EARLY, Obstacle.SCHOOL,
     "Vacances de Noël.", None),
    (Act.BOOK, of_zoe(CANTEEN, STRIKE), WORLD, EARLY, Obstacle.CLOSED,
     "Fermé : grève du personnel. Rien ne vous sera facturé.", None),
    (Act.BOOK, of_zoe(EVENING), full(EVENING), EARLY, Obstacle.FULL, "Complet.", None),
    (Act.BOOK, of_zoe(CANTEEN), full(CANTEEN, waiting=3), EARLY, Obstacle.FULL,
     "Complet. 3 familles attendent déjà.", "M’inscrire sur la liste d’attente"),
    (Act.BOOK, of_zoe(CANTEEN), full(MIDDAY, waiting=1), EARLY, Obstacle.FULL,
     "Avec la cantine, on réserve aussi la pause méridienne. Complet. 1 famille attend déjà.",
     "M’inscrire sur la liste d’attente"),
    (Act.CANCEL, of_zoe(MIDDAY), replace(WORLD, held=WITH_MEAL), EARLY, Obstacle.BROUGHT,
     "Avec la cantine, on réserve aussi la pause méridienne.", None),
    (Act.DECLARE_ABSENCE, of_zoe(MIDDAY), replace(WORLD, held=WITH_MEAL), EARLY, Obstacle.BROUGHT,
     "Avec la cantine, on réserve aussi la pause méridienne.", None),
    (Act.BOOK, of_zoe(STUDY), replace(holding(evening=BOOKED), links=EITHER), EARLY,
     Obstacle.EXCLUDED, "L’étude et la garderie du soir s’excluent.", None),
    (Act.BOOK, of_zoe(STUDY), WORLD, EARLY, Obstacle.NEEDED,
     "Avec l’étude, il faut aussi la garderie du soir.", None),
    (Act.CANCEL, of_zoe(EVENING), holding(evening=BOOKED, study=BOOKED), EARLY, Obstacle.NEEDED,
     "Avec l’étude, il faut aussi la garderie du soir : annulez d’abord l’étude.", None),
    (Act.BOOK, of_zoe(EVENING), NEW_YEAR, EARLY, Obstacle.NOT_ENROLLED,
     "Zoé n’a pas d’inscription à la garderie du soir ce jour-là.", "Demander l’inscription"),
    (Act.BOOK, of_zoe(EVENING), replace(WORLD, days_elsewhere=frozenset({(ZOE, MONDAY)})), EARLY,
     Obstacle.OTHER_HOME, "Semaine de l’autre foyer.", None),
    (Act.BOOK, of_zoe(EVENING), replace(WORLD, booked_elsewhere=frozenset({of_zoe(EVENING)})),
     EARLY, Obstacle.OTHER_HOME, "Déjà réservé par l’autre foyer.", None),
    (Act.CANCEL, of_zoe(EVENING), replace(WORLD, booked_elsewhere=frozenset({of_zoe(EVENING)})),
     EARLY, Obstacle.OTHER_HOME, "Déjà réservé par l’autre foyer.", None),
    (Act.BOOK, of_zoe(EVENING),
     replace(WORLD, invoiced_until=MONDAY, invoices={date(2026, 11, 1): "59"}), EARLY,
     Obstacle.INVOICED, "Ce mois est facturé (facture 59).",
     "Poser une question sur cette facture"),
    (Act.CANCEL, of_zoe(EVENING), replace(WORLD, invoiced_until=MONDAY), EARLY, Obstacle.INVOICED,
     "Ce mois est facturé.", "Poser une question sur cette facture"),
    (Act.BOOK, of_zoe(EVENING), WORLD, "2026-12-01 00:00:00", Obstacle.PAST, "Ce jour est passé.",
     None),
    (Act.BOOK, of_zoe(EVENING), with_service(EVENING, mode=REQUEST), EARLY, Obstacle.NOT_BY_DAYS,
     "Une place à la garderie du soir se demande à la mairie.", "Demander une place"),
    (Act.BOOK, of_zoe(EVENING), with_service(EVENING, mode=ATTENDANCE_ONLY), EARLY,
     Obstacle.NOT_BY_DAYS, "On vient sans réserver : les présences sont notées sur place.", None),
    (Act.BOOK, of_zoe(EVENING), with_service(EVENING, book=parse("jamais")), EARLY,
     Obstacle.NOT_BY_DAYS, "On ne réserve pas la garderie du soir jour par jour : on s’y inscrit.",
     "Demander l’inscription"),
    (Act.BOOK, of_zoe(EVENING), holding(evening=BOOKED), EARLY, Obstacle.SAME,
     "C’est déjà réservé.", None),
    (Act.BOOK, of_zoe(EVENING), holding(evening=Held(BookingState.WAITING)), EARLY, Obstacle.SAME,
     "Déjà sur la liste d’attente.", None),
    (Act.CANCEL, of_zoe(EVENING), holding(evening=Held(BookingState.ABSENT)), EARLY, Obstacle.SAME,
     "L’absence est déjà signalée.", None),
    (Act.CANCEL, of_zoe(EVENING), WORLD, EARLY, Obstacle.NOT_BOOKED,
     "Rien n’est réservé ce jour-là.", None),
    (Act.DECLARE_ABSENCE, of_zoe(EVENING), holding(evening=Held(BookingState.WAITING)), EARLY,
     Obstacle.NOT_BOOKED, "Rien n’est réservé ce jour-là.", None),
    (Act.BOOK, of_zoe(CANTEEN),
     holding(canteen=Held(BookingState.OFFERED, offer_until=at("2026-11-20 09:00:00"))), EARLY,
     Obstacle.TOO_LATE,
     "Trop tard : cette place était gardée jusqu’au vendredi 20 novembre à 8 h 59.",
     "Écrire à la mairie"),
    (Act.BOOK, of_zoe(CANTEEN), holding(canteen=Held(BookingState.ABSENT), midday=BOOKED),
     "2026-11-30 09:01:00", Obstacle.TOO_LATE, "Trop tard : on revenait sur une absence du lundi 30"
     " novembre jusqu’au lundi 30 novembre à 9 h.", "Écrire à la mairie"),
    (Act.BOOK, of_zoe(EVENING), holding(evening=Held(BookingState.ABSENT)), EARLY,
     Obstacle.TOO_LATE, "On ne revient pas ici sur une absence.", "Écrire à la mairie"),
]  # fmt: skip


@pytest.mark.parametrize("told", REFUSED, ids=lambda told: f"{told[0]} {told[4]}: {told[5][:40]}")
def test_every_refusal_says_why_and_what_to_do(
    told: tuple[Act, Cell, World, str, Obstacle, str, str | None],
) -> None:
    act, cell, world, clock, obstacle, sentence, remedy = told
    verdict = judge(act, cell, world, at(clock))
    assert verdict.obstacle is obstacle
    assert plain(verdict.sentence) == sentence
    assert (plain(verdict.remedy.words) if verdict.remedy else None) == remedy
    assert not verdict.ok
    # What breaks a line badly on a phone.
    assert " :" not in verdict.sentence
    assert " h" not in verdict.sentence.replace(" hors", "")
