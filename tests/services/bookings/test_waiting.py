"""Places that lack: who has the last one, who waits, and who is given what comes free."""

from dataclasses import replace
from datetime import UTC, datetime

import time_machine
from sqlalchemy import select, update

from app import db
from app.models import OutboxMail, Service, ServiceDay
from app.services.bookings import saving, waiting, weeks
from app.services.bookings.setting_up import reading as services_read
from app.services.bookings.setting_up import services as setting_up
from app.services.mail.kinds import MailKind
from tests.services.bookings.conftest import (
    LIMIT,
    MIDDAY,
    MONDAY,
    capacity,
    places,
    seen,
    states,
    tick,
)
from tests.services.requests.conftest import signed_in
from tests.support.people import TOWN_HALL, People


def test_who_takes_the_last_place_and_who_waits(town: People) -> None:
    """All that goes along waits too; whoever comes first is first served when it is given back."""
    capacity(1)
    tick(town.zest, "30 cantine")
    tick(town.moreau, "30 cantine")
    tick(town.ines, "30 cantine")
    assert states(town.moreau) == {
        "30 cantine": "waiting parent 1",
        MIDDAY: "waiting linked 1",
    }
    assert states(town.ines)["30 cantine"] == "waiting parent 2"
    tick(town.zest)
    assert states(town.moreau) == {"30 cantine": "booked parent", MIDDAY: "booked linked"}
    assert states(town.ines)["30 cantine"] == "waiting parent 1"
    assert places() == {"30 cantine": 1}
    kinds = db.session().scalars(select(OutboxMail.kind).order_by(OutboxMail.id)).all()
    assert kinds.count(MailKind.PLACE_FOUND) == 1
    # Whoever waits may stop, and nobody has lost anything.
    tick(town.ines)
    assert states(town.ines)["30 cantine"] == "cancelled parent"
    assert places() == {"30 cantine": 1}


def test_nobody_is_given_a_place_past_the_limit(
    town: People, clock: time_machine.Traveller
) -> None:
    """They may have made other plans; the town hall may still give it."""
    capacity(1)
    with db.transaction() as session:
        session.execute(update(Service).values(cancel_rule="J-0 09:00"))
    tick(town.zest, "30 cantine")
    tick(town.moreau, "30 cantine")
    clock.move_to(LIMIT)
    tick(town.zest)
    assert states(town.zest)["30 cantine"] == "cancelled parent"
    assert states(town.moreau)["30 cantine"] == "waiting parent 1"
    assert places() == {"30 cantine": 0}


def test_a_town_without_waiting_list_says_that_it_is_full(town: People) -> None:
    capacity(1, waiting="none")
    account = signed_in(town.moreau)
    boxes = seen(account, MONDAY, "30 cantine")
    tick(town.zest, "30 cantine")
    saved = saving.save(account, weeks.both_ends(MONDAY), boxes, "a" * 32, datetime.now(UTC))
    assert [each.whole_sentence for each in saved.refused] == [
        "Lundi 30\u00a0novembre, Zoé, Cantine\u00a0: Complet."
    ]
    assert states(town.moreau) == {}


def test_a_place_that_the_town_takes_away_is_nobody_s_loss(town: People) -> None:
    """Who has one keeps it; the next one waits."""
    for person in (town.zest, town.moreau):
        tick(person, "30 cantine")
    capacity(1)
    tick(town.ines, "30 cantine")
    assert states(town.ines)["30 cantine"] == "waiting parent 1"
    assert places() == {"30 cantine": 2}


def test_a_day_of_its_own_places(town: People) -> None:
    with db.transaction() as session:
        canteen = session.scalars(select(Service.id).where(Service.slug == "cantine")).one()
        session.add(ServiceDay(service_id=canteen, day=MONDAY, state="open", capacity=1))
    tick(town.zest, "30 cantine", "3 cantine")
    tick(town.moreau, "30 cantine", "3 cantine")
    assert states(town.moreau)["30 cantine"] == "waiting parent 1"
    assert states(town.moreau)["3 cantine"] == "booked parent"


def test_more_places_are_given_at_once(town: People) -> None:
    """The town hall raises the capacity: the first of those who wait has the place."""
    capacity(1)
    for person in (town.zest, town.moreau, town.ines):
        tick(person, "30 cantine")
    [canteen] = [each for each in services_read.listed(MONDAY) if each.slug == "cantine"]
    more = replace(canteen.described, capacity=2)
    setting_up.change(canteen.number, more, canteen.others, TOWN_HALL)
    assert states(town.moreau) == {"30 cantine": "booked parent", MIDDAY: "booked linked"}
    assert states(town.ines)["30 cantine"] == "waiting parent 1"
    assert places() == {"30 cantine": 2}


def test_more_places_of_a_file_are_given_too(town: People) -> None:
    """Whatever service they are of; nothing happens where nobody waits."""
    waiting.share_out_all()
    capacity(1)
    for person in (town.zest, town.moreau):
        tick(person, "30 cantine")
    capacity(2)
    waiting.share_out_all()
    assert states(town.moreau) == {"30 cantine": "booked parent", MIDDAY: "booked linked"}
