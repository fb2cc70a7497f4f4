"""Five thousand families in one act: the page answers at once, the background does the rest."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, insert, select, update

from app import db
from app.models import Account, Family, Guardian, MailState, OutboxMail
from tests.blueprints.town_hall.conftest import NADIA, come
from tests.services.inbox.test_sending import settle_jobs
from tests.support.browser import Browser
from tests.support.databases import statements_of
from tests.support.job_room import let_invitations_leave
from tests.support.mail_room import courier_of
from tests.support.screens.families import choose_all

FAMILIES = 5_000
# Of a page that starts it all.
MOST_STATEMENTS = 40
NOON = datetime(2026, 11, 24, 11, tzinfo=UTC)


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """A day when nobody waits for anything."""
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def office(app: Flask, clock: time_machine.Traveller) -> Browser:
    """Nadia is signed in; a great many parents may be written to."""
    with app.app_context(), db.transaction() as session:
        numbers = range(1, FAMILIES + 1)
        rows: dict[type[db.Base], list[dict[str, object]]] = {
            Family: [{"id": n, "source_id": str(n), "number": f"F{n}"} for n in numbers],
            Guardian: [
                {"id": n, "family_id": n, "rank": 1, "last_name": "ROUX", "first_name": "Ana",
                 "email": f"parent{n}@exemple.fr"}
                for n in numbers
            ],
            Account: [{"id": n, "guardian_id": n, "identifier": f"{n:08}"} for n in numbers],
        }  # fmt: skip
        for model, values in rows.items():
            session.execute(insert(model), values)
    nadia = come(app, *NADIA, "secretariat")
    # From here on, as in a town: no visitor does the jobs, nor sends the mails.
    settle_jobs(app)
    courier_of(app).mode = "worker"
    return nadia


def mails(app: Flask) -> int:
    """Count the mails to parents, each to another."""
    with app.app_context():
        asked = select(func.count(OutboxMail.identifier.distinct()), func.count())
        asked = asked.where(OutboxMail.identifier < "1", OutboxMail.state == MailState.QUEUED)
        [(people, count)] = db.session().execute(asked)
        assert people == count
        return int(count)


def test_all_are_invited_once(app: Flask, office: Browser) -> None:
    """However many times the button is pressed."""
    page = choose_all(office.get("town_hall.families"))
    assert "5 000 courriels. Ils partiront en 84 minutes environ." in page.text
    with statements_of(app) as sent:
        page.submit("Envoyer")
    assert len(sent) < MOST_STATEMENTS
    page.submit("Envoyer")
    let_invitations_leave(app)
    assert mails(app) == FAMILIES


def test_all_are_written_to_once(
    app: Flask, office: Browser, clock: time_machine.Traveller
) -> None:
    """Read again, sent, seen by all ten minutes later; the mails wait in the queue."""
    with app.app_context(), db.transaction() as session:
        session.execute(update(Account).values(password_hash="chosen"))
    page = office.get("town_hall.messages").link("Écrire").click()
    page = page.fill({"Objet": "Grève de jeudi", "Texte": "Pas de cantine."}).submit("Relire")
    assert "5 000 familles, 5 000 parents" in page.text
    with statements_of(app) as sent:
        page.submit("Envoyer")
    assert len(sent) < MOST_STATEMENTS
    clock.shift(timedelta(minutes=11))
    settle_jobs(app)
    settle_jobs(app)
    assert mails(app) == FAMILIES
