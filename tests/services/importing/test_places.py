"""Accounts follow their people when the files put somebody else in a place."""

from pathlib import Path

from flask import Flask
from sqlalchemy import select

from app import db
from app.models import Account, AccountSession, Guardian, JournalEntry
from tests.services.importing.conftest import NOW, account_of, pending_secrets, sign_in
from tests.services.importing.town import Town, everything, faults_of, hand_over


def test_somebody_else_in_a_place_does_not_get_the_account_of_who_had_it(
    app: Flask, settled: Path, town: Town
) -> None:
    """Karim's new partner is in the file: neither his password nor his address are hers."""
    sign_in(app, "Inès")
    with app.app_context(), db.transaction():
        account_of("Karim").guardian.email_confirmed_at = NOW
    sign_in(app, "Karim")
    town.row("famille.csv").update(
        nomResp2="BENALI", prenomResp2="Nadia", emailResp2="nadia@exemple.fr"
    )
    report = hand_over(app, settled_again(settled, town))
    assert "  famille F1\u00a0: Karim GARNIER laisse sa place à Nadia BENALI" in list(
        report.lines()
    )
    assert report.counts["responsables"].created == 1
    assert report.counts["identifiants"].archived == 1
    with app.app_context():
        nadia, karim = account_of("Nadia"), account_of("Karim")
        assert nadia.identifier != karim.identifier
        assert nadia.password_hash is None
        assert (nadia.guardian.email, nadia.guardian.email_confirmed_at) == (
            "nadia@exemple.fr",
            None,
        )
        assert karim.archived_at is not None
        assert karim.guardian.rank is None
        alive = select(AccountSession.account_id).where(AccountSession.ended_at.is_(None))
        assert db.session().scalars(alive).all() == [account_of("Inès").id]
        assert pending_secrets() == 1
        told = select(JournalEntry.account_id).where(JournalEntry.event == "guardian_replaced")
        assert db.session().scalars(told).all() == [karim.id]


def test_two_who_change_places_keep_their_accounts(app: Flask, settled: Path, town: Town) -> None:
    """The town's software names Karim first: each still signs in with their own password."""
    sign_in(app, "Karim")
    before = identifiers(app)
    row = town.row("famille.csv")
    row.update(
        nomResp1="GARNIER", prenomResp1="Karim", dateNaisResp1="", emailResp1=row["emailResp2"]
    )
    row.update(nomResp2="GARNIER", prenomResp2="Inès", emailResp2="ines@exemple.fr")
    town.row("compte.csv")["responsable"] = "2"
    report = hand_over(app, settled_again(settled, town))
    assert report.replaced_count == 0
    assert identifiers(app) == before
    with app.app_context():
        assert account_of("Karim").password_hash == "chosen"
        assert [account_of(name).guardian.rank for name in ("Karim", "Inès")] == [1, 2]


def test_whoever_was_replaced_by_a_slip_comes_back(app: Flask, settled: Path, town: Town) -> None:
    """The next export names Karim again: same identifiant, same password, and Nadia is out."""
    sign_in(app, "Karim")
    slip = Town()
    slip.row("famille.csv").update(
        nomResp2="BENALI", prenomResp2="Nadia", emailResp2="nadia@exemple.fr"
    )
    hand_over(app, settled_again(settled, slip))
    hand_over(app, settled)
    with app.app_context():
        karim = account_of("Karim")
        assert (karim.archived_at, karim.password_hash, karim.guardian.rank) == (None, "chosen", 2)
        assert account_of("Nadia").archived_at is not None


def test_the_identifiant_of_whoever_was_replaced_is_nobody_else_s(
    app: Flask, settled: Path, town: Town
) -> None:
    """compte.csv must give another one; nothing is written until it does."""
    town.row("famille.csv").update(nomResp1="BENALI", prenomResp1="Nadia", dateNaisResp1="")
    before = everything(app)
    [fault] = faults_of(app, settled_again(settled, town))
    assert fault == (
        "compte.csv, ligne 2, colonne identifiant, valeur «\u00a038160001\u00a0»\u00a0: "
        "c’est celui d’un ancien responsable de la famille 1\u00a0; donnez-en un autre."
    )
    assert everything(app) == before


def test_a_married_name_changes_nothing_of_the_account(
    app: Flask, settled: Path, town: Town
) -> None:
    """Inès GARNIER becomes Inès DUPUIS."""
    sign_in(app, "Inès")
    town.row("famille.csv").update(nomResp1="DUPUIS", emailResp1="ines.dupuis@exemple.fr")
    report = hand_over(app, settled_again(settled, town))
    assert report.replaced_count == 0
    with app.app_context():
        assert account_of("Inès").password_hash == "chosen"
        assert account_of("Inès").archived_at is None


def test_a_dry_run_tells_who_would_be_replaced(app: Flask, settled: Path, town: Town) -> None:
    """And closes nothing."""
    town.row("famille.csv").update(nomResp2="BENALI", prenomResp2="Nadia", emailResp2="")
    before = everything(app)
    report = hand_over(app, settled_again(settled, town), dry_run=True)
    assert "Responsables remplacés, dont l’accès serait fermé\u00a0:" in list(report.lines())
    assert everything(app) == before


def settled_again(settled: Path, town: Town) -> Path:
    """Write the files of the next export."""
    return town.folder(settled.parent / "next")


def identifiers(app: Flask) -> dict[str, str]:
    """Return the identifiant of each guardian, by first name."""
    with app.app_context():
        found = select(Guardian.first_name, Account.identifier).join(
            Account, Account.guardian_id == Guardian.id
        )
        return {row.first_name: row.identifier for row in db.session().execute(found)}
