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
from app.formats import day_of
from app.models import Custody, CustodyDay, CustodyPattern, CustodyProposal
from app.services.actors import Command
from app.services.demonstration import offering
from app.services.importing import service_files
from app.services.importing.faults import ImportRefused
from app.services.importing.service_files import Done
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


def hand_over(folder: Path, name: str, *rows: str) -> Done:
    (folder / name).write_text("\n".join(rows), "utf-8")
    return service_files.run(folder, BY)


@pytest.mark.both_databases
def test_days_that_homes_left_and_weeks_that_one_proposes(tmp_path: Path) -> None:
    """Twice is once; said again for whom it is by turns, a day is an exception no more."""
    run(tmp_path, f"{CLAIRE};impaires;;", f"{MARC};paires;;")
    (tmp_path / "garde.csv").unlink()
    days = "enfant_id;famille_id;date"
    proposal = f"{CLAIRE};ALTERNEES;vendredi;30/11/2026;20/11/2026"
    heading = "enfant_id;famille_id;rythme;passage;ancre;proposeLe"
    for _ in range(2):
        hand_over(tmp_path, "propositionGarde.csv", heading, proposal)
        done = hand_over(tmp_path, "jourGarde.csv", days, f"{MARC};04/12/2026")
        assert (done.left_days, done.proposals) == (1, 1)
        assert "1 jour laissé à un foyer" in [each.replace("\u00a0", " ") for each in done.words]
        with db.transaction() as session:
            [left] = session.scalars(select(CustodyDay)).all()
            [proposed] = session.scalars(select(CustodyProposal)).all()
            assert left.day == date(2026, 12, 4)
            assert proposed.pattern is CustodyPattern.ALTERNATE
            assert day_of(proposed.proposed_at) == date(2026, 11, 20)
            number = proposed.public_id
    hand_over(tmp_path, "jourGarde.csv", days, f"{CLAIRE};04/12/2026")
    hand_over(tmp_path, "propositionGarde.csv", heading, f"{MARC};PAIRES;;;")
    with db.transaction() as session:
        assert session.scalars(select(CustodyDay)).all() == []
        [proposed] = session.scalars(select(CustodyProposal)).all()
        assert proposed.public_id != number


def test_what_is_wrong_of_days_and_proposals_is_told_at_once(tmp_path: Path) -> None:
    run(tmp_path, f"{CLAIRE};impaires;;")
    (tmp_path / "garde.csv").unlink()
    days = ("99;1;04/12/2026", "e5;99;05/12/2026", f"{MARC};06/12/2026")
    (tmp_path / "jourGarde.csv").write_text(
        "\n".join(["enfant_id;famille_id;date", *days]), "utf-8"
    )
    (tmp_path / "propositionGarde.csv").write_text(
        f"enfant_id;famille_id;rythme;ancre\n99;1;PAIRES;\ne1;3816231;PAIRES;\n{MARC};ALTERNEES;\n",
        "utf-8",
    )
    with pytest.raises(ImportRefused) as refused:
        service_files.run(tmp_path, BY)
    told = [(each.file, each.column, each.remedy) for each in refused.value.faults]
    nobody, not_theirs = (
        "cet enfant n’est d’aucune famille du portail.", "cet enfant n’est pas de cette famille.",
    )  # fmt: skip
    assert told == [
        ("jourGarde.csv", "enfant_id", nobody),
        ("jourGarde.csv", "famille_id", not_theirs),
        ("jourGarde.csv", "famille_id", "les semaines de ce foyer manquent, dans garde.csv."),
        ("propositionGarde.csv", "enfant_id", nobody),
        ("propositionGarde.csv", "enfant_id", "cet enfant n’a pas deux foyers."),
        ("propositionGarde.csv", "ancre", "donnez un jour d’une semaine de ce foyer."),
    ]


def test_two_homes_of_the_demonstration_take_turns() -> None:
    text = (bundled("demo") / offering.FOLDER / "garde.csv").read_text("utf-8")
    assert text.splitlines()[1:] == ["7004;3816233;PAIRES;;", "7004;3816234;IMPAIRES;;"]
