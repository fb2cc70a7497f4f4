"""The town sets services up: what it says is kept, what cannot be is refused with what to do."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from app import db
from app.booking_kinds import LinkKind
from app.formats import today
from app.models import Booking, JournalEntry, Place, Service, ServiceKind
from app.services.bookings.setting_up import reading, services, trying
from app.services.bookings.setting_up.services import Described
from app.services.refusals import Refusal
from tests.support.people import TOWN_HALL, People
from tests.support.services import CANTEEN, booked_by

EVENING = Described(
    name="Garderie du soir",
    kind=ServiceKind.GARDERIE,
    weekdays=frozenset({0, 1, 3, 4}),
    starts_at=16 * 60 + 30,
    ends_at=18 * 60 + 30,
    book_rule="j-2 OUVRES 23h59",
)
NOBODY: dict[LinkKind, frozenset[int]] = {}


@pytest.fixture(autouse=True)
def in_the_town(app: Flask) -> Iterator[None]:
    """Stay there."""
    with app.app_context():
        yield


def only() -> reading.Shown:
    """Read the service that is there."""
    [found] = reading.listed(today())
    return found


def test_what_the_town_says_is_what_it_reads() -> None:
    """Its limit as the portal writes it, whatever was typed."""
    number = services.add(EVENING, NOBODY, TOWN_HALL)
    assert only().described == replace(EVENING, book_rule="J-2 ouvrés 23:59")
    assert (only().slug, only().kind_words) == ("garderie-du-soir", "Garderie")
    services.change(
        number, replace(EVENING, operator="Les Copains", capacity=30), NOBODY, TOWN_HALL
    )
    assert only().described.operator == "Les Copains"
    services.end(number, TOWN_HALL)
    assert reading.listed(today()) == []
    told = select(JournalEntry.event).order_by(JournalEntry.id)
    assert db.session().scalars(told).all() == [
        "service_added", "service_changed", "service_ended",
    ]  # fmt: skip
    with pytest.raises(Refusal, match="n’existe pas"):
        services.change(number, EVENING, NOBODY, TOWN_HALL)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"name": " "}, "donnez un nom"),
        ({"weekdays": frozenset()}, "quels jours"),
        ({"in_terms": False}, "pendant l’école"),
        ({"ends_at": 60}, "vérifiez les heures"),
        ({"capacity": 0}, "commence à 1"),
        ({"book_rule": "48h"}, "J-2 12:00"),
        ({"absence_rule": "bientôt"}, "n’est pas une limite"),
    ],
)
def test_what_cannot_be_is_refused(wrong: dict[str, object], said: str) -> None:
    """With what to write instead; nothing is saved."""
    with pytest.raises(Refusal, match=said):
        services.add(replace(EVENING, **wrong), NOBODY, TOWN_HALL)  # type: ignore[arg-type]
    assert reading.listed(today()) == []


def test_two_services_of_one_name_have_two_addresses() -> None:
    for _ in range(3):
        services.add(EVENING, NOBODY, TOWN_HALL)
    slugs = [each.slug for each in reading.listed(today())]
    assert slugs == ["garderie-du-soir", "garderie-du-soir-2", "garderie-du-soir-3"]


def test_what_goes_round_in_a_circle_is_refused() -> None:
    """The canteen brings the midday, which brings the canteen: nobody could cancel."""
    canteen = services.add(replace(EVENING, name="Cantine"), NOBODY, TOWN_HALL)
    brings = {LinkKind.BRINGS: frozenset({canteen})}
    midday = services.add(replace(EVENING, name="Midi"), brings, TOWN_HALL)
    with pytest.raises(Refusal, match="s’entraîner lui-même"):
        services.change(canteen, EVENING, {LinkKind.BRINGS: frozenset({midday})}, TOWN_HALL)
    with pytest.raises(Refusal, match="une seule chose"):
        services.change(
            midday, EVENING, brings | {LinkKind.EXCLUDES: frozenset({canteen})}, TOWN_HALL
        )
    with pytest.raises(Refusal, match="rien de lui-même"):
        services.change(midday, EVENING, {LinkKind.NEEDS: frozenset({midday})}, TOWN_HALL)
    assert [each.others for each in reading.listed(today())] == [{}, brings]


def test_fewer_places_turn_nobody_out(people: People) -> None:
    """Three eat on Monday; two places from now on: all three keep theirs, and nobody else comes."""
    monday = today() + timedelta(days=10)
    past = today() - timedelta(days=10)
    with db.transaction() as session:
        for person in (people.zest, people.moreau, people.ines):
            booked, child = booked_by(session, person)
            booked.book(child, [past, monday], datetime.now(UTC))
        canteen = session.scalars(select(Service).where(Service.source_id == CANTEEN)).one()
    told = next(each for each in reading.listed(today()) if each.number == canteen.id)
    for capacity, expected in ((2, (3, 3)), (40, (40, 3)), (None, None), (5, (5, 3))):
        services.change(
            canteen.id, replace(told.described, capacity=capacity), told.others, TOWN_HALL
        )
        db.session().expire_all()
        place = db.session().scalars(select(Place).where(Place.day == monday)).one_or_none()
        assert (place and (place.capacity, place.taken)) == expected
    # What is over is left as it was.
    [kept] = db.session().scalars(select(Place).where(Place.day == past))
    assert (kept.capacity, kept.taken) == (60, 3)
    assert len(db.session().scalars(select(Booking.id)).all()) == 12


def test_a_limit_is_tried_on_real_days(people: People) -> None:
    """The five next days on which it is there, and what stops it on others."""
    with db.transaction() as session:
        booked_by(session, people.zest)
    with time_machine.travel(datetime(2026, 11, 27, 12, tzinfo=UTC), tick=False):
        found = next(each for each in reading.listed(today()) if each.slug == "cantine")
        kept = reading.agenda(found.described, found.number, today())
        rule = reading.parsed(found.described.book_rule)
        assert rule
        examples = reading.examples(rule, kept, date(2026, 11, 30))
        # On strike on Tuesday, and never on Wednesday.
        assert [each.day.day for each in examples] == [30, 3, 4, 7, 8]
        assert examples[0].words.startswith(
            "jusqu’au jeudi 26\u00a0novembre à minuit, dans la nuit"
        )
        assert trying.on("cantine", date(2026, 12, 1)).standing == "fermé par la mairie (Grève)"
        assert "Vacances de Noël" in trying.on("cantine", date(2026, 12, 25)).standing
        with pytest.raises(Refusal, match="il y a\u00a0: cantine, garderie-de-midi"):
            trying.on("piscine", date(2026, 12, 1))
