"""A clerk's codes: each serves once, a replaced key loses nobody, a restore opens nothing."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pyotp
import pytest
import time_machine
from flask import Flask

from app import create_app, db
from app.services.actors import Origin
from app.services.backups import voiding
from app.services.clerks import codes, password_choice, signing_in, team, tickets
from app.services.clerks.outcomes import GoesOn, Refused, SignedIn
from app.services.clerks.tickets import Step
from app.services.tokens import second_factors
from app.settings import EXTENSION
from tests.support.clerks import LAUNCHED, PASSWORD

HERE = Origin(address="192.0.2.9", request_id="0123456789abcdef")
EMAIL = "camille.martin@commune.fr"
NOW = datetime(2026, 11, 27, 8, 0, tzinfo=UTC)
ANOTHER_KEY = "d41f8cd98f00b204e9800998ecf8427e3b7a61c5"


def came(app: Flask) -> str:
    """Have Camille come all the way; return the seed of her application."""
    with app.app_context():
        link = team.invite(LAUNCHED, EMAIL, "Camille Martin", ["administration"])
        state = password_choice.open_link(link)
        assert state.clerk
        ticket = tickets.read(
            password_choice.choose(state.clerk, PASSWORD, HERE) or "", Step.CHOICE
        )
        assert ticket
        seed = second_factors.seed(codes.secret_of(ticket))
        codes.choose_application(ticket, pyotp.TOTP(seed).now(), HERE)
    return seed


def sign_in(app: Flask, code: str) -> object:
    """Give the password, then this code."""
    with app.app_context():
        gone_on = signing_in.sign_in(EMAIL, PASSWORD, HERE)
        assert isinstance(gone_on, GoesOn)
        ticket = tickets.read(gone_on.ticket, Step.CODE)
        assert ticket
        return codes.check(ticket, code, HERE, remember=False)


def test_a_code_serves_once(app: Flask) -> None:
    """The one that took the application included; a clock may be half a minute late."""
    with time_machine.travel(NOW, tick=False) as clock:
        seed = came(app)
        assert sign_in(app, pyotp.TOTP(seed).now()) == Refused()
        clock.shift(timedelta(seconds=90))
        late = pyotp.TOTP(seed).at(NOW + timedelta(seconds=60))
        assert isinstance(sign_in(app, late), SignedIn)
        assert sign_in(app, late) == Refused()
        assert sign_in(app, pyotp.TOTP(seed).at(NOW - timedelta(hours=1))) == Refused()


def test_a_key_that_is_replaced_loses_nobody(app: Flask) -> None:
    """Whoever signs in while the former is a fallback needs it no more."""
    with time_machine.travel(NOW, tick=False) as clock:
        seed = came(app)
        settings = app.extensions[EXTENSION]
        rotated = create_app(
            replace(settings, secret_key=ANOTHER_KEY, secret_key_fallbacks=(settings.secret_key,))
        )
        alone = create_app(replace(settings, secret_key=ANOTHER_KEY))
        clock.shift(timedelta(minutes=1))
        assert sign_in(alone, pyotp.TOTP(seed).now()) == Refused()
        assert isinstance(sign_in(rotated, pyotp.TOTP(seed).now()), SignedIn)
        clock.shift(timedelta(minutes=1))
        assert isinstance(sign_in(alone, pyotp.TOTP(seed).now()), SignedIn)
    for each in (rotated, alone):
        each.extensions["portail.engine"].dispose()


def test_only_the_last_link_opens(app: Flask) -> None:
    """And none once it has served, once the access is closed, or after a restore."""
    with app.app_context():
        first = team.invite(LAUNCHED, EMAIL, "Camille Martin", ["lecture"])
        [camille] = team.colleagues()
        second = team.reset(LAUNCHED, camille.public_id)
        assert password_choice.open_link(first).reason == "used"
        assert password_choice.open_link(second).clerk
        with db.transaction() as session:
            voiding.void(session.connection())
        db.session().expire_all()
        assert password_choice.open_link(second).reason == "used"
        third = team.reset(LAUNCHED, camille.public_id)
        team.close(LAUNCHED, camille.public_id)
        assert password_choice.open_link(third).reason == "invalid"
        assert password_choice.open_link("n’importe quoi").reason == "invalid"


@pytest.mark.parametrize(("hours", "reason"), [(71, ""), (73, "expired")])
def test_an_invitation_lasts_three_days(app: Flask, hours: int, reason: str) -> None:
    with time_machine.travel(NOW, tick=False), app.app_context():
        link = team.invite(LAUNCHED, EMAIL, "Camille Martin", ["lecture"])
    with time_machine.travel(NOW + timedelta(hours=hours), tick=False), app.app_context():
        assert password_choice.open_link(link).reason == reason
