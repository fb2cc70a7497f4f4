"""The town hall goes back on an answer: as if nothing had been said, but for the journal."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import select

from app import db
from app.models import (
    AcceptedValue,
    Child,
    FamilyErasure,
    Guardian,
    JournalEntry,
    MailState,
    OutboxMail,
    RequestEvent,
)
from app.services import retention
from app.services.actors import PORTAL
from app.services.families import reporting
from app.services.files.uploads import CheckedFile
from app.services.refusals import Reason, Refusal
from app.services.requests import acting, desk, desk_reading, erasures, latest, reading, undoing
from app.services.requests.kinds import ACCOUNT_DELETION
from app.testing import Outbox
from tests.services.files.test_uploads import picture
from tests.services.requests.conftest import PAPER, at_desk, send, signed_in
from tests.support.people import TOWN_HALL, People, public_id

pytestmark = pytest.mark.usefixtures("inside")

MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
A_MINUTE = timedelta(minutes=1)


def mobile(people: People) -> str | None:
    """What the portal holds of Madame ZEST."""
    wanted = select(Guardian.mobile).where(Guardian.email == people.zest.email)
    db.session().expire_all()
    return db.session().scalar(wanted)


def test_an_answer_is_taken_back_before_the_family_is_told(people: People, outbox: Outbox) -> None:
    """Refused by mistake: the family sees no refusal, gets no mail, and the file is not theirs."""
    zest, camille = signed_in(people.zest), at_desk()
    sent = send(zest)
    desk.speak(sent.number, "Nous regardons.", camille)
    before, mails = desk_reading.find(sent.number).line, len(outbox)
    done = desk.refuse(sent.number, "Il n’y a plus de place.", camille)
    assert done.mailed
    found = reading.find(zest, sent.public_id)
    assert found is not None
    assert found.state.value == "refused"
    undoing.undo(sent.number, done.event_id, camille)
    found = reading.find(zest, sent.public_id)
    assert found is not None
    assert [event.words for event in found.events] == ["Demande envoyée", "Message de la mairie"]
    undone = desk_reading.find(sent.number).line
    # The history keeps that it was said, and taken back.
    assert undone._replace(latest_event=before.latest_event) == before
    told = desk_reading.find(sent.number).details.events[-1]
    assert (told.text, told.undone_at is not None) == ("Il n’y a plus de place.", True)
    assert len(outbox) == mails
    states = select(OutboxMail.state).order_by(OutboxMail.id.desc()).limit(1)
    assert db.session().scalars(states).one() is MailState.WITHDRAWN
    acts = select(JournalEntry.event).where(JournalEntry.acted_by == camille.name)
    done_acts = db.session().scalars(acts.order_by(JournalEntry.id)).all()
    assert done_acts == ["request_spoken", "request_refused", "request_undone"]
    assert latest.few(zest)[0].state.value == "taken"


def test_the_mail_waits_two_minutes_then_it_is_too_late(people: People) -> None:
    """Nobody unsays what was read."""
    sent, camille = send(signed_in(people.zest)), at_desk()
    with time_machine.travel(MONDAY, tick=False) as clock:
        done = desk.ask(sent.number, "Un certificat", camille)
        [mail] = db.rows(select(OutboxMail.due_at).where(OutboxMail.kind == "request_answered"))
        assert mail.due_at == MONDAY + 2 * A_MINUTE
        clock.shift(2 * A_MINUTE + timedelta(seconds=1))
        with pytest.raises(Refusal, match="les deux minutes sont passées"):
            undoing.undo(sent.number, done.event_id, camille)
    assert desk_reading.find(sent.number).line.state_words == "Pièce manquante"


def test_what_a_command_says_leaves_at_once(people: People, outbox: Outbox) -> None:
    """It has no screen to press « Annuler » on."""
    sent = send(signed_in(people.zest))
    done = desk.ask(sent.number, "Un certificat", TOWN_HALL)
    assert len(outbox) == 2
    with pytest.raises(Refusal, match="les deux minutes sont passées"):
        undoing.undo(sent.number, done.event_id, TOWN_HALL)


def test_details_are_what_they_were(people: People) -> None:
    """And so is what was to be reported; accepted again, it is reported once more."""
    zest, camille = signed_in(people.zest), at_desk()
    was = mobile(people)
    first = send(zest, "details", "a" * 32, details={"mobile": "06 39 98 00 01"})
    done = desk.accept(first.number, "", camille)
    assert mobile(people) == "06 39 98 00 01"
    undoing.undo(first.number, done.event_id, camille)
    assert mobile(people) == was
    assert reporting.to_report() == []
    desk.accept(first.number, "", TOWN_HALL)
    [kept] = reporting.to_report()
    second = send(zest, "details", "b" * 32, details={"mobile": "06 39 98 00 02"})
    done = desk.accept(second.number, "", camille)
    undoing.undo(second.number, done.event_id, camille)
    assert reporting.to_report() == [kept]
    assert mobile(people) == "06 39 98 00 01"
    # What the files always said has nothing to report: going back on that brings the line back.
    third = send(zest, "details", "c" * 32, details={"mobile": was})
    done = desk.accept(third.number, "", camille)
    assert reporting.to_report() == []
    undoing.undo(third.number, done.event_id, camille)
    assert reporting.to_report() == [kept]


def test_what_changed_since_is_not_put_back(people: People) -> None:
    """An import, or a colleague, said something else within the minute."""
    zest, camille = signed_in(people.zest), at_desk()
    sent = send(zest, "details", details={"mobile": "06 39 98 00 01"})
    done = desk.accept(sent.number, "", camille)
    with db.transaction() as session:
        guardian = session.get_one(Guardian, zest.guardian_id)
        guardian.mobile = "06 39 98 00 09"
    with pytest.raises(Refusal, match="a encore changé depuis") as refused:
        undoing.undo(sent.number, done.event_id, camille)
    assert refused.value.reason is Reason.OUTDATED
    assert mobile(people) == "06 39 98 00 09"
    assert desk_reading.find(sent.number).line.state_words == "Acceptée"


def test_a_photo_goes_too(people: People) -> None:
    """Another child's, in the wrong request."""
    zest, camille = signed_in(people.zest), at_desk()
    photo = CheckedFile("zoe.jpg", ".jpg", picture())
    sent = send(zest, "photo", files=(photo,), children=[public_id("e1")])
    desk.speak(sent.number, "Merci, nous regardons.", camille, [PAPER])
    done = desk.accept(sent.number, "", camille)
    with_photo = select(Child.photo).where(Child.photo != "")
    assert db.session().scalars(with_photo).all() != []
    undoing.undo(sent.number, done.event_id, camille)
    db.session().expire_all()
    assert db.session().scalars(with_photo).all() == []
    assert db.session().scalars(select(AcceptedValue)).all() == []


def test_a_file_goes_with_the_words(people: People) -> None:
    """It was for another family."""
    zest, camille = signed_in(people.zest), at_desk()
    sent = send(zest)
    done = desk.speak(sent.number, "Voici.", camille, [PAPER])
    found = reading.find(zest, sent.public_id)
    assert found is not None
    [file] = found.events[-1].files
    undoing.undo(sent.number, done.event_id, camille)
    assert reading.find_file(zest, sent.public_id, file.public_id) is None


def test_an_erasure_is_planned_or_not_as_before(people: People) -> None:
    """Accepted, undone, accepted, refused, undone: it is planned."""
    zest, camille = signed_in(people.moreau), at_desk()
    with db.transaction() as session:
        family = session.get_one(Guardian, zest.guardian_id).family
        family.missing_since = MONDAY
    sent = send(zest, ACCOUNT_DELETION, details={"text": ""})
    done = desk.accept(sent.number, "", camille)
    assert len(erasures.planned()) == 1
    undoing.undo(sent.number, done.event_id, camille)
    assert erasures.planned() == []
    assert desk_reading.find(sent.number).line.state_words == "Envoyée"
    desk.accept(sent.number, "", camille)
    done = desk.refuse(sent.number, "Vous devez un mois.", camille)
    assert erasures.planned() == []
    undoing.undo(sent.number, done.event_id, camille)
    assert len(erasures.planned()) == 1
    last = select(FamilyErasure.cancelled_at).order_by(FamilyErasure.id.desc())
    assert db.session().scalars(last).all()[0] is None


def test_nothing_is_undone_twice_nor_under_what_came_since(people: People) -> None:
    """A note is nothing; a piece of the family is."""
    zest, camille = signed_in(people.zest), at_desk()
    sent = send(zest)
    done = desk.ask(sent.number, "Un certificat", camille)
    desk.note(sent.number, "Elle a promis pour ce soir.", camille)
    undoing.undo(sent.number, done.event_id, camille)
    with pytest.raises(Refusal, match="rien à annuler"):
        undoing.undo(sent.number, done.event_id, camille)
    done = desk.ask(sent.number, "Un certificat", camille)
    acting.add_files(zest, sent.public_id, [PAPER])
    with pytest.raises(Refusal, match="Entre-temps, la famille a ajouté une pièce"):
        undoing.undo(sent.number, done.event_id, camille)
    first = db.rows(select(RequestEvent.id).order_by(RequestEvent.id).limit(1))[0].id
    with pytest.raises(Refusal, match="rien à annuler"):
        undoing.undo(sent.number, first, camille)


def test_what_was_replaced_is_forgotten_in_a_day(people: People) -> None:
    """It holds old telephones, and nobody may go back on it any more."""
    with time_machine.travel(MONDAY, tick=False) as clock:
        sent = send(signed_in(people.zest), "details", details={"mobile": "06 39 98 00 01"})
        desk.accept(sent.number, "", at_desk())
        clock.shift(timedelta(hours=25))
        retention.purge(PORTAL)
    kept = select(RequestEvent.before).where(RequestEvent.before.is_not(None))
    assert db.session().scalars(kept).all() == []
