"""« Familles »: all of them, narrowed by what the town hall looks for."""

import io
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from pypdf import PdfReader
from sqlalchemy import select, update

from app import db
from app.models import Account, Child, Family, Guardian, Job, JobState, RefusedAddress
from app.services.jobs.kinds import JobKind
from app.services.town_hall import families, inviting
from app.testing import Outbox
from tests.support.browser import Browser, Page
from tests.support.clerks import settle, sign_in_by_mail
from tests.support.databases import selects, statements_of
from tests.support.job_room import let_invitations_leave
from tests.support.people import People
from tests.support.screens.families import choose_all
from tests.support.screens.family_file import number_of


@pytest.fixture
def office(app: Flask, browser: Browser, outbox: Outbox, people: People) -> Browser:
    """Nadia, of the town hall's office, is signed in; the cast is in the portal."""
    nadia = settle(app, "nadia@commune.fr", "Nadia Petit", "secretariat", by_mail=True)
    sign_in_by_mail(browser, nadia, outbox)
    return browser


def numbers(page: Page) -> list[str]:
    """Read the numbers of the families listed."""
    return [cell.get_text(strip=True) for cell in page.soup.select("td[data-label='N°']")]


@pytest.mark.both_databases
def test_each_filter_finds_its_families(app: Flask, office: Browser, people: People) -> None:
    """The school and then its classes, an access, who left, who owes."""
    now = datetime.now(UTC)
    with app.app_context(), db.transaction() as session:
        of = {each.number: each for each in session.query(Family)}
        of["510002"].missing_since = now
        session.execute(update(Child).where(Child.first_name == "Zoé").values(school="Ferry"))
        session.execute(
            update(Account).where(Account.identifier == people.ines.identifier)
            .values(password_hash=None, invited_at=now)
        )  # fmt: skip
        guardian = session.query(Guardian).filter_by(family=of["500001"]).one()
        session.add(RefusedAddress(address=guardian.email, refused_at=now, reason="Pleine."))
    page = office.get("town_hall.families")
    assert people.archived.family_number not in numbers(page)
    assert "Classe" not in page.text
    page = page.fill({"École": "Ferry"}).submit("Filtrer")
    assert numbers(page) == ["500001"]
    assert page.fill({"Classe": "CP"}).submit("Filtrer").text.count("1 résultat") == 1
    for asked, found in (
        ("acces=adresse-refusee", ["500001"]),
        ("acces=invite", ["510002"]),
        ("situation=absente", ["510002"]),
        ("situation=partie", [people.archived.family_number]),
        ("paiement=retard", ["520004", "3816231"]),
        ("paiement=retard&tri=-nom", ["3816231", "520004"]),
        ("paiement=retard&ecole=Ferry", []),
    ):
        assert numbers(office.visit(f"/mairie/familles?{asked}")) == found, asked


def test_a_row_says_who_comes_and_what_is_owed(office: Browser) -> None:
    page = office.visit("/mairie/familles?paiement=retard&tri=-nom")
    row = page.soup.select("tbody tr")[0].get_text(" ", strip=True)
    assert "PAYS ZEST" in row
    assert "Actif" in row
    assert "891,35\u00a0€" in row
    assert page.link("PAYS ZEST").click().h1 == "Famille ZEST, n° 3816231"


def test_amounts_are_for_those_who_may(app: Flask, outbox: Outbox, people: People) -> None:
    """Somebody who only reads sees who comes, no amount, no file, and filters by none."""
    paul = settle(app, "paul@commune.fr", "Paul Lesage", "lecture", by_mail=True)
    hers = Browser(app)
    sign_in_by_mail(hers, paul, outbox)
    page = hers.visit("/mairie/familles?paiement=retard")
    assert len(numbers(page)) > 2
    assert "En retard" not in page.text
    assert "CSV" not in page.text


def test_the_file_has_what_the_filters_find(office: Browser) -> None:
    page = office.visit("/mairie/familles?paiement=retard")
    lines = office.fetch(page.link("CSV").href).text.splitlines()
    assert lines[0].endswith("n°;responsables;enfants;accès;dernière visite;en retard")
    assert lines[2].startswith("3816231;PAYS ZEST;")
    assert lines[2].endswith(";891,35")
    assert len(lines) == 3


@pytest.mark.both_databases
def test_many_are_invited_at_once(app: Flask, office: Browser, outbox: Outbox) -> None:
    """Those that the filters find, those who never came alone, and each of them once."""
    with app.app_context(), db.transaction() as session:
        session.execute(update(Account).values(password_hash=None))
    outbox.clear()
    page = choose_all(office.visit("/mairie/familles?ecole=%C3%89cole+du+Bourg"))
    assert page.h1 == "Envoyer un accès"
    assert "6 courriels. Ils partiront en 1 minute environ." in page.text
    page = page.submit("Envoyer")
    assert "6 invitations en chemin, dans 2 minutes." in page.text
    assert len(outbox) == 0
    let_invitations_leave(app)
    assert len(outbox) == 6
    with app.app_context(), db.transaction() as session:
        again = update(Job).where(Job.kind == JobKind.INVITATIONS)
        session.execute(again.values(state=JobState.QUEUED))
    let_invitations_leave(app)
    assert len(outbox) == 6
    with app.app_context():
        states = db.session().scalars(select(Job.state).where(Job.kind == JobKind.INVITATIONS))
        assert states.all() == [JobState.DONE]
        times = select(Account.invitations).where(Account.invited_at.is_not(None)).distinct()
        assert db.session().scalars(times).all() == [1]


def test_invitations_are_called_off_for_two_minutes(
    app: Flask, office: Browser, outbox: Outbox
) -> None:
    """A second click asks for nothing more; nobody is written to, nor counts as invited."""
    with app.app_context(), db.transaction() as session:
        session.execute(update(Account).values(password_hash=None, invited_at=None))
    outbox.clear()
    page = choose_all(office.get("town_hall.families"))
    page.submit("Envoyer")
    page = page.submit("Envoyer")
    assert "Annulé : aucune invitation ne part." in page.submit("Annuler").text
    let_invitations_leave(app)
    assert len(outbox) == 0
    with app.app_context():
        assert set(db.session().scalars(select(Account.invited_at))) == {None}
    page = choose_all(office.get("town_hall.families")).submit("Envoyer")
    let_invitations_leave(app)
    assert len(outbox) > 0
    assert "Trop tard" in page.submit("Annuler").text


def test_of_a_family_only_the_parent_meant_is_invited(
    app: Flask, office: Browser, people: People, outbox: Outbox
) -> None:
    """Inès never was; Karim was yesterday, and is reminded another day."""
    with app.app_context(), db.transaction() as session:
        theirs = (people.ines.identifier, people.karim.identifier)
        both = update(Account).where(Account.identifier.in_(theirs)).values(password_hash=None)
        session.execute(both)
        karims = update(Account).where(Account.identifier == people.karim.identifier)
        session.execute(karims.values(invited_at=datetime.now(UTC)))
        session.execute(
            update(Account).where(Account.identifier.not_in(theirs)).values(password_hash="chosen")
        )
    page = choose_all(office.visit("/mairie/familles?acces=jamais-invite"))
    outbox.clear()
    page.submit("Envoyer")
    let_invitations_leave(app)
    assert [mail.recipient for mail in outbox] == [people.ines.email]


@pytest.mark.both_databases
def test_who_never_came_is_found_by_since_when_and_how_often(
    app: Flask, office: Browser, people: People, outbox: Outbox
) -> None:
    """Karim twice, ten days ago; Inès, of the same family, only yesterday."""
    now = datetime.now(UTC)
    asked = {people.karim: (10, 2), people.ines: (1, 1), people.zest: (40, 3)}
    with app.app_context(), db.transaction() as session:
        session.execute(update(Account).values(password_hash="chosen"))
        for person, (days, times) in asked.items():
            theirs = update(Account).where(Account.identifier == person.identifier)
            ago = now - timedelta(days=days)
            session.execute(theirs.values(password_hash=None, invited_at=ago, invitations=times))
    page = office.visit("/mairie/familles?acces=invite")
    assert numbers(page) == ["510002", "3816231"]
    for since, often, found in (
        ("3 jours", "Toutes", ["510002", "3816231"]),
        ("14 jours", "Toutes", ["3816231"]),
        ("Toujours", "Une", ["510002"]),
        ("7 jours", "Une", []),
        ("Toujours", "Trois ou plus", ["3816231"]),
    ):
        chosen = {"Invités depuis": since, "Invitations": often}
        assert numbers(page.fill(chosen).submit("Filtrer")) == found, (since, often)
    page = page.fill({"Invités depuis": "7 jours", "Invitations": "Deux"}).submit("Filtrer")
    page = choose_all(page)
    outbox.clear()
    page.submit("Envoyer")
    let_invitations_leave(app)
    assert [mail.recipient for mail in outbox] == [people.karim.email]
    page = office.visit("/mairie/familles?acces=invite&fois=3")
    assert numbers(page) == ["510002", "3816231"]


@pytest.mark.usefixtures("papers_laid_out_once")
def test_letters_are_for_those_who_never_came(
    app: Flask, office: Browser, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One page for each; a sentence when there is none, or too many at once."""
    ids = [number_of(app, each) for each in (people.zest, people.moreau)]
    token = {"csrf_token": office.get("town_hall.families").csrf_token}
    answer = office.fetch("/mairie/familles/lettres", "POST", token | {"choix": str(ids[0])})
    assert "Aucune lettre à imprimer" in office.visit(answer.location).text
    with app.app_context(), db.transaction() as session:
        session.execute(update(Account).values(password_hash=None))
    paper = office.fetch(f"/mairie/familles/lettres.pdf?choix={ids[0]}&choix={ids[1]}")
    assert paper.mimetype == "application/pdf"
    assert len(PdfReader(io.BytesIO(paper.data)).pages) == 2
    monkeypatch.setattr(inviting, "MOST_LETTERS", 1)
    page = office.visit("/mairie/familles/lettres.pdf?tout=oui&ecole=%C3%89cole+du+Bourg")
    assert "ne s’impriment pas à la fois" in page.text
    assert page.value("École") == "École du Bourg"


def test_those_who_are_ticked_are_chosen(office: Browser, app: Flask, people: People) -> None:
    """One of a page; nobody is said, and so is a page left open too long."""
    page = office.get("town_hall.families")
    assert "Cochez d’abord des familles" in page.submit("Envoyer un accès").text
    [moreau] = [tick for tick in page.soup.select("td.tick") if "MOREAU" in tick.text]
    [number] = [box["value"] for box in moreau.select("input")]
    page = office.get("town_hall.invite_families", choix=str(number))
    assert "Aucun courriel à envoyer." in page.text
    assert "1 parent a déjà choisi son mot de passe" in page.text


def test_those_chosen_are_written_to(
    office: Browser, app: Flask, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From the list to the message, whose list of numbers is theirs; not to nobody, nor to all."""
    page = office.visit("/mairie/familles?paiement=retard")
    assert "Cochez d’abord des familles" in page.submit("Écrire").text
    page = page.fill({"Tout sélectionner (2)": True}).submit("Écrire")
    assert page.h1 == "Écrire aux familles"
    assert page.value("Numéros des familles").split() == ["520004", "3816231"]
    page = page.fill({"Objet": "Votre facture", "Texte": "Bonjour"}).submit("Relire")
    assert "2 familles" in page.text
    page = office.visit("/mairie/familles?situation=partie")
    page = page.fill({"Tout sélectionner (1)": True}).submit("Écrire")
    assert "Aucune des familles choisies n’est encore inscrite." in page.text
    monkeypatch.setattr(families, "MOST_NUMBERS", 1)
    page = office.visit("/mairie/familles?paiement=retard")
    page = page.fill({"Tout sélectionner (2)": True}).submit("Écrire")
    assert "Filtrez d’abord" in page.text


@pytest.mark.usefixtures("papers_laid_out_once")
def test_whoever_a_message_does_not_reach_has_a_letter(
    app: Flask, office: Browser, people: People
) -> None:
    """From the page that is read again: of those it is for, who never came."""
    theirs = (people.ines.identifier, people.zest.identifier)
    with app.app_context(), db.transaction() as session:
        never = update(Account).where(Account.identifier.in_(theirs)).values(password_hash=None)
        session.execute(never)
    page = office.get("town_hall.new_message", choix=str(number_of(app, people.ines)))
    page = page.fill({"Objet": "La cantine", "Texte": "Bonjour"}).submit("Relire")
    link = page.link("Imprimer 1 lettre")
    paper = office.fetch(link.href)
    assert len(PdfReader(io.BytesIO(paper.data)).pages) == 1
    with app.app_context(), db.transaction() as session:
        session.execute(update(Account).values(password_hash="chosen"))
    assert "Aucune lettre à imprimer" in office.visit(link.href).text


def test_a_list_asks_the_database_little(app: Flask, office: Browser) -> None:
    office.get("town_hall.families")
    with statements_of(app) as said:
        office.get("town_hall.families")
    assert selects(said) <= 8
