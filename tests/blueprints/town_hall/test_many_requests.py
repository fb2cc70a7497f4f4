"""« Demandes »: the same act on several at once, each told apart."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app import db
from app.models import FamilyRequest, RequestState
from app.services.files.uploads import CheckedFile
from app.services.refusals import Refusal
from app.services.requests import acting, many
from tests.blueprints.town_hall.conftest import ask, come, state
from tests.services.files.test_uploads import picture
from tests.services.requests.conftest import PAPER, signed_in
from tests.support.browser import Browser, Page
from tests.support.databases import selects, statements_of
from tests.support.people import People, public_id

CANTEEN: dict[str, Any] = {"details": {}}


def press(page: Page, words: str, *ticked: int, browser: Browser, **more: str) -> Page:
    """Tick some rows and press a button of the bar, as a browser sends them."""
    [button] = [each for each in page.soup.select("#choix button") if each.text.strip() == words]
    sent = {
        str(each["name"]): str(each["value"])
        for each in page.soup.select("input[name^=vu-][form=choix]")
    }
    data: Any = {
        **sent,
        "csrf_token": page.csrf_token,
        "choix": [str(each) for each in ticked],
        **more,
    }
    answer = browser.fetch(str(button["formaction"]), "POST", data)
    assert answer.status_code == 302
    return browser.visit(answer.headers["Location"])


def lines(page: Page) -> list[str]:
    """What became of each."""
    return [each.get_text() for each in page.soup.select(".notice li")]


def withdraw(app: Flask, people: People, number: int) -> None:
    """Madame ZEST takes one back."""
    with app.app_context():
        wanted = select(FamilyRequest.public_id).where(FamilyRequest.id == number)
        acting.withdraw(signed_in(people.zest), db.session().scalars(wanted).one())


def test_nadia_accepts_three_of_which_one_was_taken_back(
    app: Flask, people: People, nadia: Browser
) -> None:
    """Each is told; all that was done is undone at once, and the text is there again."""
    numbers = [ask(app, people, "canteen", key, **CANTEEN) for key in "abc"]
    page = nadia.get("town_hall.requests", sorte="canteen")
    withdraw(app, people, numbers[1])
    page = press(page, "Accepter", *numbers, browser=nadia, text="C’est fait.")
    assert "C’est fait pour 2 demandes. Les familles seront prévenues" in page.text
    assert lines(page) == [
        f"n°\u00a0{numbers[0]}\u00a0: acceptée",
        f"n°\u00a0{numbers[1]}\u00a0: Entre-temps, la famille a retiré sa demande.",
        f"n°\u00a0{numbers[2]}\u00a0: acceptée",
    ]
    assert state(app, numbers[0]) is RequestState.ACCEPTED
    page = page.submit("Annuler", _refused=200)
    assert "Annulé : 2 sur 2." in page.text
    assert [state(app, each) for each in numbers] == [
        RequestState.SENT,
        RequestState.WITHDRAWN,
        RequestState.SENT,
    ]
    assert page.soup.select_one("textarea").text.strip() == "C’est fait."  # type: ignore[union-attr]
    assert len(page.soup.select("input[name=choix][checked]")) == 2


def test_two_kinds_are_not_answered_together(app: Flask, people: People, nadia: Browser) -> None:
    """Nothing is done; the text and the ticks are kept."""
    one = ask(app, people, "canteen", **CANTEEN)
    other = ask(app, people, "other", "b")
    page = nadia.get("town_hall.requests")
    page = press(
        page, "Envoyer et laisser ouvertes", one, other, browser=nadia, text="Nous regardons."
    )
    assert page.errors == [many.SEVERAL_KINDS.replace("\u00a0", " ")]
    assert page.value("Le même texte pour toutes (facultatif)") == "Nous regardons."
    assert len(page.soup.select("input[name=choix][checked]")) == 2
    assert press(page, "Je m’en occupe", browser=nadia).errors == [many.NONE_CHOSEN]
    assert {state(app, one), state(app, other)} == {RequestState.SENT}
    with app.app_context(), pytest.raises(Refusal, match="20 demandes au plus"):
        many.kind_of(range(1, many.MOST + 2))


def test_all_that_the_list_shows_go_to_alex(app: Flask, people: People, nadia: Browser) -> None:
    """But what came after the list was drawn, which nobody has read."""
    first = ask(app, people, "canteen", **CANTEEN)
    alex = come(app, "alex@commune.fr", "Alex Rey", "secretariat")
    page = nadia.get("town_hall.requests", sorte="canteen")
    later = ask(app, people, "canteen", "b", **CANTEEN)
    [choice] = page.soup.select("select[name=clerk] option:-soup-contains('Alex Rey')")
    page = press(page, "Confier", browser=nadia, tout="oui", clerk=str(choice["value"]))
    assert lines(page)[0] == f"n°\u00a0{first}\u00a0: Alex Rey s’en occupe"
    assert lines(page)[1].startswith(f"n°\u00a0{later}\u00a0: Entre-temps")
    mine = alex.get("town_hall.requests", vue="a-moi")
    assert [each.text.strip() for each in mine.soup.select("tbody td:nth-child(2)")] == [str(first)]


def test_a_photo_is_accepted_in_its_row(app: Flask, people: People, nadia: Browser) -> None:
    """Seen there; whatever else is ticked."""
    photo = CheckedFile("zoe.jpg", ".jpg", picture())
    number = ask(app, people, "photo", files=(photo,), details={}, children=[public_id("e1")])
    other = ask(app, people, "other", "b")
    page = nadia.get("town_hall.requests")
    [image] = page.soup.select(".proposed img")
    assert nadia.fetch(str(image["src"])).mimetype == "image/jpeg"
    [button] = page.soup.select(".proposed button")
    assert (button["name"], button["value"]) == ("seule", str(number))
    page = press(page, "Accepter", other, browser=nadia, seule=str(number))
    assert "La famille sera prévenue dans 2 minutes." in page.text
    assert "« À reporter »" in page.text.replace("\u00a0", " ")
    assert state(app, number) is RequestState.ACCEPTED
    assert state(app, other) is RequestState.SENT


def test_the_regie_accepts_no_canteen_of_many(app: Flask, people: People) -> None:
    """Her list has the buttons, for what is about money."""
    number = ask(app, people, "canteen", **CANTEEN)
    sam = come(app, "sam@commune.fr", "Sam Noir", "regie")
    page = sam.get("town_hall.requests")
    data = {"csrf_token": page.csrf_token, "choix": str(number)}
    assert sam.fetch("/mairie/demandes/accepter", "POST", data).status_code == 403
    assert state(app, number) is RequestState.SENT


def test_a_list_of_photos_asks_no_more(app: Flask, people: People, nadia: Browser) -> None:
    """Of what each row shows, nothing is a statement of its own; closed ones have no bar."""
    for key in "abcd":
        ask(app, people, "other", key, files=(PAPER,))
    with statements_of(app) as sent:
        page = nadia.get("town_hall.requests")
    assert selects(sent) <= 8
    assert page.soup.select("#choix")
    assert not nadia.get("town_hall.requests", vue="closes").soup.select("#choix")
