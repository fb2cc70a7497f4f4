"""A town hands its files over, and finds its families in the portal."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from app import db
from app.models import (
    Allocation,
    Child,
    Document,
    Family,
    FamilyChild,
    Guardian,
    Invoice,
    InvoiceLine,
    JournalEntry,
    Message,
    Payment,
    Sex,
)
from tests.services.importing.town import PDF, Town, everything, hand_over, settle

pytestmark = pytest.mark.both_databases


def test_a_family_comes_in_with_its_guardians(app: Flask, tmp_path: Path, town: Town) -> None:
    """The household's file is as the town's software knows it."""
    hand_over(app, town.folder(tmp_path / "files"))
    with app.app_context():
        families = db.session().scalars(select(Family).order_by(Family.source_id)).all()
        guardians = (
            db.session()
            .scalars(select(Guardian).order_by(Guardian.rank, Guardian.first_name))
            .all()
        )
    assert [(each.source_id, each.number, each.direct_debit) for each in families] == [
        ("1", "F1", False),
        ("2", "2", True),
    ]
    assert [(each.first_name, each.rank, each.title, each.sex) for each in guardians] == [
        ("Inès", 1, "Madame", Sex.FEMALE),
        ("Yann", 1, "Monsieur", Sex.MALE),
        ("Karim", 2, "", None),
    ]
    assert guardians[0].birth_date == date(1986, 9, 2)
    assert guardians[1].birth_date == date(1987, 12, 11)
    assert guardians[0].mobile == "06 39 98 00 12"


def test_a_child_of_separated_parents_is_in_both_families(
    app: Flask, tmp_path: Path, town: Town
) -> None:
    """Maëlle is one child, in two families."""
    settle(app, tmp_path / "files")
    with app.app_context():
        found = db.session().execute(
            select(Family.source_id, Child.first_name)
            .join(FamilyChild, FamilyChild.family_id == Family.id)
            .join(Child, Child.id == FamilyChild.child_id)
            .order_by(Family.source_id, Child.first_name)
        )
        assert [tuple(row) for row in found] == [("1", "Jules"), ("1", "Maëlle"), ("2", "Maëlle")]


def test_invoices_come_in_to_the_cent(app: Flask, tmp_path: Path, town: Town) -> None:
    """Thousands, commas and points are read; lines keep their order and their child."""
    settle(app, tmp_path / "files")
    with app.app_context():
        invoices = db.session().scalars(select(Invoice).order_by(Invoice.number)).all()
        lines = db.session().scalars(select(InvoiceLine).order_by(InvoiceLine.position)).all()
    assert [(each.number, each.kind.value, each.amount) for each in invoices] == [
        ("A100", "FACTURE", Decimal("1234.50")),
        ("A101", "FACTURE", Decimal("20.00")),
        ("A102", "AVOIR", Decimal("4.50")),
        ("B200", "FACTURE", Decimal("30.00")),
    ]
    assert [(each.position, each.label, each.amount, each.quantity) for each in lines] == [
        (1, "Cantine", Decimal("1200.00"), Decimal("300.00")),
        (2, "Garderie", Decimal("34.50"), None),
    ]


def test_payments_and_credit_notes_pay_the_oldest_first(
    app: Flask, tmp_path: Path, town: Town
) -> None:
    """A payment meant for an invoice pays it; the credit note pays what is oldest."""
    settle(app, tmp_path / "files")
    with app.app_context():
        found = db.session().execute(
            select(Invoice.number, Allocation.amount, Payment.source_id)
            .join(Invoice, Invoice.id == Allocation.invoice_id)
            .outerjoin(Payment, Payment.id == Allocation.payment_id)
            .order_by(Invoice.number, Allocation.amount)
        )
        assert [tuple(row) for row in found] == [
            ("A100", Decimal("4.50"), None),
            ("A100", Decimal("1000.00"), "500"),
            ("B200", Decimal("30.00"), "501"),
        ]


def test_messages_and_documents_come_in(app: Flask, tmp_path: Path, town: Town) -> None:
    """Some for one family, some for all; a text keeps its line breaks."""
    settle(app, tmp_path / "files")
    with app.app_context():
        messages = db.session().scalars(select(Message).order_by(Message.source_id)).all()
        document = db.session().scalars(select(Document)).one()
    assert messages[0].body == "Bonjour,\nà lundi."
    assert messages[0].family_id is None
    assert messages[1].family_id is not None
    assert document.title == "Règlement intérieur"
    assert document.published_on == date(2026, 9, 1)


def test_files_are_kept_where_only_the_portal_reads_them(
    app: Flask, tmp_path: Path, town: Town
) -> None:
    """A PDF is stored under a name that nobody can guess, for the owner only."""
    hand_over(app, town.folder(tmp_path / "files"))
    with app.app_context():
        name = db.session().scalars(select(Invoice.file).where(Invoice.number == "A100")).one()
    path = Path(app.instance_path) / "invoices" / name
    assert path.read_bytes() == PDF
    assert "a100" not in name
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700


def test_a_zip_does_as_well_as_a_folder(app: Flask, tmp_path: Path, town: Town) -> None:
    """Both bring the same town."""
    hand_over(app, town.archive(tmp_path / "export.zip"))
    before = everything(app, but=("journal_entry",))
    report = hand_over(app, town.folder(tmp_path / "files"))
    assert everything(app, but=("journal_entry",)) == before
    assert {(each.created, each.changed) for each in report.counts.values()} == {(0, 0)}


def test_importing_twice_changes_nothing(app: Flask, tmp_path: Path, town: Town) -> None:
    """The same files again: not a row, not a figure, not a file moves."""
    files = town.folder(tmp_path / "files")
    hand_over(app, files)
    before = everything(app, but=("journal_entry",))
    stored = sorted(Path(app.instance_path).glob("*/*"))
    report = hand_over(app, files)
    assert everything(app, but=("journal_entry",)) == before
    assert sorted(Path(app.instance_path).glob("*/*")) == stored
    assert {(each.created, each.changed) for each in report.counts.values()} == {(0, 0)}
    assert report.counts["factures et avoirs"].unchanged == 4


def test_counts_say_what_was_created_changed_and_left(
    app: Flask, tmp_path: Path, town: Town
) -> None:
    """One family moves house, one invoice is new, one is no longer in the files."""
    settle(app, tmp_path / "files")
    town.row("famille.csv")["adrNumeroVoie"] = "3 place de l’Église"
    town.row("facture.csv", 3).update(id="201", numero="B201")
    report = hand_over(app, town.folder(tmp_path / "files"))
    families, invoices = report.counts["familles"], report.counts["factures et avoirs"]
    assert (families.created, families.changed, families.unchanged) == (0, 1, 1)
    assert (invoices.created, invoices.changed, invoices.unchanged) == (1, 0, 3)
    assert invoices.missing == 1


def test_missing_rows_are_left_alone(app: Flask, tmp_path: Path, town: Town) -> None:
    """A set that holds fewer invoices takes none away."""
    settle(app, tmp_path / "files")
    before = everything(app, but=("journal_entry",))
    del town.files["facture.csv"][1:]
    town.files["reglement.csv"].pop()
    town.files["message.csv"].pop()
    hand_over(app, town.folder(tmp_path / "fewer"))
    assert everything(app, but=("journal_entry",)) == before


def test_a_column_that_is_absent_leaves_what_is_known(
    app: Flask, tmp_path: Path, town: Town
) -> None:
    """An export without the class does not empty the classes."""
    settle(app, tmp_path / "files")
    before = everything(app, but=("journal_entry",))
    for file, column in (
        ("enfant.csv", "classe"), ("enfant.csv", "photo"), ("famille.csv", "emailResp1"),
        ("famille.csv", "numero"), ("famille.csv", "typeModeReglementResp1"),
        ("facture.csv", "fichier"), ("facture.csv", "type"), ("ligneFacture.csv", "enfant_id"),
        ("reglement.csv", "facture_id"), ("message.csv", "famille_id"),
    ):  # fmt: skip
        town.drop_column(file, column)
    del town.files["mandat.csv"]
    hand_over(app, town.folder(tmp_path / "narrow"))
    assert everything(app, but=("journal_entry",)) == before


def test_a_dry_run_counts_and_writes_nothing(app: Flask, tmp_path: Path, town: Town) -> None:
    """The figures are those of the import to come; the database and the folder stay empty."""
    before = everything(app)
    planned = hand_over(app, town.folder(tmp_path / "files"), dry_run=True, archive_missing=True)
    assert everything(app) == before
    assert not list(Path(app.instance_path).glob("*/*"))
    done = hand_over(app, town.folder(tmp_path / "files"), archive_missing=True)
    assert planned.counts == done.counts
    assert "Rien n’a été écrit." in list(planned.lines())


def test_the_journal_remembers_an_import(app: Flask, tmp_path: Path, town: Town) -> None:
    """Who asks later finds what was imported, when, and how much."""
    hand_over(app, town.archive(tmp_path / "export.zip"))
    with app.app_context():
        entry = db.session().scalars(select(JournalEntry)).one()
    assert entry.event == "import"
    assert entry.details["source"] == "export.zip"
    assert entry.details["rows_created"] == "24"


def test_iban_and_bic_are_never_stored(app: Flask, tmp_path: Path, town: Town) -> None:
    """A bank's numbers are in the file, and nowhere after."""
    settle(app, tmp_path / "files")
    dump = str(everything(app))
    assert "FR7630006000011234567890189" not in dump
    assert "AGRIFRPP" not in dump
    assert "RUM-1" not in dump


def test_a_mandate_alone_means_direct_debit(app: Flask, tmp_path: Path, town: Town) -> None:
    """Whichever file says so, the family pays by direct debit; when none does, it stops."""
    town.row("famille.csv", 1)["typeModeReglementResp1"] = ""

    def pays_by_direct_debit() -> bool:
        hand_over(app, town.folder(tmp_path / "files"))
        with app.app_context():
            return (
                db.session()
                .scalars(select(Family.direct_debit).where(Family.source_id == "2"))
                .one()
            )

    assert pays_by_direct_debit()
    town.row("mandat.csv")["titulaire_id"] = "1"
    assert not pays_by_direct_debit()


def test_lines_taken_out_of_an_invoice_go(app: Flask, tmp_path: Path, town: Town) -> None:
    """An invoice made again with one line has one line."""
    settle(app, tmp_path / "files")
    town.row("facture.csv")["montant"] = "1 200,00"
    town.files["ligneFacture.csv"].pop()
    hand_over(app, town.folder(tmp_path / "files"))
    with app.app_context():
        assert db.session().scalars(select(InvoiceLine.label)).all() == ["Cantine"]


def test_a_changed_amount_is_shared_again(app: Flask, tmp_path: Path, town: Town) -> None:
    """A payment that becomes larger pays what it pays now."""
    settle(app, tmp_path / "files")
    town.row("reglement.csv")["montant"] = "1 250,00"
    hand_over(app, town.folder(tmp_path / "files"))
    with app.app_context():
        found = db.session().execute(
            select(Invoice.number, Allocation.amount, Allocation.credit_note_id.is_(None))
            .join(Invoice, Invoice.id == Allocation.invoice_id)
            .where(Invoice.number.startswith("A"))
            .order_by(Invoice.number, Allocation.amount)
        )
        assert [tuple(row) for row in found] == [
            ("A100", Decimal("1234.50"), True),
            ("A101", Decimal("4.50"), False),
            ("A101", Decimal("15.50"), True),
        ]


def test_an_invoice_that_changes_family_leaves_no_allocation_behind(
    app: Flask, tmp_path: Path, town: Town
) -> None:
    """Two files of one household become one: its invoice follows, and is paid there."""
    settle(app, tmp_path / "files")
    town.row("facture.csv", 3)["famille_id"] = "1"
    hand_over(app, town.folder(tmp_path / "files"))
    with app.app_context():
        crossed = db.session().scalars(
            select(Allocation.id)
            .join(Invoice, Invoice.id == Allocation.invoice_id)
            .join(Payment, Payment.id == Allocation.payment_id)
            .where(Payment.family_id != Invoice.family_id)
        )
        assert crossed.all() == []
