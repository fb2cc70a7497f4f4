"""What a form knows before it is sent: how soon, for whom, and whether it was asked already."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import time_machine
from flask import Flask

from tests.support.browser import Browser, Page
from tests.support.people import People, public_id

MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
CHECK, SEND = "Continuer", "Envoyer ma demande"


@pytest.fixture
def parent(browser: Browser, people: People) -> Iterator[Browser]:
    """Karim, who has two children, on a Monday morning."""
    with time_machine.travel(MONDAY, tick=False):
        browser.sign_in(people.karim)
        yield browser


def absence(parent: Browser, first: str, last: str, *children: str) -> Page:
    """Go as far as the check of an absence."""
    page = parent.get("family.request_form", kind="absence")
    page = page.fill({"Premier jour d’absence": first, "Dernier jour d’absence": last})
    ticked = {name: name in children for name in names(parent)}
    return page.fill(ticked).submit(CHECK, _refused=200)


def names(parent: Browser) -> list[str]:
    """List the children of the form."""
    page = parent.get("family.request_form", kind="absence")
    return [label.text.strip() for label in page.soup.select("fieldset label")]


def test_a_child_who_is_ill_today_is_told_by_phone_first(parent: Browser) -> None:
    """Nobody at the town hall reads a request before noon."""
    page = parent.get("family.request_form", kind="absence")
    assert (
        "Pour aujourd’hui ou le prochain jour d’école, appelez d’abord la mairie au 04 76 00 00 00."
        in page.text
    )
    child = names(parent)[0]
    soon = absence(parent, "24/11/2026", "24/11/2026", child)
    assert "C’est pour tout de suite" in soon.text
    later = absence(parent, "30/11/2026", "30/11/2026", child)
    assert "C’est pour tout de suite" not in later.text


def test_the_town_says_until_when(parent: Browser, app: Flask) -> None:
    folder = app.extensions["portail.settings"].instance
    (folder / "textes").mkdir(parents=True)
    (folder / "textes" / "absence.txt").write_text("Avant 9 h, le repas n’est pas facturé.")
    page = parent.get("family.request_form", kind="absence")
    assert "Avant 9 h, le repas n’est pas facturé." in page.text


def test_brothers_and_sisters_are_absent_together(parent: Browser) -> None:
    """One request, which names them."""
    both = names(parent)
    assert len(both) == 2
    page = absence(parent, "30/11/2026", "01/12/2026", *both).submit(SEND)
    assert page.endpoint == "family.request"
    assert f"Enfants {both[0]}, {both[1]}" in page.text


def test_nobody_is_absent_on_a_sunday(parent: Browser) -> None:
    page = absence(parent, "29/11/2026", "30/11/2026", names(parent)[0])
    assert page.errors == ["Choisissez un jour d’école : le 29/11/2026 est un dimanche."]


def test_what_was_asked_already_is_said(parent: Browser) -> None:
    """The same child, days that meet; not those of another week."""
    first, second = names(parent)
    absence(parent, "30/11/2026", "01/12/2026", first).submit(SEND)
    words = "Une demande semblable attend déjà : la demande n°"
    assert words in absence(parent, "01/12/2026", "02/12/2026", first).text
    assert words not in absence(parent, "03/12/2026", "04/12/2026", first).text
    assert words not in absence(parent, "01/12/2026", "02/12/2026", second).text


def test_who_wants_an_attestation_finds_those_that_are_ready(parent: Browser) -> None:
    page = parent.get("family.request_form", kind="attestation")
    assert page.link("Attestations de paiement").click().h1 == "Attestations de paiement"


def test_one_writes_to_the_town_hall_from_the_inbox(parent: Browser) -> None:
    page = parent.get("family.messages").link("Écrire à la mairie").click()
    assert page.h1 == "Autre demande"
    assert "ci-dessus" not in page.text


def test_a_child_of_another_family_is_absent_for_its_own(parent: Browser) -> None:
    """Whatever is posted, nothing leaves."""
    page = parent.get("family.request_form", kind="absence")
    form = {
        "csrf_token": page.csrf_token, "children": public_id("e1"), "step": "send",
        "starts_on": "2026-11-30", "ends_on": "2026-11-30",
    }  # fmt: skip
    parent.client.post(page.path, data=form, base_url=parent.base_url)
    assert parent.get("family.requests").soup.select("ul.rows li") == []
