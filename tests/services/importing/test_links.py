"""A child is shown to the families of the files, and to no other."""

from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from app import db
from app.models import Child, Family, FamilyChild, JournalEntry, KeptOut
from tests.services.importing.town import Town, everything, hand_over


def children(app: Flask, family: str) -> list[str]:
    """Name the children whom a family sees."""
    with app.app_context():
        found = (
            select(Child.first_name)
            .join(FamilyChild, FamilyChild.child_id == Child.id)
            .join(Family, Family.id == FamilyChild.family_id)
            .where(Family.source_id == family)
            .order_by(Child.first_name)
        )
        return list(db.session().scalars(found))


def command(app: Flask, *typed: str) -> str:
    """Run `flask enfants`, and return what it says."""
    return app.test_cli_runner().invoke(args=["enfants", *typed]).output


def test_a_child_whom_the_file_does_not_name_in_a_family_any_more_leaves_it(
    app: Flask, settled: Path, town: Town
) -> None:
    """Maëlle was put into family 1 by mistake: the next files take her out, and say so first."""
    del town.files["enfantFamille.csv"][1]
    files = town.folder(settled.parent / "next")
    before = everything(app)
    dry = list(hand_over(app, files, dry_run=True).lines())
    assert dry[2:4] == [
        "Enfants qui seraient retirés d’une famille où les fichiers ne les mettent plus\u00a0:",
        "  famille F1\u00a0: Maëlle LE GOFF",
    ]
    assert everything(app) == before
    report = hand_over(app, files)
    links = report.counts["enfants dans leur famille"]
    assert (links.unchanged, links.archived, links.missing) == (2, 1, 0)
    assert (children(app, "1"), children(app, "2")) == (["Jules"], ["Maëlle"])


def test_an_only_child_whom_the_file_puts_elsewhere_leaves_too(
    app: Flask, settled: Path, town: Town
) -> None:
    """Family 2 is not in enfantFamille.csv any more, but its child is, in another."""
    del town.files["enfantFamille.csv"][2]
    hand_over(app, town.folder(settled.parent / "next"))
    assert (children(app, "1"), children(app, "2")) == (["Jules", "Maëlle"], [])


def test_files_of_one_family_take_no_child_from_another(
    app: Flask, settled: Path, town: Town
) -> None:
    """Maëlle's parents are separated: files of her father alone say nothing of her mother's."""
    narrow = Town()
    narrow.files = {
        "famille.csv": town.files["famille.csv"][1:],
        "enfant.csv": town.files["enfant.csv"][1:],
        "enfantFamille.csv": town.files["enfantFamille.csv"][2:],
    }
    report = hand_over(app, narrow.folder(settled.parent / "narrow"))
    assert not report.headlines.count
    assert children(app, "1") == ["Jules", "Maëlle"]
    # Nor do files without a word of who is whose child.
    del town.files["enfantFamille.csv"]
    hand_over(app, town.folder(settled.parent / "without"))
    assert children(app, "1") == ["Jules", "Maëlle"]


@pytest.mark.parametrize("typed", ["maelle", "Maëlle Le Goff", "11"])
def test_a_child_is_taken_out_at_once_and_kept_out_until_the_files_agree(
    app: Flask, settled: Path, town: Town, typed: str
) -> None:
    """The software is corrected a month later: the mark ends then, and says nothing for ever."""
    assert "ne voit plus Maëlle LE GOFF" in command(app, "retirer", typed, "F1")
    assert (children(app, "1"), children(app, "2")) == (["Jules"], ["Maëlle"])
    report = hand_over(app, settled)
    assert (children(app, "1"), report.counts["enfants dans leur famille"].created) == (
        ["Jules"],
        0,
    )
    told = list(report.lines())
    assert "  famille F1\u00a0: Maëlle LE GOFF" in told[3:4]
    del town.files["enfantFamille.csv"][1]
    assert not hand_over(app, town.folder(settled.parent / "agreed")).headlines.count
    with app.app_context():
        assert db.session().scalars(select(KeptOut)).all() == []
        acts = select(JournalEntry.event).where(JournalEntry.event == "child_taken_out")
        assert len(db.session().scalars(acts).all()) == 1
    # Later she does live there.
    hand_over(app, settled)
    assert children(app, "1") == ["Jules", "Maëlle"]


@pytest.mark.both_databases
def test_who_was_taken_out_by_mistake_is_put_back(app: Flask, settled: Path) -> None:
    """By the same words."""
    command(app, "retirer", "Maëlle", "F1")
    assert "voit de nouveau Maëlle" in command(app, "remettre", "Maëlle", "F1")
    assert children(app, "1") == ["Jules", "Maëlle"]


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        (("retirer", "Zoé", "F1"), "La famille n°\u00a0F1 n’a pas d’enfant «\u00a0Zoé\u00a0»."),
        (("retirer", "Jules", "F9"), "Il n’y a pas de famille n°\u00a0F9."),
        (("remettre", "Jules", "F1"), "n’a pas d’enfant"),
    ],
)
def test_what_cannot_be_done_is_said(
    app: Flask, settled: Path, typed: tuple[str, ...], told: str
) -> None:
    """Nothing changed."""
    said = command(app, *typed)
    assert said.startswith("Rien n’a changé\u00a0: ")
    assert told in said


def test_two_children_of_one_name_are_told_apart_by_number(
    app: Flask, settled: Path, town: Town
) -> None:
    """Twins of the software: one child under two ids."""
    town.add("enfant.csv", Id="12")
    town.add("enfantFamille.csv", enfant_id="12")
    hand_over(app, town.folder(settled.parent / "next"))
    assert "donnez le numéro de l’enfant" in command(app, "retirer", "Jules", "F1")
    assert "ne voit plus Jules" in command(app, "retirer", "12", "F1")
    assert children(app, "1") == ["Jules", "Maëlle"]
