"""Invoices and payments that left the files go when somebody says so, and never in silence."""

from decimal import Decimal
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from app import db
from app.models import Allocation, FamilyRequest, Invoice, InvoiceLine, Payment
from tests.services.importing.town import Town, everything, hand_over

pytestmark = pytest.mark.both_databases


@pytest.fixture
def next_month(app: Flask, settled: Path, town: Town) -> Path:
    """Invoice 101 and payment 500 are not in the files any more; others of their months are."""
    del town.files["facture.csv"][1], town.files["reglement.csv"][0]
    return town.folder(settled.parent / "next")


def numbers(app: Flask) -> list[str]:
    with app.app_context():
        return list(db.session().scalars(select(Invoice.number).order_by(Invoice.number)))


def test_without_the_option_they_stay_and_the_report_says_which_option(
    app: Flask, next_month: Path
) -> None:
    """Nothing is taken from a family by an export that was cut short."""
    before = everything(app, but=("journal_entry",))
    told = " ".join(hand_over(app, next_month).lines())
    assert "1\u00a0facture ou avoir et 1\u00a0règlement de ces familles ne sont plus" in told
    assert "--remove-missing" in told
    assert everything(app, but=("journal_entry",)) == before


def test_with_it_they_go_and_each_is_named(app: Flask, next_month: Path) -> None:
    """What the payment paid is due again, to the cent."""
    before = everything(app)
    dry = list(hand_over(app, next_month, remove_missing=True, dry_run=True).lines())
    assert dry[2:7] == [
        "Factures et avoirs absents des fichiers, qui seraient retirés\u00a0:",
        "  famille F1\u00a0: A101, du 03/10/2026, 20,00\u00a0€",
        "",
        "Règlements absents des fichiers, qui seraient retirés\u00a0:",
        "  famille F1\u00a0: CHEQUE, du 10/09/2026, 1\u202f000,00\u00a0€",
    ]
    assert everything(app) == before
    report = hand_over(app, next_month, remove_missing=True)
    invoices = report.counts["factures et avoirs"]
    assert (invoices.archived, invoices.missing) == (1, 0)
    assert numbers(app) == ["A100", "A102", "B200"]
    with app.app_context():
        paid = select(func.sum(Allocation.amount)).join(
            Invoice, Invoice.id == Allocation.invoice_id
        )
        assert db.session().scalar(paid.where(Invoice.number == "A100")) == Decimal("4.50")
        assert db.session().scalars(select(Payment.source_id)).all() == ["501"]
    # A second time there is nothing left to take.
    again = hand_over(app, next_month, remove_missing=True)
    assert again.counts["factures et avoirs"].archived == 0


def test_what_comes_back_is_there_again(app: Flask, settled: Path, next_month: Path) -> None:
    """The export was wrong: the next one brings both back."""
    hand_over(app, next_month, remove_missing=True)
    hand_over(app, settled)
    assert numbers(app) == ["A100", "A101", "A102", "B200"]
    with app.app_context():
        assert len(db.session().scalars(select(Payment.id)).all()) == 2


def test_an_invoice_with_lines_a_payment_and_a_request_goes_whole(
    app: Flask, settled: Path, town: Town
) -> None:
    """What spoke of it stays, and speaks of no invoice."""
    with app.app_context(), db.transaction() as session:
        invoice = session.scalars(select(Invoice).where(Invoice.number == "A100")).one()
        assert session.scalars(select(InvoiceLine.id)).all()
    town.add("facture.csv", id="99", numero="A99", dateFacture="01/09/2026", montant="1",
             dateEcheance="", type="AVOIR")  # fmt: skip
    del town.files["facture.csv"][0], town.files["ligneFacture.csv"]
    town.row("reglement.csv")["facture_id"] = ""
    hand_over(app, town.folder(settled.parent / "next"), remove_missing=True)
    assert "A100" not in numbers(app)
    with app.app_context():
        assert db.session().scalars(select(InvoiceLine.id)).all() == []
        assert db.session().scalars(select(FamilyRequest.invoice_id)).all() == []
        assert db.session().get(Invoice, invoice.id) is None


def test_files_say_nothing_of_other_days_and_of_other_families(
    app: Flask, settled: Path, town: Town
) -> None:
    """Only October, or only family 2: September and family 1 are not missing."""
    october = Town()
    october.files["facture.csv"] = town.files["facture.csv"][2:3]
    del october.files["ligneFacture.csv"], october.files["reglement.csv"]
    hand_over(app, october.folder(settled.parent / "october"), remove_missing=True)
    narrow = Town()
    narrow.files = {
        "famille.csv": town.files["famille.csv"][1:],
        "facture.csv": town.files["facture.csv"][3:],
    }
    hand_over(app, narrow.folder(settled.parent / "narrow"), remove_missing=True)
    assert numbers(app) == ["A100", "A101", "A102", "B200"]
