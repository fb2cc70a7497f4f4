"""Money that goes back, invoices that are cancelled or made again: what is owed is owed once."""

from decimal import Decimal
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from app import db
from app.models import Family, Invoice, InvoiceKind, InvoiceLine
from app.services.billing import ledger, statement
from app.services.billing.ledger import ZERO
from tests.services.importing.town import Town, faults_of, hand_over


class Account:
    """What the portal shows of the first family's money."""

    def __init__(self) -> None:
        self.family_id = db.session().scalars(select(Family.id).filter_by(number="F1")).one()
        self.balance = db.session().scalar(select(ledger.BALANCE), {"family_id": self.family_id})
        self.unpaid = {
            each.number: each.amount_due for each in ledger.unpaid_invoices(self.family_id)
        }
        self.lines = statement.whole(self.family_id, "").lines


@pytest.fixture
def account_town(town: Town) -> Town:
    """One invoice of 60,80 €, debited."""
    for file in ("ligneFacture.csv", "message.csv", "document.csv"):
        del town.files[file]
    del town.files["facture.csv"][1:]
    town.row("facture.csv").update(numero="F-1", montant="60,80", fichier="")
    del town.files["reglement.csv"][1:]
    town.row("reglement.csv").update(montant="60,80", mode="PRELEVEMENT", reference="")
    return town


def test_a_debit_that_the_bank_rejects_is_due_again(
    app: Flask, tmp_path: Path, account_town: Town
) -> None:
    """Both movements stay on the statement."""
    files = tmp_path / "files"
    hand_over(app, account_town.folder(files))
    with app.app_context():
        assert (Account().balance, Account().unpaid) == (ZERO, {})
    account_town.add("reglement.csv", id="501", date="05/10/2026", montant="-60,80", mode="REJET")
    hand_over(app, account_town.folder(files))
    with app.app_context():
        account = Account()
        assert account.balance == Decimal("-60.80")
        assert account.unpaid == {"F-1": Decimal("60.80")}
        assert [(line.title, line.amount) for line in account.lines] == [
            ("Facture", Decimal("-60.80")),
            ("Règlement", Decimal("60.80")),
            ("Rejet de prélèvement", Decimal("-60.80")),
        ]


def test_an_invoice_that_is_cancelled_counts_for_nothing(
    app: Flask, tmp_path: Path, account_town: Town
) -> None:
    """It stays to be seen, and what paid it pays the others."""
    files = tmp_path / "files"
    account_town.add("facture.csv", id="101", numero="F-2", montant="45,60")
    hand_over(app, account_town.folder(files))
    account_town.row("facture.csv").update(type="ANNULEE", montant="0")
    hand_over(app, account_town.folder(files))
    with app.app_context():
        account = Account()
        assert (account.balance, account.unpaid) == (Decimal("15.20"), {})
        assert ("Facture annulée", ZERO) in [(line.title, line.amount) for line in account.lines]


def test_an_invoice_made_again_under_its_number_is_owed_once(
    app: Flask, tmp_path: Path, account_town: Town
) -> None:
    """The old row left the files: the report names both, and once only."""
    files = tmp_path / "files"
    del account_town.files["reglement.csv"]
    hand_over(app, account_town.folder(files))
    account_town.row("facture.csv").update(id="b", montant="45,60", dateFacture="04/09/2026")
    report = hand_over(app, account_town.folder(files))
    said = "  famille F1\u00a0: facture F-1, 60,80\u00a0€ devient 45,60\u00a0€"
    assert said in list(report.lines())
    assert report.counts["factures et avoirs"].changed == 1
    with app.app_context():
        assert (Account().balance, Account().unpaid) == (
            Decimal("-45.60"),
            {"F-1": Decimal("45.60")},
        )
    again = hand_over(app, account_town.folder(files))
    assert not again.headlines.count
    assert again.counts["factures et avoirs"].changed == 0
    # And the last word wins, if the town goes back to the first one.
    account_town.row("facture.csv").update(id="100", montant="60,80", dateFacture="03/09/2026")
    hand_over(app, account_town.folder(files))
    with app.app_context():
        assert Account().unpaid == {"F-1": Decimal("60.80")}


def test_numbers_begin_anew_each_year(app: Flask, tmp_path: Path, account_town: Town) -> None:
    """Nobody's invoice of last year is cancelled by the one that bears its number now."""
    files = tmp_path / "files"
    hand_over(app, account_town.folder(files))
    account_town.row("facture.csv").update(
        id="b", dateFacture="03/09/2027", dateEcheance="28/09/2027"
    )
    assert not hand_over(app, account_town.folder(files)).headlines.count
    account_town.add("facture.csv", id="100", dateFacture="03/09/2026", dateEcheance="28/09/2026")
    assert faults_of(app, account_town.folder(files)) == []


def test_a_credit_note_is_due_on_no_day(app: Flask, tmp_path: Path, account_town: Town) -> None:
    account_town.row("facture.csv").update(type="AVOIR", dateEcheance="")
    account_town.row("reglement.csv")["facture_id"] = ""
    hand_over(app, account_town.folder(tmp_path / "files"))
    with app.app_context():
        assert db.session().scalars(select(Invoice.kind)).all() == [InvoiceKind.CREDIT_NOTE]


@pytest.mark.both_databases
def test_prices_and_quantities_stay_as_written(
    app: Flask, tmp_path: Path, account_town: Town
) -> None:
    """A rate of effort gives four decimals, an eighth of an hour three."""
    account_town.files["ligneFacture.csv"] = [
        {"facture_id": "100", "libelle": "Garderie", "montant": "12,50", "quantite": "10",
         "prixUnitaire": "1,2504"},
        {"facture_id": "100", "libelle": "Étude", "montant": "48,30", "quantite": "0,125",
         "prixUnitaire": "386,4"},
    ]  # fmt: skip
    hand_over(app, account_town.folder(tmp_path / "files"))
    with app.app_context():
        lines = select(InvoiceLine.quantity, InvoiceLine.unit_price).order_by(InvoiceLine.position)
        rows = db.session().execute(lines).all()
    assert [tuple(row) for row in rows] == [
        (Decimal("10.000"), Decimal("1.2504")),
        (Decimal("0.125"), Decimal("386.4000")),
    ]
