"""`flask garde`: a town says whose weeks they are, from a judgment."""

from datetime import UTC, date, datetime

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from app import db
from app.booking_kinds import CustodyPattern
from app.models import Custody, JournalEntry

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
