"""Finding families at the town hall: the one that was meant, several, none."""

from collections.abc import Iterator
from datetime import UTC, datetime

from flask import Flask
from sqlalchemy import func, insert, select, update

from app import db
from app.models import Account, Family, FamilyRequest, Guardian, Invoice, OutboxMail, RefusedAddress
from app.services.families import words
from app.services.mail.kinds import MailKind
from tests.support.browser import Browser, Page

Screens = Iterator[tuple[str, Page]]
MANY = 30
AT = datetime(2026, 11, 3, 9, tzinfo=UTC)
LEFT = datetime(2026, 11, 4, 9, tzinfo=UTC)


def families_screens(app: Flask, office: Browser) -> Screens:
    """Go through them as whoever opens families."""
    with app.app_context(), db.transaction() as session:
        session.execute(update(Invoice).where(Invoice.number == "62").values(number="5000"))
    yield from _list(app, office)
    for state, typed in (
        ("nothing typed", ""),
        ("several", "jules"),
        ("nobody", "xylophone"),
        ("somebody else", "morau paul"),
        ("an invoice too", "5000"),
    ):
        yield f"search, {state}", search(office, typed)
    with app.app_context(), db.transaction() as session:
        left = update(Family).where(Family.archived_at.is_(None)).values(archived_at=LEFT)
        session.execute(left)
    yield "who comes, nobody", office.get("town_hall.who_comes")
    with app.app_context(), db.transaction() as session:
        session.execute(update(Family).where(Family.archived_at == LEFT).values(archived_at=None))
    request = _settle_many(app)
    yield "search, many", search(office, "durand")
    yield "search, a request too", search(office, str(request))


def _list(app: Flask, office: Browser) -> Screens:
    page = office.get("town_hall.families")
    yield "families", page
    yield "families, none chosen", page.submit("Envoyer un accès")
    yield "families, nobody to invite", choose_all(office.visit("/mairie/familles?acces=actif"))
    with app.app_context(), db.transaction() as session:
        coming = select(Account).where(Account.archived_at.is_(None)).order_by(Account.id)
        accounts = session.scalars(coming).all()
        passwords = {account.id: account.password_hash for account in accounts}
        for account in accounts[1:]:
            account.password_hash = None
        accounts[2].guardian.email = ""
        address = accounts[3].guardian.email
        session.merge(RefusedAddress(address=address, refused_at=AT, reason="Pleine."))
        mail = {"kind": MailKind.ACTIVATION, "created_at": AT, "due_at": AT}
        session.add(OutboxMail(identifier=accounts[4].identifier, **mail))
    yield "who comes, and who does not", office.get("town_hall.who_comes")
    page = office.get("town_hall.families")
    school = page.soup.select("#filtre-ecole option")[1].text.strip()
    page = page.fill({"École": school}).submit("Filtrer")
    yield "families, of a school", page
    yield "families, invited", office.visit("/mairie/familles?acces=invite&depuis=7")
    page = choose_all(office.get("town_hall.families"))
    yield "families, to invite", page
    yield "families, invitations leave", page.submit("Envoyer")
    with app.app_context(), db.transaction() as session:
        for account in session.scalars(select(Account).where(Account.id.in_(passwords))):
            account.password_hash, account.invited_at = passwords[account.id], None


def choose_all(page: Page) -> Page:
    """Choose all that the filters find, and come to what would leave."""
    [tick] = page.soup.select("#tout")
    return page.fill({str(tick["name"]): True}).submit("Envoyer un accès")


def search(office: Browser, typed: str) -> Page:
    """Type something in the field that is on every page."""
    return office.get("town_hall.day").fill({"Chercher une famille": typed}).submit("Chercher")


def _settle_many(app: Flask) -> int:
    """Add so many families of one name, one of which has the number of a request; return that."""
    with app.app_context(), db.transaction() as session:
        request = session.scalars(select(func.min(FamilyRequest.id))).one()
        named = [{"source_id": f"d{each}", "number": f"D{each + request}"} for each in range(MANY)]
        session.execute(insert(Family), named)
        ids = session.scalars(select(Family.id).where(Family.number.startswith("D"))).all()
        people = {"rank": 1, "last_name": "DURAND", "first_name": "Ana"}
        session.execute(insert(Guardian), [people | {"family_id": each} for each in ids])
        words.refresh(session, ids)
    return int(request)
