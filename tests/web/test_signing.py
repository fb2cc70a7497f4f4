"""What browsers keep is what Flask and Flask-WTF would read, before and after a new version."""

import pytest
from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from itsdangerous import BadSignature, URLSafeTimedSerializer

from app.web.application import SignedCookie

OF_A_LONG_SESSION = {"account": 1, "words": "the same again " * 20}


def flasks_own(app: Flask) -> URLSafeTimedSerializer:
    """Make the serializer that Flask has."""
    made = SecureCookieSessionInterface().get_signing_serializer(app)
    assert made is not None
    return made


def ours_of(app: Flask) -> URLSafeTimedSerializer:
    """Take the portal's."""
    return SignedCookie().get_signing_serializer(app)


def test_a_cookie_of_flask_s_is_read_and_ours_is_by_flask(app_without_database: Flask) -> None:
    """Whoever is signed in stays so, whichever version the next process is of."""
    ours = ours_of(app_without_database)
    theirs = flasks_own(app_without_database)
    compressed = theirs.dumps(OF_A_LONG_SESSION)
    assert compressed.startswith(".")
    assert ours.loads(compressed) == OF_A_LONG_SESSION
    written = ours.dumps(OF_A_LONG_SESSION)
    assert not written.startswith(".")
    assert theirs.loads(written) == OF_A_LONG_SESSION
    with pytest.raises(BadSignature):
        ours.loads(written[:-1])
    notices = {"_flashes": [["info", "Entre-temps, quelqu’un a répondu. Relisez."]] * 60}
    assert len(ours.dumps(notices)) < 1_000
    assert ours.loads(ours.dumps(notices)) == notices


def test_a_key_that_was_replaced_signs_no_more_and_is_still_read(
    app_without_database: Flask,
) -> None:
    app = app_without_database
    before = flasks_own(app).dumps({"account": 1})
    app.config["SECRET_KEY_FALLBACKS"], app.secret_key = [app.secret_key], "a new one"
    ours = ours_of(app)
    assert ours.loads(before) == ours.loads(ours.dumps({"account": 1})) == {"account": 1}
    app.config["SECRET_KEY_FALLBACKS"] = []
    assert flasks_own(app).loads(ours.dumps({"account": 1})) == {"account": 1}
    with pytest.raises(BadSignature):
        flasks_own(app).loads(before)
