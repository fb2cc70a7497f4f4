"""Who waits after failures at the door, and who does not."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from app import db
from app.models import JournalEntry
from app.services.accounts import password_choice, passwords, signing_in, throttles
from app.services.accounts.signing_in import MustChoose, Refused, SignedIn
from app.services.accounts.throttles import Wait
from app.services.actors import Origin
from tests.services.accounts.test_signing_in import (
    HOME,
    NOW,
    events,
    sign_in,
    temporary_password_for,
)
from tests.support.people import People


@pytest.fixture(autouse=True)
def at_noon(app: Flask, people: People) -> Iterator[None]:
    """The cast is settled, and time stands still."""
    with app.app_context(), time_machine.travel(NOW, tick=False):
        yield


def test_too_many_failures_make_wait(people: People) -> None:
    """After five failures the sixth try is not even checked, right password included."""
    for _ in range(throttles.FREE_FAILURES):
        assert sign_in(people.zest, "Faux12345") == Refused()
    assert sign_in(people.zest) == Wait(throttles.FIRST_WAIT)
    with time_machine.travel(NOW + throttles.FIRST_WAIT, tick=False):
        assert isinstance(sign_in(people.zest), SignedIn)
    assert events()[-2:] == ["sign_in_throttled", "signed_in"]


def test_a_flood_adds_a_line_a_minute_to_the_journal(people: People) -> None:
    """With how many there were; the next minute has its own, and so has another identifiant."""
    for person in (people.zest, replace(people.zest, identifier="99999999")):
        for _ in range(throttles.FREE_FAILURES):
            sign_in(person, "Faux12345")
        for _ in range(20):
            assert isinstance(sign_in(person, "Faux12345"), Wait)
    with time_machine.travel(NOW + timedelta(seconds=29), tick=False):
        sign_in(people.zest, "Faux12345")
    with time_machine.travel(NOW + timedelta(seconds=61), tick=False):
        sign_in(people.zest, "Faux12345")
        sign_in(people.zest, "Faux12345")
    query = select(JournalEntry.details).where(JournalEntry.event == "sign_in_throttled")
    noted = db.session().scalars(query.order_by(JournalEntry.id)).all()
    assert [(each["identifier"], each["count"]) for each in noted] == [
        (people.zest.identifier, "21"),
        ("99999999", "20"),
        (people.zest.identifier, "1"),
    ]


def test_signing_in_forgets_the_failures_before(people: People) -> None:
    """Four mistakes, the right one, four mistakes more: nobody waits."""
    for _ in range(2):
        for _ in range(4):
            assert sign_in(people.zest, "Faux12345") == Refused()
        assert isinstance(sign_in(people.zest), SignedIn)


def test_nothing_is_hashed_while_waiting(people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    """The wait is decided before hashing: a flood costs no memory."""
    for _ in range(throttles.FREE_FAILURES):
        sign_in(people.zest, "Faux12345")
    monkeypatch.setattr(passwords, "verify", None)
    assert isinstance(sign_in(people.zest), Wait)


def test_a_wait_blocks_neither_a_reset_nor_a_device_that_signed_in_before(people: People) -> None:
    """Somebody else's failures never keep the parent out."""
    signed_in = sign_in(people.zest)
    assert isinstance(signed_in, SignedIn)
    for _ in range(throttles.FREE_FAILURES):
        sign_in(people.zest, "Faux12345")
    assert isinstance(sign_in(people.zest), Wait)
    assert isinstance(sign_in(people.zest, device=signed_in.device_mark), SignedIn)
    assert isinstance(sign_in(people.zest, temporary_password_for(people.zest)), MustChoose)


def test_a_known_device_has_its_own_wait(people: People) -> None:
    """A stolen phone cannot guess for ever either."""
    signed_in = sign_in(people.zest)
    assert isinstance(signed_in, SignedIn)
    mark = signed_in.device_mark
    for _ in range(throttles.FREE_FAILURES):
        sign_in(people.zest, "Faux12345", device=mark)
    assert isinstance(sign_in(people.zest, device=mark), Wait)
    assert isinstance(sign_in(people.zest), SignedIn)


def test_the_mark_of_a_device_is_good_for_one_account(people: People) -> None:
    """Another account's mark, or a forged one, is no mark."""
    signed_in = sign_in(people.moreau)
    assert isinstance(signed_in, SignedIn)
    for _ in range(throttles.FREE_FAILURES):
        sign_in(people.zest, "Faux12345")
    for mark in (signed_in.device_mark, "x.y", ".", "é.\udc80"):
        assert isinstance(sign_in(people.zest, device=mark), Wait)


def test_forty_families_share_an_address(app: Flask, people: People) -> None:
    """A school's network: forty parents, four mistakes each, nobody waits."""
    for number in range(40):
        for _ in range(4):
            parent = replace(people.zest, identifier=str(70000000 + number))
            assert sign_in(parent, "Faux12345") == Refused()
    assert isinstance(sign_in(people.zest), SignedIn)


def test_a_flood_from_one_network_slows_those_who_fail(
    people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody tries everybody's number from the school: who is right there gets in."""
    monkeypatch.setattr(throttles, "ADDRESS_FAILURES", 10)
    for number in range(11):
        sign_in(replace(people.zest, identifier=str(70000000 + number)), "Faux12345")
    assert sign_in(people.moreau, "Faux12345") == Refused()
    assert sign_in(people.moreau) == Wait(throttles.FIRST_WAIT)
    assert isinstance(sign_in(people.zest), SignedIn)


def test_a_flood_takes_no_more_than_its_share_of_the_processor(
    people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Passwords from there are checked one at a time; others are checked beside them."""
    monkeypatch.setattr(throttles, "ADDRESS_FAILURES", 3)
    monkeypatch.setattr("app.gates.MOST_WAITING", 0)
    for number in range(4):
        sign_in(replace(people.zest, identifier=str(70000000 + number)), "Faux12345")
    elsewhere = Origin(address="203.0.113.5")
    with signing_in._flooded.passing():
        assert sign_in(people.zest) == Wait(signing_in.A_MOMENT)
        assert isinstance(sign_in(people.moreau, origin=elsewhere), SignedIn)
    assert isinstance(sign_in(people.zest), SignedIn)


def test_a_device_keeps_its_name(people: People) -> None:
    """Signing in again renews its mark: it brings no new tries."""
    first = sign_in(people.zest)
    assert isinstance(first, SignedIn)
    again = sign_in(people.zest, device=first.device_mark)
    assert isinstance(again, SignedIn)
    assert again.device_mark == first.device_mark
    for mark in (first.device_mark, again.device_mark):
        for _ in range(3):
            sign_in(people.zest, "Faux12345", device=mark)
    assert isinstance(sign_in(people.zest, device=first.device_mark), Wait)


def test_the_mark_of_a_device_dies_with_its_password(people: People) -> None:
    """Whoever knew the old one has as many tries at the new one as a stranger, with any mark."""
    marks = []
    for _ in range(5):
        signed_in = sign_in(people.zest)
        assert isinstance(signed_in, SignedIn)
        marks.append(signed_in.device_mark)
    ticket = sign_in(people.zest, temporary_password_for(people.zest))
    assert isinstance(ticket, MustChoose)
    pending = password_choice.open_ticket(ticket.ticket)
    assert pending is not None
    assert password_choice.choose(pending, "Tramontane66", HOME)
    told = [sign_in(people.zest, "Faux12345", device=mark) for mark in marks * 2]
    assert told[:5] == [Refused()] * 5
    assert all(isinstance(outcome, Wait) for outcome in told[5:])
