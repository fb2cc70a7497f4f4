"""A parent reads when an invoice is due, and whom to call when its date has passed."""

from datetime import UTC, datetime

import pytest
import time_machine
from flask import Flask

from tests.support.browser import Browser
from tests.support.people import People, public_id
from tests.support.screens.statement import two_years


@pytest.mark.parametrize(
    ("day", "said", "look"),
    [
        (8, "Échéance : mardi 8 novembre 2016. Une difficulté ?", "answer-due"),
        (9, "Échéance dépassée depuis le mardi 8 novembre 2016. Une difficulté ?", "answer-late"),
    ],
)
def test_an_invoice_says_when_its_date_has_passed(
    browser: Browser, people: People, day: int, said: str, look: str
) -> None:
    with time_machine.travel(datetime(2016, 11, day, 11, 0, tzinfo=UTC), tick=False):
        browser.sign_in(people.zest)
        page = browser.get("family.invoice", public_id=public_id("f59"))
    assert said in page.text
    assert page.soup.select(f".{look}")


def test_a_direct_debit_that_is_late_is_a_matter_for_the_town_hall(
    app: Flask, browser: Browser, people: People
) -> None:
    two_years(app, people)
    browser.sign_in(people.karim)
    page = browser.get("family.invoice", public_id=public_id("g3"))
    assert "Échéance dépassée depuis le mardi 12 novembre 2024." in page.text
    assert "Le prélèvement automatique n’est pas encore arrivé" in page.text
    assert "Une difficulté ?" not in page.text
