"""Who may come in after an import, and with which address."""

from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from app import db
from app.models import AccountSession, Family
from app.services.accounts import helping, invitations
from app.services.accounts.helping import Whose
from app.services.importing import accounts
from tests.services.importing.conftest import NOW, account_of, pending_secrets, sign_in
from tests.services.importing.town import Town, everything, hand_over
from tests.support.people import TOWN_HALL


def test_a_guardian_without_a_row_gets_an_identifiant(
    app: Flask, settled: Path, town: Town
) -> None:
    """Karim has an address and no row: eight digits, which the next import leaves alone."""
    with app.app_context():
        identifier = account_of("Karim").identifier
    assert len(identifier) == 8
    assert identifier.isascii()
    assert identifier.isdigit()
    report = hand_over(app, settled)
    assert report.made_up == 0
    with app.app_context():
        assert account_of("Karim").identifier == identifier


def test_the_report_lists_the_identifiants_made_up(app: Flask, tmp_path: Path, town: Town) -> None:
    """The secretary can pass them on."""
    report = hand_over(app, town.folder(tmp_path / "files"))
    with app.app_context():
        identifier = account_of("Karim").identifier
    assert f"  {identifier}  Karim GARNIER, famille F1" in list(report.lines())


def test_a_guardian_without_an_address_gets_an_identifiant_too(
    app: Flask, tmp_path: Path, town: Town
) -> None:
    """A letter gives it to them."""
    town.row("famille.csv")["emailResp2"] = ""
    report = hand_over(app, town.folder(tmp_path / "files"))
    assert [each.name for each in report.new_identifiers] == ["Karim GARNIER"]
    with app.app_context():
        without = [each.first_name for each in invitations.all_new().people if not each.has_address]
    assert sorted(without) == ["Karim", "Yann"]


def test_an_identifiant_drawn_twice_is_drawn_again(
    app: Flask, tmp_path: Path, town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is already somebody's is nobody else's."""
    draws = iter([0, 0, 5])
    monkeypatch.setattr("secrets.randbelow", lambda _limit: next(draws))
    town.row("compte.csv")["identifiant"] = str(accounts.FIRST_IDENTIFIER)
    hand_over(app, town.folder(tmp_path / "files"))
    with app.app_context():
        assert account_of("Karim").identifier == str(accounts.FIRST_IDENTIFIER + 5)


def test_the_address_of_compte_goes_before_the_family_s(
    app: Flask, tmp_path: Path, town: Town
) -> None:
    """compte.csv is about accounts: what it says counts; when it says nothing, famille.csv does."""
    town.row("compte.csv")["email"] = "autre@EXEMPLE.fr"
    hand_over(app, town.folder(tmp_path / "files"))
    with app.app_context():
        assert account_of("Inès").guardian.email == "autre@exemple.fr"
        assert account_of("Karim").guardian.email == "karim@exemple.fr"


def test_a_new_address_voids_what_was_mailed_to_the_old_one(
    app: Flask, settled: Path, town: Town
) -> None:
    """Whoever reads the old mailbox cannot use what lies there; the session goes on."""
    sign_in(app, "Inès")
    sign_in(app, "Karim")
    town.row("famille.csv")["emailResp1"] = "nouvelle@exemple.fr"
    hand_over(app, town.folder(settled))
    with app.app_context():
        assert pending_secrets() == 1
        account = account_of("Inès")
        assert account.guardian.email == "nouvelle@exemple.fr"
        assert account.password_hash == "chosen"
        sessions = db.session().scalars(select(AccountSession)).all()
        assert [each.ended_at for each in sessions] == [None, None]


@pytest.mark.both_databases
def test_an_address_that_the_parent_confirmed_stays(app: Flask, settled: Path, town: Town) -> None:
    """The town's software may be late; the parent is not."""
    with app.app_context(), db.transaction():
        guardian = account_of("Inès").guardian
        guardian.email, guardian.email_confirmed_at = "prouvee@exemple.fr", NOW
    sign_in(app, "Inès")
    town.row("famille.csv")["emailResp1"] = "ancienne@exemple.fr"
    hand_over(app, town.folder(settled))
    with app.app_context():
        assert account_of("Inès").guardian.email == "prouvee@exemple.fr"
        assert pending_secrets() == 1


def test_an_address_taken_out_is_taken_out_and_told(app: Flask, settled: Path, town: Town) -> None:
    """The report warns: nothing can be mailed to this guardian any more."""
    town.row("famille.csv")["emailResp2"] = ""
    report = hand_over(app, town.folder(settled))
    assert report.lost_addresses == 1
    assert any("n’a plus d’adresse électronique" in line for line in report.lines())
    with app.app_context():
        assert account_of("Karim").guardian.email == ""


def test_an_address_in_compte_counts_for_a_family_not_in_the_files(
    app: Flask, settled: Path, town: Town
) -> None:
    """famille.csv no longer names the family, compte.csv does."""
    del town.files["famille.csv"][1]
    town.files["compte.csv"][1]["email"] = "yann@exemple.fr"
    for name in ("enfantFamille.csv", "mandat.csv", "facture.csv", "reglement.csv", "message.csv"):
        del town.files[name]
    hand_over(app, town.folder(settled.parent / "narrow"))
    with app.app_context():
        assert account_of("Yann").guardian.email == "yann@exemple.fr"


def test_an_import_never_touches_passwords_and_sessions(
    app: Flask, settled: Path, town: Town
) -> None:
    """Everybody who was signed in still is, with the same password."""
    for name in ("Inès", "Karim", "Yann"):
        sign_in(app, name)
    tables = ("account", "account_session", "temporary_password")
    before = {name: rows for name, rows in everything(app).items() if name in tables}
    town.row("famille.csv")["nomResp1"] = "GARNIER-DUPUIS"
    town.row("facture.csv")["libelle"] = "Cantine"
    hand_over(app, town.folder(settled))
    after = everything(app)
    assert {name: after[name] for name in tables} == before


@pytest.mark.both_databases
def test_families_that_left_are_archived_on_demand(app: Flask, settled: Path, town: Town) -> None:
    """They cannot come in any more: session ended, mails void, nothing deleted."""
    for name in ("Inès", "Karim", "Yann"):
        sign_in(app, name)
    left = Town()
    left.files = {"famille.csv": left.files["famille.csv"][:1]}
    report = hand_over(app, left.folder(settled.parent / "left"))
    assert report.counts["familles"].missing == 1
    assert report.counts["familles"].archived == 0
    report = hand_over(app, left.folder(settled.parent / "left"), archive_missing=True)
    assert report.counts["familles"].archived == 1
    assert report.counts["identifiants"].archived == 1
    with app.app_context():
        account = account_of("Yann")
        family = db.session().get(Family, account.guardian.family_id)
        assert account.archived_at is not None
        assert account.password_hash == "chosen"
        assert family is not None
        assert family.archived_at is not None
        ended = db.session().scalars(
            select(AccountSession.account_id).where(AccountSession.ended_at.is_not(None))
        )
        assert ended.all() == [account.id]
        assert pending_secrets() == 2


def test_a_family_that_comes_back_may_come_in_again(app: Flask, settled: Path, town: Town) -> None:
    """Same identifiant, same password."""
    sign_in(app, "Yann")
    left = Town()
    left.files = {"famille.csv": left.files["famille.csv"][:1]}
    hand_over(app, left.folder(settled.parent / "left"), archive_missing=True)
    report = hand_over(app, settled)
    assert report.counts["familles"].changed == 1
    with app.app_context():
        account = account_of("Yann")
        assert account.archived_at is None
        assert account.identifier == "38160002"
        assert account.password_hash == "chosen"


def test_an_access_that_the_town_hall_closed_stays_closed(
    app: Flask, settled: Path, town: Town
) -> None:
    """The files name its guardian, and so will those of every month."""
    with app.app_context():
        yann = account_of("Yann")
        whose = Whose(yann.guardian.family_id, yann.guardian_id)
        helping.close(whose, TOWN_HALL)
    hand_over(app, settled)
    with app.app_context():
        assert account_of("Yann").archived_at is not None
        helping.reopen(whose, TOWN_HALL)
        assert account_of("Yann").archived_at is None


@pytest.mark.both_databases
def test_an_archived_family_gets_no_new_identifiant(app: Flask, settled: Path, town: Town) -> None:
    """Nobody is invited to a file that is closed."""
    left = Town()
    left.files = {"famille.csv": left.files["famille.csv"][1:]}
    left.row("famille.csv")["emailResp1"] = "yann@exemple.fr"
    hand_over(app, left.folder(settled.parent / "left"), archive_missing=True)
    with app.app_context(), db.transaction() as session:
        karim = account_of("Karim")
        session.delete(karim)
    report = hand_over(app, left.folder(settled.parent / "left"), archive_missing=True)
    assert report.made_up == 0
