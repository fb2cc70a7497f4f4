"""A family that was erased does not come back with a later file."""

from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from app import db
from app.models import Child, Family, FamilyErasure, Guardian
from app.services.erasure import erasing
from app.services.importing import running
from app.services.importing.options import Options
from app.services.requests import erasures
from tests.services.erasure.conftest import leave
from tests.services.importing.town import Town, everything, hand_over
from tests.support.people import TOWN_HALL

pytestmark = pytest.mark.both_databases


def erase_f1(app: Flask, folder: Path) -> None:
    """The family F1 leaves the town, pays, and is erased."""
    narrow = Town()
    narrow.files = {"famille.csv": narrow.files["famille.csv"][1:]}
    hand_over(app, narrow.folder(folder))
    with app.app_context():
        with db.transaction():
            family = leave("F1")
        erasures.plan_now(family.id, TOWN_HALL)
        [erasure] = db.session().scalars(select(FamilyErasure))
        assert erasing.erase(erasure.id)


def test_an_erased_family_is_left_out(
    app: Flask, settled: Path, town: Town, tmp_path: Path
) -> None:
    """Its guardians, its own child, its invoices; its other child has another family."""
    erase_f1(app, tmp_path / "narrow")
    town.row("message.csv")["famille_id"] = "1"
    report = hand_over(app, town.folder(settled))
    assert "  famille F1" in list(report.lines())
    with app.app_context():
        names = set(db.session().scalars(select(Guardian.first_name)))
        assert names == {"Famille", "Yann"}
        assert set(db.session().scalars(select(Child.first_name))) == {"Enfant", "Maëlle"}
    before = everything(app, but=("journal_entry",))
    hand_over(app, settled)
    assert everything(app, but=("journal_entry",)) == before


def test_a_child_comes_back_with_another_family(
    app: Flask, settled: Path, town: Town, tmp_path: Path
) -> None:
    """Jules lives at another family's now: he is theirs."""
    erase_f1(app, tmp_path / "narrow")
    town.add("enfantFamille.csv", famille_id="2", enfant_id="10")
    hand_over(app, town.folder(settled))
    with app.app_context():
        jules = db.session().scalars(select(Child).where(Child.source_id == "10")).one()
        assert (jules.first_name, jules.erased_at) == ("Jules", None)


def test_the_last_import_says_who_left(app: Flask, settled: Path, tmp_path: Path) -> None:
    """And who came back."""
    narrow = Town()
    narrow.files = {"famille.csv": narrow.files["famille.csv"][1:]}
    missing = select(Family.number).where(Family.missing_since.is_not(None))
    for folder, left in ((narrow.folder(tmp_path / "narrow"), ["F1"]), (settled, [])):
        hand_over(app, folder)
        with app.app_context():
            assert list(db.session().scalars(missing)) == left


def test_a_file_of_few_families_says_of_nobody_that_they_left(
    app: Flask, settled: Path, tmp_path: Path, town: Town
) -> None:
    """Unless it is said to be the file of all: who left may be erased."""
    for name in ("UN", "DEUX", "TROIS", "QUATRE", "CINQ", "SIX", "SEPT", "HUIT", "NEUF", "DIX"):
        town.spoil("famille.csv", "nomResp1", name)
    hand_over(app, town.folder(settled))
    narrow = Town()
    narrow.files = {"famille.csv": narrow.files["famille.csv"][1:]}
    few = narrow.folder(tmp_path / "narrow")
    left = select(func.count()).where(Family.missing_since.is_not(None))
    hand_over(app, few)
    with app.app_context():
        assert db.session().scalar(left) == 0
        running.run(few, Options(archive_missing=True, closing=22))
        assert db.session().scalar(left) == 11
