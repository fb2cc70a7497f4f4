"""`flask garde`: a town says whose weeks they are, from a judgment."""

from datetime import UTC, date, datetime

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from app import db
from app.booking_kinds import CustodyPattern
from app.models import Custody, CustodyDay, JournalEntry, OutboxMail
from app.services.mail.kinds import MailKind
from tests.support.people import People
from tests.support.services import booked_by

NOW = datetime(2026, 11, 27, 9, 0, tzinfo=UTC)
pytestmark = pytest.mark.usefixtures("people")

JULES_AT_CLAIRE = ("Jules", "520004")
JULES_AT_MARC = ("Jules", "530005")


def run(app: Flask, *arguments: str, refused: bool = False) -> str:
    """Run a command, some Friday; return what it says."""
    with time_machine.travel(NOW, tick=False):
        result = app.test_cli_runner().invoke(args=["garde", *arguments])
    assert bool(result.exit_code) is refused, result.output
    return result.output.replace("\u00a0", " ")


def kept(app: Flask) -> list[tuple[CustodyPattern, int, date]]:
    with app.app_context():
        rows = db.session().scalars(select(Custody).order_by(Custody.family_id)).all()
        return [(each.pattern, each.handover, each.anchor) for each in rows]


def test_each_home_has_its_weeks(app: Flask) -> None:
    said = run(app, "dire", *JULES_AT_CLAIRE, "impaires")
    assert "Jules DUBOIS-LEFÈVRE, famille n° 520004 : semaines impaires." in said
    assert "  du lundi 30 novembre au dimanche 6 décembre\n" in said
    assert "Les semaines 53 (28 décembre) et 1 (4 janvier) sont toutes deux impaires" in said
    assert run(app, "montrer", *JULES_AT_CLAIRE) == said
    said = run(app, "dire", *JULES_AT_MARC, "paires", "--passage", "vendredi")
    assert "  du vendredi 27 novembre au vendredi 4 décembre\n" in said
    assert "  du vendredi 4 décembre" not in said
    assert len(kept(app)) == 2


def test_every_other_week_is_counted_from_a_day(app: Flask) -> None:
    said = run(app, "dire", *JULES_AT_CLAIRE, "alternees", "--comme-le", "07/12/2026")
    assert "une semaine sur deux" in said
    assert "du lundi 7 décembre au dimanche 13 décembre" in said
    assert "30 novembre" not in said
    assert "toutes deux" not in said
    run(app, "dire", *JULES_AT_CLAIRE, "alternees")
    assert kept(app) == [(CustodyPattern.ALTERNATE, 0, date(2026, 11, 27))]


def test_a_home_may_have_them_all_again(app: Flask) -> None:
    run(app, "dire", *JULES_AT_CLAIRE, "paires")
    assert "toutes les semaines." in run(app, "dire", *JULES_AT_CLAIRE, "toutes")
    assert "toutes les semaines." in run(app, "montrer", *JULES_AT_CLAIRE)
    assert kept(app) == []
    with app.app_context():
        events = db.session().scalars(select(JournalEntry).order_by(JournalEntry.id)).all()
    assert [(each.event, each.details["weeks"]) for each in events] == [
        ("custody_said", "semaines paires"),
        ("custody_said", "toutes les semaines"),
    ]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("dire", "Zoé", "520004", "paires"), "Rien n’a changé : La famille n° 520004 n’a pas"),
        (("montrer", "Jules", "999"), "Il n’y a pas de famille n° 999."),
        (("dire", *JULES_AT_CLAIRE, "alternees", "--comme-le", "lundi"), "n’est pas un jour"),
    ],
)
def test_a_slip_is_told(app: Flask, arguments: tuple[str, ...], words: str) -> None:
    assert words in run(app, *arguments, refused=True)
    assert kept(app) == []


@pytest.mark.both_databases
def test_a_day_is_given_to_a_home(app: Flask) -> None:
    """Whatever the week; given back to the home whose week it is, it is an exception no more."""
    before = run(app, "jour", *JULES_AT_MARC, "04/12/2026", refused=True)
    assert "Rien n’a changé : dites d’abord les semaines de ce foyer" in before
    run(app, "dire", *JULES_AT_CLAIRE, "impaires")
    run(app, "dire", *JULES_AT_MARC, "paires")
    said = run(app, "jour", *JULES_AT_MARC, "04/12/2026")
    assert "Laissé par un autre foyer : vendredi 4 décembre.\n" in said
    theirs = run(app, "montrer", *JULES_AT_CLAIRE)
    assert "Laissé à un autre foyer : vendredi 4 décembre.\n" in theirs
    again = run(app, "jour", *JULES_AT_MARC, "04/12/2026", refused=True)
    assert "ce jour est déjà de ce foyer" in again
    for day in ("20/11/2026", "04/12/2028"):
        assert "donnez un jour à venir" in run(app, "jour", *JULES_AT_MARC, day, refused=True)
    assert "vendredi 4 décembre" not in run(app, "jour", *JULES_AT_CLAIRE, "04/12/2026")
    with app.app_context():
        assert db.session().scalars(select(CustodyDay)).all() == []
        events = db.session().scalars(select(JournalEntry.event)).all()
        assert events.count("custody_day_said") == 4
        # Both homes are written to, each time.
        mails = db.session().scalars(select(OutboxMail.kind)).all()
        assert len([kind for kind in mails if kind == MailKind.CUSTODY_WEEKS]) == 4


@pytest.mark.both_databases
def test_a_day_that_the_other_home_booked_stays_theirs(app: Flask, people: People) -> None:
    run(app, "dire", *JULES_AT_CLAIRE, "impaires")
    run(app, "dire", *JULES_AT_MARC, "paires")
    with app.app_context(), db.transaction() as session:
        bookings, jules = booked_by(session, people.claire)
        bookings.book(jules, [date(2026, 12, 4)], NOW)
    said = run(app, "jour", *JULES_AT_MARC, "04/12/2026", refused=True)
    assert "un autre foyer a réservé ce jour : annulez d’abord ce qui est réservé" in said
