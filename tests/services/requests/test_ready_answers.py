"""What the town hall has ready to say: the portal's ten, then its own."""

import pytest

from app.models import RequestState
from app.services.refusals import Refusal
from app.services.requests import desk, desk_reading, ready_answers
from app.services.requests.kinds import BY_KEY
from tests.services.requests.conftest import send, signed_in
from tests.support.people import TOWN_HALL, People, public_id

pytestmark = pytest.mark.usefixtures("inside")


def named(name: str) -> ready_answers.Ready:
    """Find one by its name."""
    return next(each for each in ready_answers.listed() if each.name == name)


def test_ten_are_there_from_the_first_day() -> None:
    """Each for a kind that there is, and none that could not be sent."""
    shipped = ready_answers.listed()
    assert len(shipped) == 10
    assert {each.kind for each in shipped} <= {"", *BY_KEY}
    assert all(len(each.text) < desk.LONGEST_TEXT for each in shipped)
    of_canteen = [each.name for each in ready_answers.for_kind("canteen")]
    assert of_canteen == ["Inscription à la cantine faite", "Réponse plus tard"]


def test_the_request_fills_it_in(people: People) -> None:
    """The child, the invoice, the day; what it does not say is not sent."""
    zest = signed_in(people.zest)
    of_child = send(zest, "canteen", "a" * 32, details={}, children=[public_id("e1")])
    of_invoice = send(zest, "invoice_question", "b" * 32, details={}, invoice=public_id("f59"))
    request = desk_reading.find(of_child.number)
    done = ready_answers.filled(named("Inscription à la cantine faite"), request)
    assert done.startswith("Bonjour,\n\nL’inscription de PAYS à la cantine est faite")
    ready_answers.check_filled(done)
    wrong = ready_answers.filled(named("Facture juste"), request)
    with pytest.raises(Refusal, match=r"\{facture\}"):
        ready_answers.check_filled(wrong)
    request = desk_reading.find(of_invoice.number)
    assert "facture 59" in ready_answers.filled(named("Facture juste"), request).replace("N°", "")
    assert request.line.state is RequestState.SENT


def test_a_town_makes_them_its_own(people: People) -> None:
    """Taken over once, changed, removed; with none left, the portal's are there again."""
    ready_answers.take_over(TOWN_HALL)
    with pytest.raises(Refusal, match="a déjà ses modèles"):
        ready_answers.take_over(TOWN_HALL)
    own = ready_answers.listed()
    assert {each.name for each in own} == {each.name for each in ready_answers.SHIPPED}
    assert all(not each.is_shipped for each in own)
    first, *others = own
    ready_answers.write(first.number, "photo", "Photo floue", "Elle est floue.", TOWN_HALL)
    assert ready_answers.find(first.number) == (
        first.number, "photo", "Photo floue", "Elle est floue.",
    )  # fmt: skip
    for kind, name, text in (
        ("", "", "x"),
        ("", "x", ""),
        ("rien", "x", "x"),
        ("", "x" * 101, "x"),
    ):
        with pytest.raises(Refusal):
            ready_answers.write(None, kind, name, text, TOWN_HALL)
    for each in others:
        ready_answers.remove(each.number, TOWN_HALL)
    assert [each.name for each in ready_answers.listed()] == ["Photo floue"]
    ready_answers.remove(first.number, TOWN_HALL)
    ready_answers.remove(first.number, TOWN_HALL)
    with pytest.raises(Refusal, match="n’existe plus"):
        ready_answers.write(first.number, "", "x", "x", TOWN_HALL)
    assert ready_answers.listed() == list(ready_answers.SHIPPED)
