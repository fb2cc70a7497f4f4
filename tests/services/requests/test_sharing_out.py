"""Who looks after which request, until when, and what becomes of two who answer at once."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import update

from app import db
from app.models import Child
from app.services.clerks import team
from app.services.refusals import Reason, Refusal
from app.services.requests import acting, desk, desk_listing, desk_reading, reading, undoing
from app.services.requests.desk_listing import NOBODY, Chosen, View
from tests.services.requests.conftest import PAPER, at_desk, send, signed_in
from tests.support.people import TOWN_HALL, People, public_id

pytestmark = pytest.mark.usefixtures("inside")

MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def seen(number: int) -> int:
    """What somebody who opens the request now has seen of it."""
    return desk_reading.find(number).line.latest_event


def test_camille_takes_one_and_gives_it_to_nadia(people: People) -> None:
    """The family reads « En cours », and nobody's name."""
    zest, camille, nadia = signed_in(people.zest), at_desk(), at_desk("Nadia Petit")
    sent = send(zest)
    desk.hold(sent.number, camille)
    assert desk_reading.find(sent.number).line.holder == camille.name
    done = desk.entrust(sent.number, nadia.public_id, camille)
    assert not done.mailed
    with pytest.raises(Refusal, match="Nadia Petit s’en occupe déjà"):
        desk.hold(sent.number, nadia)
    found = reading.find(zest, sent.public_id)
    assert found is not None
    assert [event.words for event in found.events] == [
        "Demande envoyée",
        "Demande prise en charge",
    ]
    told = desk_reading.find(sent.number).details.events[-1]
    assert (told.words, told.text) == ("Demande confiée", "À Nadia Petit.")
    undoing.undo(sent.number, done.event_id, camille)
    assert desk_reading.find(sent.number).line.holder == camille.name


def test_whoever_answers_first_looks_after_it(people: People) -> None:
    sent, camille = send(signed_in(people.zest)), at_desk()
    desk.ask(sent.number, "Un certificat", camille)
    desk.speak(sent.number, "Ou une attestation.", at_desk("Nadia Petit"))
    assert desk_reading.find(sent.number).line.holder == camille.name
    desk.refuse(sent.number, "Non", camille)
    with pytest.raises(Refusal, match="déjà «\u00a0refusée\u00a0»"):
        desk.entrust(sent.number, camille.public_id, camille)


def test_whoever_leaves_holds_nothing(people: People) -> None:
    """Her requests are nobody's, and are found as such."""
    sent, camille, nadia = send(signed_in(people.zest)), at_desk(), at_desk("Nadia Petit")
    desk.hold(sent.number, nadia)
    team.close(TOWN_HALL, nadia.public_id)
    assert desk_reading.find(sent.number).line.holder == ""
    free = desk_listing.chosen(View.TO_ANSWER, Chosen(holder=NOBODY), camille.clerk_id)
    assert [line.number for line in free.items] == [sent.number]
    with pytest.raises(Refusal, match="n’a plus d’accès"):
        desk.entrust(sent.number, nadia.public_id, camille)
    with pytest.raises(Refusal, match="n’a plus d’accès"):
        desk.entrust(sent.number, "0" * 16, camille)


def test_each_view_has_its_own(people: People) -> None:
    """To answer, late, mine, waiting for the family, closed; each counted as it is listed."""
    zest, moreau, camille = signed_in(people.zest), signed_in(people.moreau), at_desk()
    with time_machine.travel(MONDAY, tick=False) as clock:
        late = send(zest, "absence", "a" * 32, details={}, children=[public_id("e1")])
        asked = send(zest, "canteen", "b" * 32, details={})
        closed = send(moreau, "other", "c" * 32)
        desk.ask(asked.number, "Un certificat", camille)
        desk.refuse(closed.number, "Non", TOWN_HALL)
        clock.shift(timedelta(days=7))
        fresh = send(moreau, "garderie", "d" * 32, details={})
        counts = desk_listing.counts(camille.clerk_id)

        def numbers(view: View, **among: str) -> list[int]:
            page = desk_listing.chosen(view, Chosen(**among), camille.clerk_id)
            return [line.number for line in page.items]

        wanted = {
            View.TO_ANSWER: [late.number, fresh.number],
            View.LATE: [late.number],
            View.MINE: [asked.number],
            View.WITH_FAMILY: [asked.number],
        }
        assert {view: numbers(view) for view in wanted} == wanted
        assert counts == {view: len(found) for view, found in wanted.items()}
        assert numbers(View.CLOSED) == [closed.number]
        assert numbers(View.TO_ANSWER, kind="garderie") == [fresh.number]
        assert numbers(View.MINE, holder=NOBODY) == []
        assert numbers(View.MINE, holder=camille.public_id) == [asked.number]
        assert desk_listing.next_after(late.number) == fresh.number
        assert desk_listing.next_after(fresh.number) == late.number


def test_a_request_is_of_the_school_of_its_child(people: People) -> None:
    """Or of any of the family's, when it names none."""
    with db.transaction() as session:
        session.execute(update(Child).values(school=""))
        session.execute(
            update(Child).where(Child.public_id == public_id("e1")).values(school="Jules-Ferry")
        )
    zest, clerk_id = signed_in(people.zest), at_desk().clerk_id
    named = send(zest, "photo", "a" * 32, (PAPER,), details={}, children=[public_id("e1")])
    unnamed = send(zest, "other", "b" * 32)
    send(signed_in(people.moreau), "other", "c" * 32)
    assert desk_listing.schools() == ["Jules-Ferry"]
    found = desk_listing.chosen(View.TO_ANSWER, Chosen(school="Jules-Ferry"), clerk_id)
    assert {line.number for line in found.items} == {named.number, unnamed.number}


def test_an_answer_is_promised_for_another_day(people: People) -> None:
    """The family reads the day, and a word if there is one."""
    zest, camille = signed_in(people.zest), at_desk()
    with time_machine.travel(MONDAY, tick=False):
        sent = send(zest)
        for day in (date(2026, 11, 23), date(2026, 12, 25), date(2027, 6, 1), date(2026, 11, 29)):
            with pytest.raises(Refusal, match="choisissez un jour ouvré"):
                desk.postpone(sent.number, day, "", camille)
        done = desk.postpone(sent.number, date(2026, 12, 14), "Aline est absente.", camille)
        found = reading.find(zest, sent.public_id)
        assert found is not None
        assert found.expected_on == date(2026, 12, 14)
        assert found.events[-1].text == (
            "La mairie vous répondra au plus tard le lundi 14\u00a0décembre 2026.\n"
            "Aline est absente."
        )
        with pytest.raises(Refusal, match="déjà promise"):
            desk.postpone(sent.number, date(2026, 12, 14), "", camille)
        undoing.undo(sent.number, done.event_id, camille)
        assert desk_reading.find(sent.number).line.expected_on == date(2026, 12, 3)
        desk.ask(sent.number, "Un certificat", camille)
        with pytest.raises(Refusal, match="déjà «\u00a0pièce manquante\u00a0»"):
            desk.postpone(sent.number, date(2026, 12, 14), "", camille)


def test_of_two_answers_the_second_is_told_of_the_first(people: People) -> None:
    """Whatever happened since the page was drawn: by the family, or by a colleague."""
    zest, camille, nadia = signed_in(people.zest), at_desk(), at_desk("Nadia Petit")
    sent = send(zest)
    opened = seen(sent.number)
    acting.add_files(zest, sent.public_id, [PAPER])
    with pytest.raises(Refusal, match="Entre-temps, la famille a ajouté une pièce") as told:
        desk.accept(sent.number, "", camille, seen=opened)
    assert told.value.reason is Reason.OUTDATED
    opened = seen(sent.number)
    done = desk.speak(sent.number, "Nous regardons.", nadia, seen=opened)
    with pytest.raises(Refusal, match="Nadia Petit a agi"):
        desk.speak(sent.number, "Nous cherchons.", camille, seen=opened)
    opened = seen(sent.number)
    undoing.undo(sent.number, done.event_id, nadia)
    assert desk.speak(sent.number, "Nous cherchons.", camille, seen=opened)
    opened = seen(sent.number)
    acting.withdraw(zest, sent.public_id)
    with pytest.raises(Refusal, match="la famille a retiré sa demande"):
        desk.refuse(sent.number, "Non", camille, seen=opened)


def test_what_a_change_of_details_would_change(people: People) -> None:
    """Before and after, and what would be erased."""
    zest = signed_in(people.zest)
    sent = send(zest, "details", details={"mobile": "06 39 98 00 01", "work_phone": ""})
    found = desk_reading.find(sent.number)
    changes = {each.label: (each.before, each.after) for each in desk_reading.changes(found)}
    assert changes["Portable"][1] == "06\u00a039\u00a098\u00a000\u00a001"
    assert changes["Téléphone au travail"][1] == "À effacer"
    other = desk_reading.find(send(zest, "other", "b" * 32).number)
    assert desk_reading.changes(other) == []
