"""Accounts follow their people when the files put somebody else in a place."""

from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from app import db
from app.models import Account, AccountSession, Guardian, JournalEntry
from app.services.importing.headlines import Headline
from tests.services.importing.conftest import NOW, account_of, pending_secrets, sign_in
from tests.services.importing.town import Town, everything, faults_of, hand_over


@pytest.mark.both_databases
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


@pytest.mark.both_databases
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
    assert not report.headlines.count
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
        "compte.csv, ligne 2, famille F1 (BENALI), colonne identifiant, "
        "valeur «\u00a038160001\u00a0»\u00a0: "
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
    assert "  famille F1\u00a0: Inès GARNIER devient Inès DUPUIS" in list(report.lines())
    with app.app_context():
        assert account_of("Inès").password_hash == "chosen"
        assert account_of("Inès").archived_at is None


@pytest.mark.both_databases
def test_a_name_that_changes_takes_along_no_confirmed_address_that_the_file_contradicts(
    app: Flask, settled: Path, town: Town
) -> None:
    """The file's address counts again, and a password is chosen by it."""
    with app.app_context(), db.transaction():
        guardian = account_of("Inès").guardian
        guardian.email, guardian.email_confirmed_at = "prouvee@exemple.fr", NOW
    sign_in(app, "Inès")
    town.row("famille.csv").update(nomResp1="DUPUIS", emailResp1="ines.dupuis@exemple.fr")
    report = hand_over(app, settled_again(settled, town))
    [told] = [line for line in report.lines() if "devient Inès DUPUIS" in line]
    assert "le mot de passe sont retirés" in told
    with app.app_context():
        account = account_of("Inès")
        assert (account.identifier, account.archived_at) == ("38160001", None)
        assert account.password_hash is None
        assert account.guardian.email == "ines.dupuis@exemple.fr"
        assert account.guardian.email_confirmed_at is None
        alive = select(AccountSession.account_id).where(AccountSession.ended_at.is_(None))
        assert db.session().scalars(alive).all() == []
        assert pending_secrets() == 0


@pytest.mark.both_databases
def test_a_new_partner_of_the_same_first_name_inherits_nothing(
    app: Flask, settled: Path, town: Town
) -> None:
    """Inès GARNIER leaves, Inès DUROC comes: the first name alone is one clue."""
    sign_in(app, "Inès")
    del town.files["compte.csv"]
    town.row("famille.csv").update(
        nomResp1="DUROC", dateNaisResp1="", emailResp1="ines.duroc@exemple.fr"
    )
    report = hand_over(app, settled_again(settled, town))
    assert "  famille F1\u00a0: Inès GARNIER laisse sa place à Inès DUROC" in list(report.lines())
    with app.app_context():
        accounts = {
            account.guardian.last_name: account
            for account in db.session().scalars(select(Account).join(Guardian))
            if account.guardian.first_name == "Inès"
        }
        assert accounts["GARNIER"].archived_at is not None
        assert accounts["DUROC"].password_hash is None
        assert accounts["DUROC"].identifier != accounts["GARNIER"].identifier


def test_a_mailbox_that_another_family_has_too_hands_nothing_over(
    app: Flask, settled: Path, town: Town
) -> None:
    """Yann's family writes from Inès' mailbox: it proves neither of them."""
    town.row("famille.csv", 1)["emailResp1"] = "ines@exemple.fr"
    town.row("famille.csv")["dateNaisResp1"] = ""
    hand_over(app, settled_again(settled, town))
    del town.files["compte.csv"]
    town.row("famille.csv")["nomResp1"] = "DUROC"
    report = hand_over(app, town.folder(settled.parent / "later"))
    assert report.headlines.count[Headline.REPLACED] == 1


def test_a_second_guardian_who_left_loses_the_access_at_once(
    app: Flask, settled: Path, town: Town
) -> None:
    """The family stays, one parent does not: named in the dry run, before any figure."""
    town.row("famille.csv").update(nomResp2="", prenomResp2="", emailResp2="")
    dry = list(hand_over(app, settled_again(settled, town), dry_run=True).lines())
    assert dry[2:4] == [
        "Responsables partis de leur famille, dont l’accès serait fermé\u00a0:",
        "  famille F1\u00a0: Karim GARNIER",
    ]
    report = hand_over(app, settled_again(settled, town))
    assert report.counts["identifiants"].archived == 1
    with app.app_context():
        karim = account_of("Karim")
        assert (karim.guardian.rank, account_of("Inès").archived_at) == (None, None)
        assert karim.archived_at is not None
    # Named again, he finds his place and his access.
    hand_over(app, settled)
    with app.app_context():
        assert (account_of("Karim").guardian.rank, account_of("Karim").archived_at) == (2, None)


@pytest.mark.both_databases
def test_files_without_second_guardians_say_nothing_of_them(
    app: Flask, settled: Path, town: Town
) -> None:
    """No column, no word: even --archive-missing leaves them their access."""
    for column in ("nomResp2", "prenomResp2", "emailResp2"):
        town.drop_column("famille.csv", column)
    hand_over(app, settled_again(settled, town), archive_missing=True)
    with app.app_context():
        assert (account_of("Karim").guardian.rank, account_of("Karim").archived_at) == (2, None)


def test_an_identifiant_that_changes_is_named(app: Flask, settled: Path, town: Town) -> None:
    """A spreadsheet ate the zeros: the number on the parent's letter works no more."""
    town.row("compte.csv")["identifiant"] = "0038160001"
    hand_over(app, settled_again(settled, town))
    town.row("compte.csv")["identifiant"] = "38160001"
    report = hand_over(app, settled_again(settled, town), dry_run=True)
    told = "  famille F1\u00a0: Inès GARNIER, 0038160001 devient 38160001"
    assert told in list(report.lines())


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
