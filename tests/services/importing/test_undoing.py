"""The last import is undone: everything is as it was, but what somebody touched since."""

from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy import delete, func, select, update

import config
from app import create_app, db
from app.models import (
    AccountSession,
    Allocation,
    Child,
    Family,
    FamilyErasure,
    Folder,
    ImportChange,
    ImportRun,
    Invoice,
    InvoiceLine,
    Message,
    MessageMark,
    Payment,
)
from app.services.actors import Clerk
from app.services.erasure import erasing
from app.services.files import sweeping
from app.services.importing import undoing
from app.services.importing.undoing import Undone
from app.services.refusals import Refusal
from tests.services.importing.conftest import NOW, account_of, sign_in
from tests.services.importing.test_any_sequence import Export, export, write
from tests.services.importing.test_round_trip import (
    assert_what_is_allocated_is_said,
    towns,
    written,
)
from tests.services.importing.town import JPEG, OF_HISTORY, PDF, Town, everything, hand_over
from tests.support.databases import NewDatabase

NADIA = Clerk("Nadia Petit")


def undo(app: Flask) -> Undone:
    """Undo the last import."""
    with app.app_context():
        last = db.session().scalar(select(func.max(ImportRun.id)))
        assert last is not None
        return undoing.undo(last, NADIA)


def another_month() -> Town:
    """Nearly everything is another: people who come, leave, move; money; words."""
    town = Town()
    town.row("famille.csv")["adrNumeroVoie"] = "3 place du Marché"
    town.row("famille.csv")["nomResp2"] = "MARTIN"
    town.row("famille.csv")["prenomResp2"] = "Léo"
    town.add(
        "famille.csv",
        id="3",
        numero="F3",
        nomResp1="NEUF",
        prenomResp1="Noé",
        nomResp2="",
        prenomResp2="",
    )
    town.row("enfant.csv")["classe"] = "6e"
    town.add("enfant.csv", Id="12", nom="NEUF", prenom="Zoé")
    del town.files["enfantFamille.csv"][1]
    town.add("enfantFamille.csv", famille_id="3", enfant_id="12")
    town.row("compte.csv")["identifiant"] = "38160009"
    del town.files["facture.csv"][1]
    town.row("facture.csv")["fichier"] = "autre.pdf"
    town.attached["factures/autre.pdf"] = PDF + b"%%"
    del town.files["ligneFacture.csv"][1]
    town.row("ligneFacture.csv")["montant"] = "1234,50"
    town.row("reglement.csv")["montant"] = "900"
    town.add("reglement.csv", id="502", montant="34,50", facture_id="")
    town.row("message.csv")["texte"] = "À mardi."
    town.add("message.csv", id="302", objet="Grève")
    town.row("document.csv")["titre"] = "Le règlement"
    return town


@pytest.mark.both_databases
@pytest.mark.usefixtures("settled")
def test_everything_is_as_it_was(app: Flask, tmp_path: Path) -> None:
    """To the byte; and once undone, there is nothing to undo."""
    before = everything(app, but=OF_HISTORY)
    report = hand_over(app, another_month().folder(tmp_path / "next"), remove_missing=True)
    assert report.counts["factures et avoirs"].archived == 1
    undone = undo(app)
    assert everything(app, but=OF_HISTORY) == before
    assert undone.back["familles"] == (1, 1)
    assert undone.kept_count == undone.held_count == 0
    with pytest.raises(Refusal, match="ne s’annule plus"):
        undo(app)


@pytest.mark.both_databases
@pytest.mark.usefixtures("settled")
def test_what_was_touched_since_stays(app: Flask, tmp_path: Path) -> None:
    """Karim's place went to Léo, who signed in: closed. The town hall corrected a street: kept."""
    hand_over(app, another_month().folder(tmp_path / "next"))
    sign_in(app, "Léo")
    with app.app_context(), db.transaction() as session:
        session.execute(update(Family).where(Family.number == "F1").values(street="7 rue Neuve"))
        noe = session.scalars(select(Family.id).where(Family.number == "F3")).one()
        strike = session.scalars(select(Message).where(Message.source_id == "302")).one()
        karla = account_of("Léo").id
        session.add(MessageMark(account_id=karla, message_id=strike.id, read_at=NOW))
        ines = account_of("Inès")
        ines.password_hash = "chosen"
    undone = undo(app)
    assert undone.kept == [("familles", "F1", "GARNIER")]
    assert undone.held == [("identifiants", "F1", "Léo MARTIN")]
    with app.app_context():
        session = db.session()
        street = session.scalar(select(Family.street).where(Family.number == "F1"))
        assert street == "7 rue Neuve"
        assert session.get(Family, noe) is None
        leo = account_of("Léo")
        assert leo.archived_at
        assert leo.guardian.rank is None
        assert session.scalars(
            select(AccountSession.ended_at).where(AccountSession.account_id == leo.id)
        ).all() != [None]
        karim = account_of("Karim")
        assert karim.archived_at is None
        assert karim.guardian.rank == 2
        assert account_of("Inès").password_hash == "chosen"
        assert account_of("Inès").identifier == "38160001"
        assert session.scalar(select(Message.id).where(Message.source_id == "302")) is None
        assert session.scalar(select(Child.class_name).where(Child.source_id == "10")) == "CM2"


@pytest.mark.both_databases
@pytest.mark.usefixtures("settled")
def test_an_identifiant_that_somebody_has_now_is_not_taken_back(app: Flask, tmp_path: Path) -> None:
    """Inès got another one; Léo drew hers, and signed in: she keeps the new one, and is named."""
    hand_over(app, another_month().folder(tmp_path / "next"))
    sign_in(app, "Léo")
    with app.app_context(), db.transaction():
        account_of("Léo").identifier = "38160001"
    undone = undo(app)
    assert undone.kept == [("identifiants", "F1", "Inès GARNIER")]
    assert undone.held == [("identifiants", "F1", "Léo MARTIN")]
    with app.app_context():
        assert account_of("Inès").identifier == "38160009"
        assert account_of("Inès").archived_at is None
        assert account_of("Léo").identifier == "38160001"


@pytest.mark.parametrize(("kind", "examples"), [("sqlite", 15), ("postgresql", 5)])
def test_any_import_is_undone(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    kind: str,
    examples: int,
) -> None:
    """Whatever two months hold, the second leaves nothing once it is undone; nor does the first."""
    new: NewDatabase = request.getfixturevalue(f"new_{kind}")
    people = st.tuples(export, export)

    @hypothesis_settings(
        max_examples=examples,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.reuse, Phase.generate],
    )
    @given(people, st.tuples(towns(), towns()), st.booleans(), st.data())
    def live(
        months: tuple[Export, Export],
        accounts: tuple[dict[str, list[dict[str, Any]]], ...],
        of_money: bool,
        data: st.DataObject,
    ) -> None:
        # First: an example that draws too much is given up, and would leave its application open.
        files = [written(each, data) for each in accounts] if of_money else []
        folder = tmp_path_factory.mktemp("months")
        app = create_app(config.Test(instance=folder / "instance", database_url=new()))
        dumps = [everything(app, but=OF_HISTORY)]
        for number in range(2):
            path = folder / str(number)
            if of_money:
                path.mkdir()
                for name, content in files[number].items():
                    (path / name).write_bytes(content)
            else:
                write(path, *months[number])
            hand_over(app, path, remove_missing=True)
            dumps.append(everything(app, but=OF_HISTORY))
            with app.app_context():
                assert_what_is_allocated_is_said()
        undo(app)
        assert everything(app, but=OF_HISTORY) == dumps[1]
        app.extensions["portail.engine"].dispose()

    live()


@pytest.mark.usefixtures("settled")
def test_an_erasure_leaves_nothing_of_what_was_before(app: Flask, tmp_path: Path) -> None:
    """Neither words of the family among what would be undone, nor a photo that no night sweeps."""
    town = Town()
    town.files = {name: town.files[name] for name in ("famille.csv", "enfant.csv")}
    del town.files["famille.csv"][0]
    town.row("enfant.csv")["photo"] = "autre.png"
    town.attached = {"photos/autre.png": JPEG}
    with app.app_context():
        [photo] = sweeping.named(Folder.PHOTOS)
    hand_over(app, town.folder(tmp_path / "next"), archive_missing=True)
    with app.app_context():
        assert photo in sweeping.named(Folder.PHOTOS)
        with db.transaction() as session:
            for table in (Allocation, Payment, InvoiceLine, Invoice):
                session.execute(delete(table))
            left = select(Family.id).where(Family.source_id == "1")
            erasure = FamilyErasure(
                family_id=session.scalars(left).one(), planned_at=NOW, due_at=NOW
            )
            session.add(erasure)
        assert erasing.erase(erasure.id)
        assert db.session().scalar(select(ImportChange.id)) is None
        assert photo not in sweeping.named(Folder.PHOTOS)
