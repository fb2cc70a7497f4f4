"""What the town hall reads first: who waits, and what came since it last wrote."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine

from app.models import Folder
from app.services.files import stores
from app.services.files.uploads import CheckedFile
from app.services.refusals import Refusal
from app.services.requests import acting, desk, desk_listing, desk_reading, latest, reading
from tests.services.requests.conftest import PAPER, send, signed_in
from tests.support.people import TOWN_HALL, People

pytestmark = pytest.mark.usefixtures("inside")

MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
SECOND_PAPER = CheckedFile("Carte grise", ".pdf", b"%PDF-1.7\n2\n%%EOF")


def came(number: int) -> dict[str, bool]:
    """Tell, of each file of a request, whether it is still to be read."""
    return {piece.title: piece.is_new for piece in desk_reading.find(number).pieces}


def test_a_piece_is_to_be_read_until_the_town_answers(people: People) -> None:
    """What left with the request is no news; what came later is, until the next answer."""
    zest = signed_in(people.zest)
    with time_machine.travel(MONDAY, tick=False) as clock:
        sent = send(zest, files=(PAPER,))
        assert came(sent.number) == {"Justificatif": False}
        assert desk_listing.listed().items[0].piece_came_at is None
        clock.shift(timedelta(days=1))
        acting.add_files(zest, sent.public_id, [SECOND_PAPER])
        assert came(sent.number) == {"Justificatif": False, "Carte grise": True}
        assert desk_listing.listed().items[0].piece_came_at == MONDAY + timedelta(days=1)
        clock.shift(timedelta(hours=1))
        desk.take(sent.number, TOWN_HALL)
        assert came(sent.number) == {"Justificatif": False, "Carte grise": False}
        assert desk_listing.listed().items[0].piece_came_at is None


def test_a_request_that_is_closed_has_nothing_to_read(people: People) -> None:
    """Taken back after a file came: nobody has to look."""
    zest = signed_in(people.zest)
    sent = send(zest)
    acting.add_files(zest, sent.public_id, [PAPER])
    acting.withdraw(zest, sent.public_id)
    assert came(sent.number) == {"Justificatif": False}
    assert desk_listing.listed(everything=True).items[0].piece_came_at is None


def test_what_waits_for_the_family_comes_last(people: People) -> None:
    """Then, once the piece came, among the others: the town hall has its time again."""
    zest = signed_in(people.zest)
    with time_machine.travel(MONDAY, tick=False) as clock:
        first = send(zest, "absence", "a" * 32, details={})
        second = send(zest, "canteen", "b" * 32, details={})
        desk.ask(first.number, "Un certificat", TOWN_HALL)
        assert [line.number for line in desk_listing.listed().items] == [
            second.number,
            first.number,
        ]
        clock.shift(timedelta(days=14))
        late = {line.number: line.is_late for line in desk_listing.listed().items}
        assert late == {second.number: True, first.number: False}
        acting.add_files(zest, first.public_id, [PAPER])
        assert [line.number for line in desk_listing.listed().items] == [
            second.number,
            first.number,
        ]
        again = desk_listing.listed().items[1]
        assert (again.is_late, again.expected_on) == (False, date(2026, 12, 9))
        found = reading.find(zest, first.public_id)
        assert found is not None
        assert found.expected_on == date(2026, 12, 9)


def test_a_file_that_nobody_asked_for_changes_no_date(people: People) -> None:
    """Otherwise an answer could be put off by the very family that waits."""
    zest = signed_in(people.zest)
    with time_machine.travel(MONDAY, tick=False) as clock:
        sent = send(zest, "absence", details={})
        clock.shift(timedelta(days=1))
        acting.add_files(zest, sent.public_id, [PAPER])
        assert desk_listing.listed().items[0].expected_on == date(2026, 11, 25)


def test_a_question_is_answered_neither_accepted_nor_refused(people: People) -> None:
    """The family reads « Répondue », and what was answered; « Refusée » to a question hurts."""
    zest = signed_in(people.zest)
    sent = send(zest, "invoice_question", details={"text": "Pourquoi 4 repas\u00a0?"})
    with pytest.raises(Refusal, match="on y répond"):
        desk.refuse(sent.number, "Non", TOWN_HALL)
    with pytest.raises(Refusal, match="écrivez votre réponse"):
        desk.accept(sent.number, "", TOWN_HALL)
    desk.accept(sent.number, "Il y a eu 4 jours d’école.", TOWN_HALL)
    assert desk_reading.find(sent.number).line.state_words == "Répondue"
    found = reading.find(zest, sent.public_id)
    assert found is not None
    assert [event.words for event in found.events] == ["Demande envoyée", "Réponse de la mairie"]


def test_an_absence_is_taken_into_account(people: People) -> None:
    """Nobody asks leave to be ill."""
    sent = send(signed_in(people.zest), "absence", details={})
    desk.accept(sent.number, "", TOWN_HALL)
    assert desk_reading.find(sent.number).line.state_words == "Prise en compte"


def test_the_town_hall_speaks_and_nothing_is_settled(people: People) -> None:
    """The family reads it at once, and may answer with a file; the promise stays."""
    zest = signed_in(people.zest)
    sent = send(zest, "other")
    promised = desk_reading.find(sent.number).line.expected_on
    desk.speak(sent.number, "Nous cherchons une place.", TOWN_HALL, [PAPER])
    found = reading.find(zest, sent.public_id)
    assert found is not None
    assert found.is_open
    assert found.answer is not None
    assert (found.answer.words, found.answer.text) == (
        "Message de la mairie",
        "Nous cherchons une place.",
    )
    assert [file.title for file in found.answer.files] == ["Justificatif"]
    assert found.files == []
    assert desk_reading.find(sent.number).line.expected_on == promised


def test_a_piece_that_is_missing_is_missing_whatever_is_said(people: People) -> None:
    """« Dépêchez-vous » brings no certificate."""
    sent = send(signed_in(people.zest))
    desk.ask(sent.number, "Un certificat", TOWN_HALL)
    desk.speak(sent.number, "Il reste deux jours.", TOWN_HALL)
    assert desk_reading.find(sent.number).line.state_words == "Pièce manquante"


def test_nothing_is_said_of_what_is_closed(people: People) -> None:
    """Its family would not know that it is open again; and the file is not kept."""
    sent = send(signed_in(people.zest))
    desk.refuse(sent.number, "Non", TOWN_HALL)
    with pytest.raises(Refusal, match="déjà «\u00a0refusée\u00a0»"):
        desk.speak(sent.number, "Encore un mot", TOWN_HALL, [PAPER])
    assert list(stores.store().list(Folder.REQUESTS)) == []


def test_a_note_is_read_by_the_town_hall_alone(people: People) -> None:
    """It moves nothing, tells nobody, and is no answer to the piece that came."""
    zest = signed_in(people.zest)
    with time_machine.travel(MONDAY, tick=False) as clock:
        sent = send(zest)
        clock.shift(timedelta(days=1))
        acting.add_files(zest, sent.public_id, [PAPER])
        clock.shift(timedelta(days=1))
        desk.note(sent.number, "Voir avec Nadia.", TOWN_HALL)
        assert came(sent.number) == {"Justificatif": True}
        assert desk_listing.listed().items[0].piece_came_at == MONDAY + timedelta(days=1)
    assert desk_reading.find(sent.number).details.events[-1].text == "Voir avec Nadia."
    found = reading.find(zest, sent.public_id)
    assert found is not None
    assert "Note interne" not in [event.words for event in found.events]
    assert latest.few(zest)[0].day == (MONDAY + timedelta(days=1)).date()
    desk.accept(sent.number, "", TOWN_HALL)
    desk.note(sent.number, "Classée.", TOWN_HALL)
    with pytest.raises(Refusal, match="il n’y a pas"):
        desk.note(999, "Rien", TOWN_HALL)


def test_an_attestation_is_answered_by_its_file(people: People) -> None:
    """The paper that was asked for, without a word if there is none to say."""
    zest = signed_in(people.zest)
    sent = send(zest, "attestation", details={"year": "2025"})
    desk.accept(sent.number, "", TOWN_HALL, [PAPER])
    found = reading.find(zest, sent.public_id)
    assert found is not None
    assert found.answer is not None
    [file] = found.answer.files
    assert reading.find_file(zest, sent.public_id, file.public_id) is not None
    stranger = signed_in(people.moreau)
    assert reading.find_file(stranger, sent.public_id, file.public_id) is None
