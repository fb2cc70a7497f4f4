"""What is decided row by row is done, and nothing else; done again it changes nothing."""

from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy import select

import config
from app import create_app, db
from app.models import AccountSession, FamilyChild, Guardian, Invoice, OutboxMail, Payment
from app.services.families import accepted, reporting, words
from app.services.files.stores import store
from app.services.importing import undoing
from app.services.importing.deciding import (
    AS_FILES_SAY,
    Decision,
    Decisions,
    Subject,
    read,
    written,
)
from app.services.importing.headlines import Headline
from app.services.importing.report import Report
from tests.services.importing.conftest import NOW, account_of, pending_secrets, sign_in
from tests.services.importing.town import Town, everything, hand_over, settle
from tests.support.databases import NewDatabase
from tests.support.people import TOWN_HALL

pytestmark = pytest.mark.both_databases
BUT = ("journal_entry", "outbox_mail")
# What the portal and the files say of each, in the town below.
HERE = {"mobile": "06 39 98 00 99", "city": "Crolles", "email": "prouvee@exemple.fr"}
FILES = {"mobile": "06 39 98 00 77", "city": "Domène", "email": "neuve@exemple.fr"}


def differing(app: Flask, folder: Path) -> Path:
    """Let the portal and the files say something else, whatever may be decided."""
    with app.app_context(), db.transaction() as session:
        ines = session.scalars(select(Guardian).where(Guardian.first_name == "Inès")).one()
        accepted.accept(session, ines, "mobile", HERE["mobile"], TOWN_HALL)
        accepted.accept(session, ines.family, "city", HERE["city"], TOWN_HALL)
        ines.email, ines.email_confirmed_at = HERE["email"], NOW
        words.refresh(session, [ines.family_id])
    town = Town()
    row = town.row("famille.csv")
    row.update(portableResp1=FILES["mobile"], adrLocalite=FILES["city"], emailResp1=FILES["email"])
    del town.files["facture.csv"][1:3], town.files["reglement.csv"][0]
    town.add("facture.csv", id="199", numero="A199", dateFacture="06/10/2026", montant="1",
             dateEcheance="28/10/2026")  # fmt: skip
    del town.files["enfantFamille.csv"][1]
    return town.folder(folder)


def offered(app: Flask, files: Path) -> dict[Subject, list[str]]:
    """Read the keys of all rows that may be decided."""
    told = hand_over(app, files, dry_run=True).offers.told()
    return {Subject(name): [line[0] for line in each["lines"]] for name, each in told.items()}


def held(app: Flask) -> dict[str, Any]:
    """Read what the portal says of each of those rows."""
    with app.app_context():
        session = db.session()
        ines = session.scalars(select(Guardian).where(Guardian.first_name == "Inès")).one()
        return {
            "mobile": ines.mobile,
            "city": ines.family.city,
            "email": ines.email,
            "invoices": set(session.scalars(select(Invoice.source_id))) & {"101", "102"},
            "payments": set(session.scalars(select(Payment.source_id))) & {"500"},
            "children": len(session.scalars(select(FamilyChild.child_id)).all()),
        }


@pytest.fixture
def files(app: Flask, settled: Path, tmp_path: Path) -> Path:
    """The files of the next month, which differ."""
    return differing(app, tmp_path / "next")


def test_each_row_is_put_and_decided_for_itself(app: Flask, files: Path) -> None:
    """The mobile and not the town, one invoice of two."""
    keys = offered(app, files)
    assert {each: len(rows) for each, rows in keys.items()} == {
        Subject.ACCEPTED: 2, Subject.ADDRESS: 1, Subject.INVOICE: 2, Subject.PAYMENT: 1,
        Subject.CHILD: 1,
    }  # fmt: skip
    mobile = next(each for each in keys[Subject.ACCEPTED] if each.startswith("mobile"))
    decisions = {
        **AS_FILES_SAY,
        Subject.ACCEPTED: Decision(yes=False, but=frozenset([mobile])),
        Subject.INVOICE: Decision(yes=True, but=frozenset(["101"])),
        Subject.CHILD: Decision(yes=False),
    }
    report = hand_over(app, files, decisions=decisions)
    assert held(app) == {
        "mobile": FILES["mobile"], "city": HERE["city"], "email": HERE["email"],
        "invoices": {"101"}, "payments": {"500"}, "children": 3,
    }  # fmt: skip
    assert report.missing_movements == (1, 1)
    assert report.headlines.count[Headline.OVERRULED] == 1
    with app.app_context():
        waiting = {each.field: each.file_value for each in reporting.to_report()}
    assert waiting == {"city": FILES["city"], "email": FILES["email"]}


def test_a_proven_address_that_gives_way_is_as_good_as_none(app: Flask, files: Path) -> None:
    """Its parent is signed out and told there; they are asked to prove the new one."""
    sign_in(app, "Inès")
    decisions = {**AS_FILES_SAY, Subject.ADDRESS: Decision(yes=True)}
    report = hand_over(app, files, decisions=decisions)
    assert any("prouvee@exemple.fr" in line and "confirmée le" in line for line in report.lines())
    with app.app_context():
        session = db.session()
        ines = session.scalars(select(Guardian).where(Guardian.first_name == "Inès")).one()
        assert (ines.email, ines.email_confirmed_at) == (FILES["email"], None)
        mails = select(OutboxMail.kind, OutboxMail.address)
        assert session.execute(mails).all() == [("email_changed", HERE["email"])]
        assert session.scalars(select(AccountSession.ended_at)).all() != [None]
        assert pending_secrets() == 0
        assert account_of("Inès").password_hash == "chosen"


def decisions_of(keys: dict[Subject, list[str]]) -> st.SearchStrategy[Decisions]:
    """Decide anything of these rows, and of one that is none."""
    return st.fixed_dictionaries(
        {
            subject: st.builds(
                Decision,
                st.booleans(),
                st.frozensets(st.sampled_from([*keys.get(subject, ()), "rien-0"])),
            )
            for subject in Subject
        }
    )


@pytest.mark.parametrize(("kind", "examples"), [("sqlite", 6), ("postgresql", 2)])
def test_whatever_is_decided_is_decided_once_and_is_undone(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    kind: str,
    examples: int,
) -> None:
    """The same files with the same decisions change nothing more; the undo gives all back."""
    new: NewDatabase = request.getfixturevalue(f"new_{kind}")
    keys: dict[Subject, list[str]] = {}

    @hypothesis_settings(
        max_examples=examples,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.reuse, Phase.generate],
    )
    @given(st.data())
    def decide(data: st.DataObject) -> None:
        folder = tmp_path_factory.mktemp("town")
        app = create_app(config.Test(instance=folder / "instance", database_url=new()))
        with app.app_context():
            store().check()
        settle(app, folder / "sound")
        files = differing(app, folder / "next")
        keys.update(keys or offered(app, files))
        decisions = data.draw(decisions_of(keys))
        assert read(written(decisions)) == decisions
        before = everything(app, but=BUT)
        report = hand_over(app, files, decisions=decisions)
        assert done(report) == {
            subject: sum(map(decisions[subject].on, keys[subject])) for subject in Subject
        }
        after = everything(app, but=BUT)
        with app.app_context():
            undoing.undo(report.number, TOWN_HALL)
        assert everything(app, but=BUT) == before
        hand_over(app, files, decisions=decisions)
        again = hand_over(app, files, decisions=decisions)
        assert not any(done(again).values())
        assert not any(
            each.created + each.changed + each.archived for each in again.counts.values()
        )
        assert {name: len(rows) for name, rows in everything(app, but=BUT).items()} == {
            name: len(rows) for name, rows in after.items()
        }
        app.extensions["portail.engine"].dispose()

    decide()


def done(report: Report) -> dict[Subject, int]:
    """Count what was done against somebody, by subject."""
    of = {
        Subject.ACCEPTED: Headline.OVERRULED,
        Subject.ADDRESS: Headline.ADDRESS,
        Subject.INVOICE: Headline.INVOICE_WITHDRAWN,
        Subject.PAYMENT: Headline.PAYMENT_WITHDRAWN,
        Subject.CHILD: Headline.CHILD,
    }
    return {subject: report.headlines.count[headline] for subject, headline in of.items()}
