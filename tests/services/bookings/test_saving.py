"""A family's week is saved: judged again, all of it or nothing, once."""

import secrets
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select, update

from app import db
from app.models import (
    Account,
    BookingBatch,
    BookingEvent,
    CustodyPattern,
    Enrolment,
    JournalEntry,
    OutboxMail,
)
from app.services.bookings import batches, drawing, saving, summaries, weeks
from app.services.bookings.wishes import MOST_BOXES, Boxes
from app.services.mail.kinds import MailKind
from app.services.refusals import Reason, Refusal
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
from tests.support.databases import every_row
from tests.support.people import People, public_id
from tests.support.services import booked_by


def test_a_day_at_the_canteen_brings_its_midday(town: People) -> None:
    """Each day tells how it came; the count of places, one mail and one line of the journal too."""
    tick(town.zest, "30 cantine", "3 cantine")
    assert states(town.zest) == {
        "30 cantine": "booked parent",
        MIDDAY: "booked linked",
        "3 cantine": "booked parent",
        "3 garderie-de-midi": "booked linked",
    }
    assert places() == {"30 cantine": 1, "3 cantine": 1}
    batch = db.session().scalars(select(BookingBatch)).one()
    assert (batch.added, batch.removed, batch.refused) == (2, 0, 0)
    mail = db.session().scalars(select(OutboxMail)).one()
    assert mail.kind == MailKind.BOOKINGS_SAVED
    assert mail.context == {"batch": batch.public_id, "added": "2"}
    told = (
        db.session()
        .scalars(select(JournalEntry).where(JournalEntry.event == "bookings_saved"))
        .one()
    )
    assert told.details == {"added": "2"}


def test_what_the_canteen_brought_goes_with_it(town: People) -> None:
    tick(town.zest, "30 cantine")
    tick(town.zest)
    assert states(town.zest) == {"30 cantine": "cancelled parent", MIDDAY: "cancelled linked"}
    assert places() == {"30 cantine": 0}
    kinds = [event.kind for event in db.session().scalars(
        select(BookingEvent).order_by(BookingEvent.id)
    )]  # fmt: skip
    assert kinds == ["booked", "booked", "cancelled", "cancelled"]


def test_what_was_booked_for_itself_stays(town: People) -> None:
    """Booked before the canteen, or ticked beside it."""
    tick(town.zest, MIDDAY)
    tick(town.zest, MIDDAY, "30 cantine", "3 cantine", "3 garderie-de-midi")
    tick(town.zest)
    assert states(town.zest) == {
        "30 cantine": "cancelled parent",
        MIDDAY: "booked parent",
        "3 cantine": "cancelled parent",
        "3 garderie-de-midi": "booked parent",
    }
    tick(town.zest)
    assert states(town.zest)[MIDDAY] == "cancelled parent"


def test_a_day_given_back_may_be_booked_again(town: People) -> None:
    tick(town.zest, "30 cantine")
    tick(town.zest)
    tick(town.zest, "30 cantine", key="f" * 32)
    assert states(town.zest) == {"30 cantine": "booked parent", MIDDAY: "booked linked"}
    assert places() == {"30 cantine": 1}


def test_a_double_click_saves_once(town: People) -> None:
    """Both lead to the same page; the same key with something else saves nothing either."""
    account = signed_in(town.zest)
    boxes = seen(account, MONDAY, "30 cantine")
    week, now = weeks.both_ends(MONDAY), datetime.now(UTC)
    first = saving.save(account, week, boxes, "a" * 32, now)
    second = saving.save(account, week, boxes, "a" * 32, now)
    assert first.public_id == second.public_id
    assert len(states(town.zest)) == 2
    with pytest.raises(Refusal):
        saving.save(account, week, seen(account, MONDAY), "a" * 32, now)
    assert states(town.zest)["30 cantine"] == "booked parent"
    # A key is its account's own: whoever else sends it saves what is theirs.
    tick(town.moreau, "30 cantine", key="a" * 32)
    assert states(town.moreau) == {"30 cantine": "booked parent", MIDDAY: "booked linked"}


def test_past_the_limit_nothing_changes(town: People, clock: time_machine.Traveller) -> None:
    """Neither booked nor cancelled; whoever read the summary in time has two minutes more."""
    tick(town.zest, "30 cantine")
    account = signed_in(town.zest)
    boxes = seen(account, MONDAY, "3 cantine")
    clock.move_to(LIMIT)
    week = weeks.both_ends(MONDAY)
    refused = saving.save(account, week, boxes, "b" * 32, LIMIT).refused
    assert [each.state for each in refused] == [None, None]
    assert "ce repas est commandé" in refused[0].sentence
    assert "Trop tard" in refused[1].sentence
    assert states(town.zest) == {"30 cantine": "booked parent", MIDDAY: "booked linked"}
    saving.save(account, week, boxes, "c" * 32, LIMIT - timedelta(seconds=1))
    assert states(town.zest)["3 cantine"] == "booked parent"


def test_a_day_that_the_other_guardian_changed_is_told(town: People) -> None:
    """Nothing is saved before whoever ticked has read it; what both wanted is no difference."""
    ines, karim = signed_in(town.ines), signed_in(town.karim)
    boxes = seen(karim, MONDAY, "3 cantine")
    tick(ines, "30 cantine")
    week = weeks.both_ends(MONDAY)
    with pytest.raises(Refusal) as told:
        saving.save(karim, week, boxes, "d" * 32, datetime.now(UTC))
    assert told.value.reason is Reason.OUTDATED
    summary = summaries.summary(karim.family_id, MONDAY, boxes, datetime.now(UTC))
    assert summary.changed == ["Lundi 30\u00a0novembre, Adam, Cantine\u00a0: réservé"]
    assert "3 cantine" not in states(town.ines)
    boxes = seen(karim, MONDAY, "30 cantine", "3 cantine")
    tick(ines, "30 cantine", "3 cantine", "4 cantine")
    again = Boxes(boxes.seen, boxes.ticked | {each for each in boxes.seen if "2026-12-04" in each})
    with pytest.raises(Refusal) as told:
        saving.save(karim, week, again, "e" * 32, datetime.now(UTC))
    assert told.value.reason is Reason.SAME


def test_a_meal_is_booked_by_one_home(town: People) -> None:
    """The other one is told, and may have it once it is given back; neither sees who or when."""
    tick(town.claire, "30 cantine")
    account = signed_in(town.marc)
    drawn = drawing.week(account.family_id, MONDAY)
    [first] = [day.children[0].lines[0] for day in drawn.days if day.day == MONDAY]
    assert first.name == ""
    assert first.words == "Déjà réservé par l’autre foyer."
    tick(town.claire)
    tick(town.marc, "30 cantine")
    assert states(town.marc) == {"30 cantine": "booked parent", MIDDAY: "booked linked"}
    assert states(town.claire) == {}


def test_the_weeks_of_the_other_home_are_told_in_a_line(town: People) -> None:
    """No box there; the next week has them."""
    with db.transaction() as session:
        bookings, jules = booked_by(session, town.claire)
        bookings.take_turns(jules, CustodyPattern.ISO_EVEN, MONDAY)
    account = signed_in(town.claire)
    drawn = drawing.week(account.family_id, MONDAY)
    told = [[line.words for line in each.lines] for day in drawn.days for each in day.children]
    elsewhere = ["Semaine de l’autre foyer."]
    assert told == [elsewhere, ["Fermé\u00a0: Grève. Rien ne vous sera facturé."], *[elsewhere] * 2]
    assert not drawn.has_boxes
    assert drawing.week(account.family_id, MONDAY + timedelta(weeks=1)).has_boxes


FORGED = {
    "another family's child": ("e2", "cantine", "2026-11-30"),
    "no service of the town": ("e1", "piscine", "2026-11-30"),
    "another week": ("e1", "cantine", "2026-12-07"),
    "no day": ("e1", "cantine", "2026-02-30"),
    "nothing": ("e1", "", ""),
}


@pytest.mark.parametrize("name", FORGED.values(), ids=list(FORGED))
def test_a_forged_box_changes_nothing(app: Flask, town: People, name: tuple[str, str, str]) -> None:
    child, service, day = name
    _refuses(app, town, {f"{public_id(child)}.{service}.{day}": 0})


def test_twenty_thousand_boxes_change_nothing(app: Flask, town: People) -> None:
    boxes = {f"{public_id('e1')}.cantine.2026-11-30{'x' * number}": 0 for number in range(20_000)}
    assert len(boxes) > MOST_BOXES
    _refuses(app, town, boxes)


def test_a_midday_that_the_canteen_needs_cannot_be_taken_away(town: People) -> None:
    """Neither while it is booked nor while it is waited for; what it brought is no question."""
    tick(town.zest, MIDDAY)
    name = f"{public_id('e1')}.garderie-de-midi.2026-11-30"
    canteen = f"{public_id('e1')}.cantine.2026-11-30"
    why = ["Avec la cantine, on réserve aussi la garderie de midi."]
    assert refused(town, Boxes({canteen: 0, name: 1}, frozenset({canteen}))) == why
    assert states(town.zest) == {"30 cantine": "booked parent", MIDDAY: "booked parent"}
    assert refused(town, Boxes({name: 1}, frozenset())) == why
    capacity(0)
    tick(town.zest, "3 garderie-de-midi")
    tick(town.zest, "3 cantine", "3 garderie-de-midi")
    assert states(town.zest)["3 cantine"] == "waiting parent 1"
    assert refused(town, Boxes({name.replace("11-30", "12-03"): 1}, frozenset())) == why
    assert states(town.zest)["3 garderie-de-midi"] == "booked parent"


def test_one_account_saves_so_often_a_day(town: People, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches, "MOST_A_DAY", 1)
    tick(town.zest, "30 cantine")
    with pytest.raises(Refusal) as refused:
        tick(town.zest, "3 cantine")
    assert refused.value.reason is Reason.TOO_MANY


def test_who_wants_no_such_mail_has_none(town: People) -> None:
    with db.transaction() as session:
        session.execute(update(Account).values(mail_requests=False))
    tick(town.zest, "30 cantine")
    assert db.session().scalars(select(OutboxMail)).all() == []


def refused(town: People, boxes: Boxes) -> list[str]:
    """Send these boxes, whatever the page has, and read what is refused of them."""
    week, key = weeks.both_ends(MONDAY), secrets.token_hex(16)
    saved = saving.save(signed_in(town.zest), week, boxes, key, datetime.now(UTC))
    return [each.sentence for each in saved.refused]


def _refuses(app: Flask, town: People, names: dict[str, int]) -> None:
    account = signed_in(town.zest)
    before = every_row(app)
    with pytest.raises(Refusal):
        saving.save(
            account,
            weeks.both_ends(MONDAY),
            Boxes(names, frozenset(names)),
            "a" * 32,
            datetime.now(UTC),
        )
    assert every_row(app) == before


def test_what_is_booked_is_given_back_though_the_enrolment_is_over(town: People) -> None:
    """The town stops an enrolment, and what is booked stays: it has its box, and no other has."""
    tick(town.zest, "30 cantine", "3 garderie-de-midi")
    with db.transaction() as session:
        session.execute(update(Enrolment).values(last=MONDAY - timedelta(days=3)))
    account = signed_in(town.zest)
    week = drawing.week(account.family_id, MONDAY)
    lines = [line for day in week.days for each in day.children for line in each.lines]
    assert [line.name.split(".", 1)[1] for line in lines if line.name] == [
        "cantine.2026-11-30", "garderie-de-midi.2026-12-03",
    ]  # fmt: skip
    tick(town.zest)
    assert set(states(town.zest).values()) == {"cancelled parent", "cancelled linked"}
