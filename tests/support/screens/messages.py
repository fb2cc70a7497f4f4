"""The town hall writes to families: the form, the page that is read again, what became of it."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from flask import Flask
from sqlalchemy import select

from app import db
from app.formats import today
from app.models import (
    Account,
    Family,
    Guardian,
    Invoice,
    InvoiceKind,
    InvoiceLine,
    Message,
    MessageMark,
    MessageReply,
    MessageSending,
)
from app.services.actors import Clerk
from app.services.documents import desk, giving
from app.services.documents.giving import Publication
from app.services.files.uploads import CheckedFile
from app.services.inbox import composing, sending
from app.services.inbox.composing import Letter
from app.services.targets import offered
from app.services.targets.kinds import Target, TargetKind
from app.testing import Outbox
from tests.support.browser import Browser, Page
from tests.support.clerks import settle, sign_in_by_mail
from tests.support.form_filling import words_of

Screens = Iterator[tuple[str, Page]]
SACHA = Clerk("Sacha BRUN")
BODY = "Bonjour,\n\nPrévoyez un pique-nique.\n\nhttps://www.exemple.fr/menus"
PAPER = CheckedFile("Menus", ".pdf", b"%PDF-1.4\n%%EOF")
LATER = datetime(2030, 3, 4, 7, 30, tzinfo=UTC)


def messages_screens(app: Flask, office: Browser) -> Screens:
    """Go through them as whoever may write to all."""
    _have_activities(app)
    page = office.get("town_hall.new_message")
    yield "message, new", page
    page = page.fill({"Toutes les familles": False, "Une famille": True, "Plus tard": True})
    yield "message, nothing typed", page.submit("Relire", _refused=200)
    with app.app_context():
        # As they are there: some have changed on the way here.
        some = select(Family.number).where(Family.archived_at.is_(None)).order_by(Family.id)
        families = tuple(db.session().scalars(some))
        the_class = Target(TargetKind.SCHOOL, tuple(offered.classes())[-1:])
        drafts = {
            target.kind: composing.save(Letter(target, "À tous", BODY), SACHA)
            for target in (
                Target(),
                Target(TargetKind.FAMILY, families[:1]),
                Target(TargetKind.LATE, ("30",)),
                Target(TargetKind.NUMBERS, families[:2]),
            )
        }
        school = Letter(the_class, "La cantine ferme vendredi", BODY, "Service enfance", True)
        with_file = composing.save(school, SACHA, files=[PAPER])
        later = composing.save(
            Letter(the_class, "Bientôt", BODY, mails=False, planned_for=LATER), SACHA
        )
    yield "message, a draft", _open(office, "edit_message", with_file)
    yield "message, later", _open(office, "edit_message", later)
    yield "message, a list", _open(office, "edit_message", drafts[TargetKind.NUMBERS])
    yield "message, read again", _open(office, "check_message", with_file)
    yield "message, read again, no mail", _open(office, "check_message", later)
    yield (
        "message, read again, for all",
        _open(office, "check_message", drafts[TargetKind.EVERYBODY]),
    )
    with app.app_context():
        sending.send(with_file, SACHA)
        sending.send(drafts[TargetKind.LATE], SACHA)
    yield "message, not there yet", _open(office, "message", with_file)
    yield "messages", office.get("town_hall.messages")
    yield "messages, none", office.visit("/mairie/messages?etat=retires")
    _have_it_read(app, with_file)
    _have_it_read(app, drafts[TargetKind.LATE])
    page = _open(office, "message", with_file)
    yield "message, read by some", page
    # The number of a family may have markup behind it.
    [button, *_] = page.soup.select(".field + .button")
    yield "message, an empty answer", page.submit(words_of(button), _refused=200)
    page = page.link("Corriger").click()
    yield "message, to correct", page
    yield "message, nothing left", page.fill({"Texte": ""}).submit("Corriger", _refused=200)
    page = office.visit(f"/mairie/messages/{with_file}/corriger").fill({"Texte": "Samedi."})
    yield "message, corrected", page.submit("Corriger")
    yield "message, of the software", _open(office, "message", _of_the_software(app))
    _have_all_read(app, drafts[TargetKind.LATE])
    yield "message, read by all", _open(office, "message", drafts[TargetKind.LATE])
    yield "messages, sent", office.get("town_hall.messages")
    page = _open(office, "message", with_file).submit("Retirer ce message")
    yield "message, withdrawn", page
    yield "message, read again, for one", _open(office, "check_message", drafts[TargetKind.FAMILY])
    yield from _documents(app, office, families)
    lou = settle(app, "lou.regie@commune.fr", "Lou Vert", "regie", by_mail=True)
    regie = Browser(app)
    sign_in_by_mail(regie, lou, Outbox(app))
    yield "message, to those who are late only", regie.get("town_hall.new_message")
    yield "messages, withdrawn", office.visit("/mairie/messages?etat=retires")


def _documents(app: Flask, office: Browser, families: tuple[str, ...]) -> Screens:
    """Those of the files and of a command are there; then some are given out."""
    page = office.get("town_hall.new_document")
    yield "document, new", page
    yield "document, nothing typed", page.submit("Publier", _refused=200)
    day = today()
    some = Target(TargetKind.NUMBERS, families[:2])
    with app.app_context():
        giving.give(PAPER, Publication(some, "Menus", "Cantine", day, day), SACHA)
        listed = desk.listed(size=1_000).items
    page = office.get("town_hall.documents")
    yield "documents, at the town hall", page
    for by_hand in (True, False):
        [number, *_] = (each.number for each in listed if each.by_hand is by_hand)
        page = _open(office, "document", number)
        yield f"document, {'by hand' if by_hand else 'of the files'}", page
        if by_hand:
            yield "document, no file", page.submit("Remplacer le fichier", _refused=200)


def _open(office: Browser, endpoint: str, number: int) -> Page:
    return office.get(f"town_hall.{endpoint}", number=str(number))


def _of_the_software(app: Flask) -> int:
    with app.app_context():
        return db.session().scalars(select(Message.id).where(Message.source_id == "m1")).one()


def _have_activities(app: Flask) -> None:
    """And people who come and want no mail."""
    with app.app_context(), db.transaction() as session:
        bills = select(Invoice).where(Invoice.kind == InvoiceKind.INVOICE).order_by(Invoice.id)
        invoice = session.scalars(bills).first()
        assert invoice
        invoice.issued_on = today()
        come = select(Account).where(Account.password_hash.is_not(None)).order_by(Account.id)
        for account in session.scalars(come).all()[::2]:
            account.mail_messages = False
        session.add(
            InvoiceLine(
                invoice_id=invoice.id, position=90, label="Garderie du soir", amount=Decimal(1)
            )
        )


def _have_it_read(app: Flask, number: int) -> None:
    """Have it leave, one parent open it, and another ask something."""
    now = datetime.now(UTC)
    with app.app_context(), db.transaction() as session:
        message = session.get_one(Message, number)
        message.unsent = False
        session.get_one(MessageSending, number).sent_at = now - timedelta(days=2)
        account = session.scalars(select(Account).order_by(Account.id)).first()
        assert account
        guardian = session.get_one(Guardian, account.guardian_id)
        session.merge(MessageMark(account_id=account.id, message_id=number, read_at=now))
        for written_by, body in (
            (account.id, "Et samedi\u00a0?"),
            (None, "Oui."),
            (account.id, "Merci"),
        ):
            session.add(
                MessageReply(
                    message_id=number, family_id=guardian.family_id, account_id=written_by,
                    acted_by="" if written_by else "Sacha BRUN", written_at=now, body=body,
                    waits_since=now if body == "Merci" else None,
                )
            )  # fmt: skip
        other = session.scalars(select(Guardian).order_by(Guardian.id)).all()[1]
        for written_by, body in ((account.id, "Merci"), (None, "Bonne journée.")):
            session.add(
                MessageReply(
                    message_id=number, family_id=other.family_id, account_id=written_by,
                    written_at=now, body=body,
                )
            )  # fmt: skip


def _have_all_read(app: Flask, number: int) -> None:
    with app.app_context(), db.transaction() as session:
        for account in session.scalars(select(Account)):
            session.merge(
                MessageMark(account_id=account.id, message_id=number, read_at=datetime.now(UTC))
            )
