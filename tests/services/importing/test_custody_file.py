"""`garde.csv`: each home of a child has its weeks, as the town hall's file says them."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from app import db
from app.bundled import bundled
from app.models import Custody
from app.services.actors import Command
from app.services.demonstration import offering
from app.services.importing import service_files
from app.services.importing.faults import ImportRefused
from tests.support.people import People

BY = Command("ops")
NOW = datetime(2026, 11, 27, 9, 0, tzinfo=UTC)
HEADER = "enfant_id;famille_id;rythme;passage;ancre"
# Jules, who lives with Claire DUBOIS and with Marc LEFÈVRE in turn.
CLAIRE, MARC = "e5;520004", "e5;530005"


@pytest.fixture(autouse=True)
def in_the_town(app: Flask, people: People) -> Iterator[None]:
    """Stay there, with the cast, one Friday."""
    with app.app_context(), time_machine.travel(NOW, tick=False):
        yield


def run(folder: Path, *rows: str) -> int:
    """Hand the file over alone; return of how many homes it speaks."""
    (folder / "garde.csv").write_text("\n".join([HEADER, *rows]), "utf-8")
    return service_files.run(folder, BY).homes


def kept() -> list[tuple[str, int, date]]:
    rows = db.session().scalars(select(Custody).order_by(Custody.family_id)).all()
    return [(each.pattern.value, each.handover, each.anchor) for each in rows]


def test_each_home_has_its_weeks(tmp_path: Path) -> None:
    rows = (f"{CLAIRE};paires;vendredi;", f"{MARC};ALTERNÉES;;30/11/2026")
    for _ in range(2):
        assert run(tmp_path, *rows) == 2
        assert kept() == [
            ("iso_even", 4, NOW.date()),
            ("alternate", 0, date(2026, 11, 30)),
        ]


def test_a_home_may_have_them_all_again(tmp_path: Path) -> None:
    """What the file does not name stays."""
    run(tmp_path, f"{CLAIRE};paires;;", f"{MARC};impaires;;")
    assert run(tmp_path, f"{CLAIRE};toutes;;") == 1
    assert [pattern for pattern, _, _ in kept()] == ["iso_odd"]


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("e99;520004;paires;;", "d’aucune famille"),
        ("e5;510002;paires;;", "n’est pas de cette famille"),
        (f"{CLAIRE};parfois;;", "écrivez PAIRES, IMPAIRES, ALTERNEES ou TOUTES"),
        (f"{CLAIRE};paires;demain;", "écrivez un jour de la semaine"),
        (f"{CLAIRE};alternees;;", "donnez un jour d’une semaine de ce foyer"),
        (f"{CLAIRE};alternees;;hier", "écrivez une date"),
    ],
)
def test_all_or_nothing(tmp_path: Path, row: str, said: str) -> None:
    with pytest.raises(ImportRefused, match=said):
        run(tmp_path, f"{MARC};impaires;;", row)
    assert kept() == []


def test_two_homes_of_the_demonstration_take_turns() -> None:
    text = (bundled("demo") / offering.FOLDER / "garde.csv").read_text("utf-8")
    assert text.splitlines()[1:] == ["7004;3816233;PAIRES;;", "7004;3816234;IMPAIRES;;"]
