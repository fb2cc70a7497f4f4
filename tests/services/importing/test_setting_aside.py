"""A cell that counts for nobody's money or access is set aside when it cannot be read."""

# Sentences stay whole, to be found by who greps what a screen said.
# ruff: noqa: E501

from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from app import db
from app.models import Child, Document, Family, Guardian, Invoice, InvoiceLine, Payment
from app.services.actors import PORTAL
from app.services.families import accepted
from app.services.families.accepted import LastWord
from tests.services.importing.test_checking import without_family
from tests.services.importing.town import Town, faults_of, hand_over, settle

pytestmark = pytest.mark.both_databases

ASIDE = [
    ("famille.csv", "dateNaisResp1", "00/00/0000", "valeur « 00/00/0000 » : l’année doit être comprise entre 1900 et 2100."),
    ("famille.csv", "dateNaisResp1", "néant", "valeur « néant » : écrivez une date comme 08/11/2016 ou 2016-11-08."),
    ("famille.csv", "sexeResp1", "X", "valeur « X » : écrivez MASCULIN ou FEMININ (ou M, F)."),
    ("famille.csv", "dateNaisResp1", "31/02/1986", "valeur « 31/02/1986 » : cette date n’existe pas au calendrier."),
    ("famille.csv", "dateNaisResp1", "02/09/86", "valeur « 02/09/86 » : écrivez une date comme 08/11/2016 ou 2016-11-08."),
    ("famille.csv", "dateNaisResp1", "02/09/1886", "valeur « 02/09/1886 » : l’année doit être comprise entre 1900 et 2100."),
    ("famille.csv", "dateNaisResp1", "０２/09/1986", "valeur « ０２/09/1986 » : écrivez une date comme 08/11/2016 ou 2016-11-08."),
    ("famille.csv", "emailResp1", "ines@", "valeur « ines@ » : écrivez une seule adresse électronique, comme prenom.nom@exemple.fr."),
    ("famille.csv", "emailResp1", "a@exemple.fr, b@exemple.fr", "valeur « a@exemple.fr, b@exemple.fr » : écrivez une seule adresse électronique, comme prenom.nom@exemple.fr."),
    ("famille.csv", "emailResp1", "a@exemple.fr\r\nBcc: z@example.org", "valeur « a@exemple.fr��Bcc: z@example.org » : écrivez une seule adresse électronique, comme prenom.nom@exemple.fr."),
    ("famille.csv", "telephoneResp1", "0" * 31, f"valeur « {'0' * 31} » : 30 caractères au plus sont acceptés, il y en a 31."),
    ("enfant.csv", "photo", "../secret", "valeur « ../secret » : écrivez le nom du fichier seul, sans dossier."),
    ("enfant.csv", "photo", "absente.png", "valeur « absente.png » : ce fichier manque dans le dossier « photos »."),
    ("facture.csv", "fichier", "absente.pdf", "valeur « absente.pdf » : ce fichier manque dans le dossier « factures »."),
    ("famille.csv", "civiliteResp1", "Présidente de l’association", "valeur « Présidente de l’association » : 20 caractères au plus sont acceptés, il y en a 27."),
    ("enfant.csv", "dateNaissance", "en mars", "valeur « en mars » : écrivez une date comme 08/11/2016 ou 2016-11-08."),
    ("compte.csv", "email", "néant", "valeur « néant » : écrivez une seule adresse électronique, comme prenom.nom@exemple.fr."),
    ("ligneFacture.csv", "quantite", "dix", "valeur « dix » : écrivez un nombre comme 0,125, avec trois décimales au plus."),
    ("reglement.csv", "mode", "x" * 41, f"valeur « {'x' * 41} » : 40 caractères au plus sont acceptés, il y en a 41."),
    ("message.csv", "reponse", "peut-être", "valeur « peut-être » : écrivez OUI ou NON."),
    ("document.csv", "date", "46266", "valeur « 46266 » : écrivez une date comme 08/11/2016 ou 2016-11-08."),
]  # fmt: skip
ROWS_OF = {
    "famille.csv": "familles", "enfant.csv": "enfants", "facture.csv": "factures et avoirs",
    "ligneFacture.csv": "lignes de facture", "reglement.csv": "règlements",
    "message.csv": "messages", "document.csv": "documents",
}  # fmt: skip


def test_each_cell_that_is_set_aside_is_named_and_its_row_goes_in(
    app: Flask, tmp_path: Path, town: Town
) -> None:
    """In a dry run as well: file, line, column, value, what to do."""
    wanted = [
        f"{file}, ligne {town.spoil(file, column, value)}, colonne {column}, {said}"
        for file, column, value, said in ASIDE
    ]
    files = town.folder(tmp_path / "files")
    for dry_run in (True, False):
        report = hand_over(app, files, dry_run=dry_run)
        assert sorted(map(without_family, map(str, report.set_aside))) == sorted(wanted)
        assert set(wanted) <= {line.strip() for line in map(without_family, report.lines())}
        for file, rows in ROWS_OF.items():
            assert report.counts[rows].created == len(town.files[file]), file


def test_what_the_portal_knows_stays(app: Flask, tmp_path: Path, town: Town) -> None:
    """Of each cell that is set aside, and of no other; once more changes nothing."""
    settle(app, tmp_path / "files")
    spoilt = {
        "famille.csv": {"dateNaisResp1": "00/00/0000", "emailResp1": "néant", "sexeResp1": "?",
                        "telephoneResp1": "0" * 31, "adrcodePostal": "F-38590 CEDEX",
                        "emailResp2": "karim@@exemple.fr", "portableResp1": "06 39 98 00 13"},
        "enfant.csv": {"dateNaissance": "2016", "photo": "absente.png", "classe": "CM1"},
        "compte.csv": {"email": "néant"},
        "facture.csv": {"fichier": "absente.pdf", "libelle": "x" * 201},
        "ligneFacture.csv": {"quantite": "beaucoup"},
        "reglement.csv": {"mode": "x" * 41},
        "document.csv": {"date": "hier"},
    }  # fmt: skip
    for file, cells in spoilt.items():
        town.row(file).update(cells)
    report = hand_over(app, town.folder(tmp_path / "spoilt"))
    assert report.set_aside.count == 14
    assert report.lost_addresses == 0
    assert {name: each.changed for name, each in report.counts.items() if each.changed} == {
        "responsables": 1,
        "enfants": 1,
    }
    with app.app_context():
        ines = db.session().scalars(select(Guardian).where(Guardian.first_name == "Inès")).one()
        assert (str(ines.birth_date), ines.email, ines.sex) == (
            "1986-09-02",
            "ines@exemple.fr",
            "F",
        )
        assert (ines.phone, ines.mobile) == ("04 65 71 00 12", "06 39 98 00 13")
        karim = db.session().scalars(select(Guardian).where(Guardian.first_name == "Karim")).one()
        assert karim.email == "karim@exemple.fr"
        postcodes = db.session().scalars(select(Family.postcode).where(Family.number == "F1"))
        assert postcodes.one() == "38590"
        jules = db.session().scalars(select(Child).where(Child.first_name == "Jules")).one()
        assert (str(jules.birth_date), jules.class_name) == ("2016-11-08", "CM1")
        assert jules.photo.endswith(".png")
        invoice = db.session().scalars(select(Invoice).where(Invoice.number == "A100")).one()
        assert invoice.label == "Cantine de septembre"
        assert invoice.file.endswith(".pdf")
        quantities = db.session().scalars(select(InvoiceLine.quantity).order_by(InvoiceLine.id))
        assert quantities.all() == [300, None]
        assert db.session().scalars(select(Payment.mode).order_by(Payment.id)).first() == "CHEQUE"
        assert str(db.session().scalars(select(Document.published_on)).one()) == "2026-09-01"
    again = hand_over(app, tmp_path / "spoilt")
    assert not any(each.changed or each.created for each in again.counts.values())


def test_a_birth_date_that_was_set_aside_is_no_clue(app: Flask, tmp_path: Path, town: Town) -> None:
    """Somebody else in the first place is not taken for who was there."""
    settle(app, tmp_path / "files")
    row = town.row("famille.csv")
    row |= {"nomResp1": "MOREL", "prenomResp1": "Paule", "dateNaisResp1": "néant", "emailResp1": ""}
    town.row("compte.csv")["identifiant"] = "38160009"
    hand_over(app, town.folder(tmp_path / "files"))
    with app.app_context():
        paule = db.session().scalars(select(Guardian).where(Guardian.last_name == "MOREL")).one()
        assert (paule.birth_date, paule.email) == (None, "")


def test_a_refused_import_tells_what_it_would_do_without(
    app: Flask, tmp_path: Path, town: Town
) -> None:
    """So that a secretary corrects everything at once."""
    town.row("famille.csv")["sexeResp1"] = "?"
    town.row("facture.csv")["montant"] = "douze"
    files = town.folder(tmp_path / "files")
    result = app.test_cli_runner().invoke(args=["import", str(files)])
    assert result.exit_code == 1
    said = result.stderr.splitlines()
    assert said[0].startswith("facture.csv, ligne 2, famille F1 (GARNIER), colonne montant")
    assert said[2].startswith("1\u00a0cellule mise de côté")
    assert said[3].startswith("  famille.csv, ligne 2, famille F1 (GARNIER), colonne sexeResp1")
    assert len(faults_of(app, files)) == 1


def test_what_the_town_hall_accepted_stays_beside_a_cell_that_says_nothing(
    app: Flask, tmp_path: Path, town: Town
) -> None:
    """A street that cannot be read is no new word on it."""
    settle(app, tmp_path / "files")
    with app.app_context(), db.transaction() as session:
        family = session.scalars(select(Family).where(Family.number == "F1")).one()
        accepted.accept(session, family, "street", "7 chemin des Vergers", PORTAL)
    town.row("famille.csv")["adrNumeroVoie"] = "x" * 201
    report = hand_over(app, town.folder(tmp_path / "files"))
    assert report.set_aside.count == 1
    assert report.last_words[LastWord.OVERRULED] == 0
    with app.app_context():
        streets = db.session().scalars(select(Family.street).where(Family.number == "F1"))
        assert streets.one() == "7 chemin des Vergers"
