"""A request from its sending to its answer."""

import threading
from datetime import date
from functools import partial
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from app import db
from app.calendar import working_days
from app.models import Account, Family, FamilyRequest, Guardian, JournalEntry, RequestState
from app.services import counts
from app.services.files.stored_files import StoredFile
from app.services.files.uploads import CheckedFile
from app.services.refusals import Reason, Refusal
from app.services.requests import acting, desk, latest, listing, reading, sending
from app.services.requests.acting import Outcome
from app.services.requests.kinds import BY_KEY, KINDS
from app.services.requests.sending import Asked
from app.testing import Outbox
from configuring.requests import KINDS as REQUEST_KINDS
from tests.services.requests.conftest import PAPER, send, signed_in
from tests.support.mail_room import in_parallel
from tests.support.people import TOWN_HALL, People, public_id

pytestmark = pytest.mark.usefixtures("inside")
OTHER = BY_KEY["other"]


def stored(app: Flask) -> list[Path]:
    return sorted((Path(app.instance_path) / "requests").glob("*"))


def test_a_request_leaves_once(app: Flask, people: People, outbox: Outbox) -> None:
    """A number, an expected date, a line of history, a receipt; a double click changes nothing."""
    zest = signed_in(people.zest)
    sent = send(zest, files=(PAPER,))
    assert send(zest, files=(PAPER,)) == sent
    found = reading.find(zest, sent.public_id)
    assert found is not None
    assert (found.number, found.state) == (sent.number, RequestState.SENT)
    assert [event.words for event in found.events] == ["Demande envoyée"]
    assert [(file.title, file.stored) for file in found.files] == [
        ("Justificatif", StoredFile("PDF", len(PAPER.content)))
    ]
    assert len(stored(app)) == 1
    [mail] = outbox
    assert f"/demandes/{sent.public_id}" in mail.text
    assert "Bonjour" not in mail.text.removeprefix("Bonjour")


def test_a_key_is_each_account_s_own(people: People) -> None:
    """Somebody else's key finds nothing of theirs."""
    zest, moreau = signed_in(people.zest), signed_in(people.moreau)
    assert send(zest) != send(moreau)


def test_another_text_under_a_used_key_is_told(people: People) -> None:
    """Back, another text, sent again: it is not dropped as if it had left."""
    zest = signed_in(people.zest)
    key = "f" * 32
    first = sending.send(zest, OTHER, Asked({"text": "Un banc"}), key)
    assert sending.send(zest, OTHER, Asked({"text": "Un banc"}), key) == first
    for asked, files in ((Asked({"text": "Un arbre"}), []), (Asked({"text": "Un banc"}), [PAPER])):
        with pytest.raises(Refusal, match="n’est pas partie"):
            sending.send(zest, OTHER, asked, key, files)


def test_of_many_at_once_no_more_leave_than_in_a_day(
    app: Flask, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The end of a day's requests holds in as many windows as one likes."""
    monkeypatch.setattr(sending, "MOST_A_DAY", 4)
    zest = signed_in(people.zest)
    db.session().rollback()
    refused = []

    def send(number: int) -> None:
        with app.app_context():
            try:
                sending.send(zest, OTHER, Asked({"text": str(number)}), f"{number:032x}")
            except Refusal as refusal:
                refused.append(refusal.reason)

    in_parallel(*[partial(send, number) for number in range(10)])
    assert refused == [Reason.TOO_MANY] * 6


def test_whoever_wants_no_mail_gets_none(people: People, outbox: Outbox) -> None:
    with db.transaction() as session:
        session.query(Account).update({"mail_requests": False})
    send(signed_in(people.zest))
    assert len(outbox) == 0


def test_another_family_s_child_or_invoice_is_refused(app: Flask, people: People) -> None:
    zest = signed_in(people.zest)
    for asked in ({"children": [public_id("e2")]}, {"invoice": public_id("f60")}):
        with pytest.raises(Refusal):
            send(zest, files=(PAPER,), **asked)
    assert stored(app) == []


def test_a_question_names_its_invoice_when_that_is_gone(people: People) -> None:
    """Withdrawn with the files, or its import undone: the town hall still reads which it was."""
    moreau = signed_in(people.moreau)
    ask = partial(send, moreau, "invoice_question", invoice=public_id("f60"))
    sent = ask(details={"text": "Pourquoi\u00a0?"})
    assert ask(details={"text": "Pourquoi\u00a0?"}) == sent
    there = reading.find(moreau, sent.public_id)
    with db.transaction() as session:
        session.query(FamilyRequest).update({"invoice_id": None})
    gone = reading.find(moreau, sent.public_id)
    assert there is not None
    assert gone is not None
    assert there.answers == gone.answers
    assert ("Facture", "60") in gone.answers


def test_there_is_an_end_to_a_day_s_requests(people: People) -> None:
    zest = signed_in(people.zest)
    for number in range(sending.MOST_A_DAY):
        send(zest, key=f"{number:032}")
    with pytest.raises(Refusal, match="Réessayez demain"):
        send(zest, key="b" * 32)


def test_who_sees_what(people: People) -> None:
    """Both guardians see a family's requests, one alone what is personal, others nothing."""
    ines, karim = signed_in(people.ines), signed_in(people.karim)
    shared, own = send(ines), send(ines, "account_deletion", "b" * 32)
    assert reading.find(karim, shared.public_id)
    assert reading.find(karim, own.public_id) is None
    assert reading.find(ines, own.public_id)
    assert reading.find(signed_in(people.zest), shared.public_id) is None
    assert listing.listed(karim, "").total == 1
    assert acting.withdraw(karim, own.public_id) is Outcome.UNKNOWN


def test_a_child_who_is_named_twice_is_one_child(people: People) -> None:
    """A double tick, or a page that was sent by hand: the request is about that child."""
    claire = signed_in(people.claire)
    sent = send(claire, "absence", details={}, children=[public_id("e5")] * 2)
    found = reading.find(claire, sent.public_id)
    assert found is not None
    assert [answer.label for answer in found.answers] == ["Enfant"]


def test_separated_parents_see_nothing_of_each_other(people: People) -> None:
    claire, marc = signed_in(people.claire), signed_in(people.marc)
    sent = send(claire, children=[public_id("e5")])
    assert reading.find(marc, sent.public_id) is None
    assert latest.few(marc) == []


def test_open_requests_come_first(people: People) -> None:
    zest = signed_in(people.zest)
    sent = [send(zest, key=f"{number:032}") for number in range(5)]
    acting.withdraw(zest, sent[4].public_id)
    numbers = [line.number for line in listing.listed(zest, "1").items]
    assert numbers == [sent[at].number for at in (3, 2, 1, 0, 4)]
    assert [each.number for each in latest.few(zest)] == [sent[at].number for at in (4, 3, 2)]


def test_what_waits_for_the_family_comes_first_of_all(people: People) -> None:
    """An old request that lacks a piece is not hidden by newer ones."""
    zest = signed_in(people.zest)
    sent = [send(zest, key=f"{number:032}") for number in range(5)]
    desk.ask(sent[0].number, "Une attestation d’assurance", TOWN_HALL)
    few = latest.few(zest)
    assert [each.number for each in few] == [sent[at].number for at in (0, 4, 3)]
    assert [each.misses_a_piece for each in few] == [True, False, False]
    assert counts.of(zest).pieces_missing == 1
    assert listing.listed(zest, "").items[0].number == sent[0].number


def test_a_missing_piece_comes(app: Flask, people: People, outbox: Outbox) -> None:
    """The town hall asks, the parent adds it once, however often they press."""
    zest = signed_in(people.zest)
    sent = send(zest)
    desk.ask(sent.number, "Un justificatif de domicile", TOWN_HALL)
    found = reading.find(zest, sent.public_id)
    assert found is not None
    assert found.piece_asked == "Un justificatif de domicile"
    for _ in range(2):
        assert acting.add_files(zest, sent.public_id, [PAPER]) is Outcome.DONE
    found = reading.find(zest, sent.public_id)
    assert found is not None
    assert (found.state, len(found.files)) == (RequestState.TAKEN, 1)
    assert len(stored(app)) == 1
    assert [mail.subject for mail in outbox] == [
        f"Nous avons reçu votre demande n°\u00a0{sent.number}",
        f"Du nouveau sur votre demande n°\u00a0{sent.number}",
    ]
    assert "justificatif" not in outbox.latest.text
    promised = ["répondra au plus tard le" in mail.text for mail in outbox]
    # The piece that was asked for is the family's to send: the town hall promises no day.
    assert promised == [True, False]


def test_there_is_an_end_to_a_request_s_files(app: Flask, people: People) -> None:
    zest = signed_in(people.zest)
    sent = send(zest)
    many = [CheckedFile(f"n{number}", ".pdf", b"%PDF") for number in range(acting.MOST_FILES + 1)]
    assert acting.add_files(zest, sent.public_id, many) is Outcome.TOO_MANY
    assert stored(app) == []


def test_an_answer_is_final(people: People) -> None:
    zest = signed_in(people.zest)
    sent = send(zest)
    desk.take(sent.number, TOWN_HALL)
    desk.refuse(sent.number, "La garderie est complète.", TOWN_HALL)
    found = reading.find(zest, sent.public_id)
    assert found is not None
    assert found.answer is not None
    assert found.answer.text == "La garderie est complète."
    assert acting.withdraw(zest, sent.public_id) is Outcome.CLOSED
    assert acting.add_files(zest, sent.public_id, [PAPER]) is Outcome.CLOSED
    with pytest.raises(Refusal, match="déjà «\u00a0refusée\u00a0»"):
        desk.take(sent.number, TOWN_HALL)
    with pytest.raises(Refusal, match="déjà «\u00a0refusée\u00a0»"):
        desk.accept(sent.number, "", TOWN_HALL)


@pytest.mark.parametrize("reason", ["", " \n", "\x00\u202e"])
def test_a_refusal_has_a_reason(people: People, reason: str) -> None:
    sent = send(signed_in(people.zest))
    with pytest.raises(Refusal, match="raison"):
        desk.refuse(sent.number, reason, TOWN_HALL)
    with pytest.raises(Refusal, match="pas de demande"):
        desk.refuse(999, "Non", TOWN_HALL)


def test_of_two_answers_one_counts(app: Flask, people: People) -> None:
    sent = send(signed_in(people.zest))
    refused: list[str] = []

    def answer() -> None:
        with app.app_context():
            try:
                desk.refuse(sent.number, "Non", TOWN_HALL)
            except Refusal as error:
                refused.append(str(error))

    threads = [threading.Thread(target=answer) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refused) == 3


def test_accepting_details_applies_them(people: People) -> None:
    """The guardian's and the family's; the other guardian's stay."""
    ines = signed_in(people.ines)
    sent = send(ines, "details", details={"mobile": "", "city": "Crolles", "family_id": "1"})
    assert desk.accept(sent.number, "", TOWN_HALL).left.to_report
    found = select(Guardian.mobile, Family.city).join(Family).where(Family.number == "510002")
    rows = db.rows(found.order_by(Guardian.rank))
    assert [tuple(row) for row in rows] == [("", "Crolles"), ("0651000031", "Crolles")]


def test_the_journal_holds_no_text(people: People) -> None:
    sent = send(signed_in(people.zest))
    desk.ask(sent.number, "Votre jugement de divorce", TOWN_HALL)
    with db.transaction() as session:
        lines = [(row.event, str(row.details)) for row in session.scalars(select(JournalEntry))]
    assert {"request_sent", "request_piece_asked"} <= {event for event, _ in lines}
    assert not [details for _, details in lines if "divorce" in details]


def test_the_setting_names_every_kind() -> None:
    assert sorted(kind.slug for kind in KINDS) == sorted(REQUEST_KINDS)


@pytest.mark.parametrize(
    ("start", "count", "end"),
    [
        (date(2026, 11, 23), 5, date(2026, 11, 30)),
        (date(2026, 12, 24), 1, date(2026, 12, 28)),
        (date(2027, 3, 26), 1, date(2027, 3, 30)),
        (date(2027, 5, 5), 1, date(2027, 5, 7)),
    ],
)
def test_working_days_leave_out_sundays_and_holidays(start: date, count: int, end: date) -> None:
    assert working_days.after(start, count) == end
    assert working_days.after(working_days.before(end, count), count) == end
