"""Someone tries the portal on an invented town."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

import config
from app import create_app, db
from app.bundled import bundled
from app.calendar import working_days
from app.cli import demo
from app.cli.demo import RECENT_INVOICES
from app.formats import PARIS, today
from app.models import (
    AcceptedValue,
    Account,
    Child,
    Family,
    FamilyChild,
    FamilyRequest,
    Guardian,
    Invoice,
    InvoiceKind,
    JournalEntry,
    MailState,
    Message,
    MessageAttachment,
    OutboxMail,
    Payment,
    RequestEvent,
    RequestState,
)
from app.services.accounts.passwords import hash_password
from app.services.demonstration import clerk, playing
from app.services.importing import running
from app.services.importing.options import Options
from app.services.inbox.messages import FOR_FAMILY
from app.settings import EXTENSION
from app.testing import Outbox
from tests.services.importing.town import everything
from tests.support.browser import Browser
from tests.support.clerks import code_in, give_password
from tests.support.people import People

GUIDES_FAMILY = "3816231"
AROUND = [timedelta(minutes=number) for number in (-1, 0, 1)]


def launch(app: Flask, *arguments: str) -> str:
    """Run `flask demo` and return what it prints."""
    result = app.test_cli_runner().invoke(args=["demo", *arguments])
    assert result.exit_code == 0, result.output
    return result.output


@pytest.mark.both_databases
def test_the_family_of_the_guides_is_there(app: Flask) -> None:
    """The town holds, to the letter, the family that the printed guides show."""
    launch(app)
    with app.app_context():
        family = db.session().scalars(select(Family).where(Family.number == GUIDES_FAMILY)).one()
        account = (
            db.session()
            .scalars(select(Account).join(Guardian).where(Guardian.family_id == family.id))
            .one()
        )
        guardian = account.guardian
        child = (
            db.session()
            .scalars(select(Child).join(FamilyChild).where(FamilyChild.family_id == family.id))
            .one()
        )
        invoice = db.session().scalars(select(Invoice).where(Invoice.family_id == family.id)).one()
        messages = db.session().scalar(
            select(func.count(Message.id)).where(FOR_FAMILY), {"family_id": family.id}
        )
    assert (guardian.title, guardian.first_name, guardian.last_name) == ("Madame", "PAYS", "ZEST")
    assert account.identifier == "38162386"
    assert (child.first_name, child.sex, child.birth_date) == ("PAYS", "M", date(2016, 11, 8))
    assert (invoice.number, invoice.amount) == ("59", Decimal("891.35"))
    assert (invoice.issued_on, invoice.due_on) == (date(2016, 11, 8), date(2016, 11, 8))
    assert messages == 2


@pytest.mark.both_databases
def test_the_town_is_as_varied_as_a_real_one(app: Flask) -> None:
    """One family for each thing that a screen must be able to show."""
    launch(app)
    with app.app_context():
        session = db.session()
        families = session.scalars(select(Family)).all()
        balances = {family.number: balance(family.id) for family in families}
        guardians = session.scalars(select(Guardian)).all()
        shared = session.scalars(
            select(FamilyChild.child_id).group_by(FamilyChild.child_id).having(func.count() > 1)
        ).all()
        invoices = session.scalars(select(func.count(Invoice.id)).group_by(Invoice.family_id)).all()
        overdue = session.scalars(
            select(Invoice).where(
                Invoice.due_on.between(today() - timedelta(days=60), today() - timedelta(days=1)),
                Invoice.number.in_([number for number, *_ in RECENT_INVOICES]),
            )
        ).all()
    assert len(families) == 12
    assert sum(guardian.rank == 2 for guardian in guardians) >= 2
    assert len(shared) == 1
    assert 60 in invoices
    assert balances[GUIDES_FAMILY] == Decimal("-891.35")
    assert any(balance > 0 for balance in balances.values())
    assert any(balance == 0 for balance in balances.values())
    assert any(guardian.email == "" for guardian in guardians)
    assert any(family.direct_debit for family in families)
    assert len(overdue) == 1


@pytest.mark.both_databases
def test_every_part_has_something_to_show(app: Flask, outbox: Outbox) -> None:
    """Requests in each state, dated of the last weeks; a thread, a file; and nobody gets a mail."""
    launch(app)
    with app.app_context():
        session = db.session()
        requests = session.scalars(select(FamilyRequest)).all()
        events = session.scalars(select(RequestEvent).order_by(RequestEvent.id)).all()
        attached = session.scalars(select(MessageAttachment)).all()
        mails = session.scalars(select(OutboxMail.state)).all()
        [to_report] = session.scalars(select(AcceptedValue)).all()
        acts = session.scalars(
            select(JournalEntry).where(JournalEntry.event.startswith("request_"))
        ).all()
    assert {request.state for request in requests} == set(RequestState)
    for request in requests:
        history = [event.at for event in events if event.request_id == request.id]
        assert history == sorted(history)
        assert all(is_open_day(at) for at in history)
        assert (request.sent_at - history[0]) < timedelta(minutes=1)
        assert timedelta(0) < datetime.now(UTC) - request.sent_at < timedelta(days=25)
        assert working_days.after(request.expected_on - timedelta(days=1), 1) == request.expected_on
    told = {event.at.replace(second=0, microsecond=0) for event in events}
    for entry in acts:
        assert {entry.at.replace(second=0, microsecond=0) + a_minute for a_minute in AROUND} & told
        assert entry.address or not entry.acted_by, "a command"
    assert timedelta(days=1) < datetime.now(UTC) - to_report.accepted_at < timedelta(days=25)
    assert len(attached) == 1
    assert set(mails) == {MailState.SENT, MailState.REFUSED}
    assert len(outbox) == 0
    listed = app.test_cli_runner().invoke(args=["demandes", "list"]).output
    assert "pièce reçue le" in listed
    assert listed.count("en retard") == 1
    assert "attend votre réponse" in app.test_cli_runner().invoke(args=["messages", "list"]).output
    page = give_password(Browser(app), clerk.EMAIL, clerk.PASSWORD)
    page = page.fill({"Code": code_in(outbox.latest)}).submit("Valider")
    assert "à traiter" in page.text
    assert "1 famille attend votre réponse" in page.text
    assert "1 parent à qui les courriels n’arrivent pas" in page.text
    assert "3 parents invités n’ont pas choisi de mot de passe" in page.text
    assert "1 parent sans adresse" in page.text
    assert "1 changement à reporter" in page.text


def is_open_day(at: datetime) -> bool:
    """Tell whether somebody is at the town hall; today somebody is trying the demonstration."""
    on = at.astimezone(PARIS).date()
    return on == today() or working_days.after(on - timedelta(days=1), 1) == on


def test_the_family_of_the_guides_sees_each_part(app: Flask, browser: Browser) -> None:
    """The guides' figures still; a piece to add, a request accepted, an answer to read."""
    launch(app)
    parent = People().zest
    assert parent.password
    with app.app_context(), db.transaction() as session:
        account = session.query(Account).filter_by(identifier=parent.identifier).one()
        account.password_hash = hash_password(parent.password)
    home = browser.sign_in(parent)
    for words in ("vous avez 2 nouveaux messages", "solde de -891,35"):
        assert words in home.text
    listed = browser.get("family.requests")
    for words in ("Pièce manquante", "Acceptée"):
        assert words in listed.text
    assert "La fiche sanitaire" in listed.link("Inscrire à la cantine, PAYS").click().text
    message = browser.get("family.messages").link("Marché de Noël des écoles").click()
    for words in ("deux gâteaux", "Déposez-les à l’école", "programme-marche-de-noel"):
        assert words in message.text


def test_the_stories_are_told_once(app: Flask) -> None:
    """However often they are asked for."""
    launch(app)
    with app.app_context():
        before = everything(app)
        playing.play(Path(app.root_path).parent / "demo")
        assert everything(app) == before


def balance(family_id: int) -> Decimal:
    """What the ledger says: negative when the family owes."""
    session, zero = db.session(), Decimal(0)
    of_family = Invoice.family_id == family_id
    paid = session.scalar(select(func.sum(Payment.amount)).where(Payment.family_id == family_id))
    credit = session.scalar(
        select(func.sum(Invoice.amount)).where(of_family, Invoice.kind == InvoiceKind.CREDIT_NOTE)
    )
    due = session.scalar(
        select(func.sum(Invoice.amount)).where(of_family, Invoice.kind == InvoiceKind.INVOICE)
    )
    return (paid or zero) + (credit or zero) - (due or zero)


def test_every_address_of_the_town_is_invented(app: Flask) -> None:
    """No real mailbox will ever receive anything from a demonstration."""
    launch(app)
    with app.app_context():
        emails = db.session().scalars(select(Guardian.email).where(Guardian.email != "")).all()
    assert {email.rpartition("@")[2] for email in emails} == {"exemple.fr", "example.org"}


@pytest.mark.parametrize(
    ("backend", "where"),
    [
        ("console", "dans ce terminal"),
        ("file", "dans le dossier {settings.mail_dir}"),
        ("smtp", "par 127.0.0.1:25"),
        ("memory", "par memory"),
    ],
)
def test_the_banner_says_what_to_type(
    app_without_database: Flask, capsys: pytest.CaptureFixture[str], backend: str, where: str
) -> None:
    """Address, identifiant, the button, where the mail will be, and whom else to be."""
    settings = app_without_database.extensions[EXTENSION]
    object.__setattr__(settings, "mail_backend", backend)
    with app_without_database.app_context():
        demo.welcome()
    printed = capsys.readouterr().out
    for told in ("http://localhost", "38162386", "Mot de passe oublié", where):
        assert told.format(settings=settings) in printed
    for identifier, shown in demo.FAMILIES:
        assert f"{identifier}  {shown}" in printed


def test_the_families_to_try_are_there_and_show_that(app: Flask) -> None:
    """Each has an access, and what is said of it is so; README lists the same."""
    launch(app)
    readme = (Path(__file__).parents[2] / "README.md").read_text("utf-8")
    with app.app_context():
        session = db.session()
        for identifier, shown in demo.FAMILIES:
            name, _, _ = shown.partition("\u00a0:")
            assert f"| `{identifier}` | {shown} |" in readme
            account = session.scalars(select(Account).filter_by(identifier=identifier)).one()
            guardian, family = account.guardian, account.guardian.family
            assert f"{guardian.first_name} {guardian.last_name}" in name
            assert ("prélèvement" in shown) is family.direct_debit
            assert ("aucune adresse" in shown) is (guardian.email == "")
            assert ("en sa faveur" in shown) is (balance(family.id) > 0)


def test_a_town_is_never_loaded_over_another(app: Flask) -> None:
    """Somebody's real families are left alone."""
    launch(app)
    again = app.test_cli_runner().invoke(args=["demo"])
    assert again.exit_code == 1
    assert "rien n’a été changé" in again.stderr
    assert "La ville est déjà là." in launch(app, "--if-empty")


def test_production_has_no_demonstration(tmp_path: Path) -> None:
    """A town's portal refuses it before it touches the database."""
    app = create_app(
        config.Production(
            instance=tmp_path,
            secret_key="d3aebd8f5b8c2f64e0a9b1c7f2635e48",
            public_url="https://portail.exemple.fr",
        )
    )
    result = app.test_cli_runner().invoke(args=["demo", "--if-empty"])
    assert result.exit_code == 1
    assert "production" in result.stderr
    app.extensions["portail.engine"].dispose()


def test_next_month_is_there_to_read_first(app: Flask) -> None:
    """A move, a new family, one that left, a date that is none: something of each to see."""
    launch(app)
    with app.app_context():
        report = running.run(bundled("demo") / "mois-suivant", Options(dry_run=True))
    families = report.counts["familles"]
    assert (families.created, families.changed, families.missing) == (1, 1, 1)
    assert report.counts["enfants"].changed == 1
    assert report.set_aside.count == 1
    assert report.made_up == 1
    assert not report.question
