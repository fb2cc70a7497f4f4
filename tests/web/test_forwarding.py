"""A proxy that nobody announced is noticed, once a day, and nobody who visits sees anything."""

import pytest
from flask import Flask
from sqlalchemy import select

import config
from app import db
from app.models import JournalEntry
from app.services.doctor.unannounced_proxy import EVENT
from tests.conftest import StartAgain

FORWARDED = {"X-Forwarded-For": "203.0.113.8"}
# Those kept for documents count as private.
NEAR, FAR = "10.0.0.2", "8.8.8.8"


def noted(app: Flask) -> list[str]:
    with app.app_context():
        lines = select(JournalEntry.address).where(JournalEntry.event == EVENT)
        return list(db.session().scalars(lines))


def visit(app: Flask, beside: str, headers: dict[str, str]) -> int:
    origin = {"REMOTE_ADDR": beside}
    answer = app.test_client().get("/connexion", headers=headers, environ_overrides=origin)
    return answer.status_code


def test_whoever_forwards_from_beside_us_is_noticed_once(
    app: Flask, start_again: StartAgain, caplog: pytest.LogCaptureFixture
) -> None:
    """PORTAIL_PROXIES=0 behind nginx: every family would share one address."""
    for headers in (FORWARDED, {"X-Real-IP": "203.0.113.8"}, FORWARDED):
        assert visit(app, NEAR, headers) == 200
    assert noted(app) == [NEAR]
    warnings = [r for r in caplog.records if r.getMessage() == "proxies.unannounced"]
    assert [record.levelname for record in warnings] == ["WARNING"]
    # A second worker warns too; the journal has it.
    assert visit(start_again(app.extensions["portail.settings"]), NEAR, FORWARDED) == 200
    assert noted(app) == [NEAR]


def test_a_socket_is_beside_us(app: Flask) -> None:
    visit(app, "", FORWARDED)
    assert noted(app) == [""]


def test_a_visitor_who_writes_the_header_is_no_proxy(app: Flask) -> None:
    """Anybody may write one from the Internet; and without one there is nothing to notice."""
    visit(app, FAR, FORWARDED)
    visit(app, "nowhere", FORWARDED)
    visit(app, NEAR, {})
    assert noted(app) == []


def test_an_announced_proxy_is_no_news(
    app: Flask, start_again: StartAgain, settings: config.Settings
) -> None:
    behind = start_again(
        config.Test(instance=settings.instance, database_url=settings.database_url, proxies=1)
    )
    visit(behind, NEAR, FORWARDED)
    assert noted(app) == []


def test_a_database_that_is_away_shows_no_other_page(app_without_database: Flask) -> None:
    assert visit(app_without_database, NEAR, FORWARDED) == 200
