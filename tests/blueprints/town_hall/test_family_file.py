"""« Famille BERNARD, n° SE4101 »: a family that is on the telephone, on one page."""

import pytest
from flask import Flask
from sqlalchemy import select

from app import db
from app.blueprints.town_hall.helping_forms import NO_REASON
from app.models import Family, Guardian, JournalEntry
from app.services import noted_acts
from app.services.accounts import invitations, signing_in, throttles
from app.services.actors import Origin
from app.testing import Outbox
from app.web import printing
from tests.blueprints.family.archives import download
from tests.support.browser import Browser, Page
from tests.support.clerks import LAUNCHED, settle, sign_in_by_mail
from tests.support.databases import selects, statements_of
from tests.support.page_checks.text import plain
from tests.support.people import People, Person, public_id
from tests.support.screens.family_file import number_of

GARDERIE = "Fermeture de la garderie le vendredi 13 juillet"


@pytest.fixture
def office(app: Flask, browser: Browser, outbox: Outbox, people: People) -> Browser:
    """Nadia, of the town hall's office, is signed in; the cast is in the portal."""
    nadia = settle(app, "nadia@commune.fr", "Nadia Petit", "secretariat", by_mail=True)
    sign_in_by_mail(browser, nadia, outbox)
    return browser


def open_file(office: Browser, app: Flask, person: Person) -> Page:
    """Open the file of somebody's family."""
    return office.get("town_hall.family", family_id=str(number_of(app, person)))


def openings(app: Flask) -> list[str]:
    """Say who opened whose file."""
    with app.app_context():
        opened = (
            select(JournalEntry.acted_by, Family.number)
            .join(Family, Family.id == JournalEntry.family_id)
            .where(JournalEntry.event == "family_opened")
            .order_by(JournalEntry.id)
        )
        return [f"{who} {number}" for who, number in db.session().execute(opened)]


@pytest.mark.both_databases
def test_a_family_on_the_telephone(app: Flask, office: Browser, people: People) -> None:
    """Who they are, where each access stands, what to dictate, what they owe, their children."""
    page = open_file(office, app, people.zest)
    assert page.h1 == "Famille ZEST, n° 3816231"
    assert "38 16 23 86" in page.text
    assert "Actif" in page.text
    assert "Vient du logiciel" in page.text
    assert "-891,35 €" in page.text
    assert "École du Bourg, CP" in page.text
    assert page.soup.find("a", href="tel:+33638162386")
    both = open_file(office, app, people.ines)
    assert both.h1 == "Famille GARNIER, n° 510002"
    assert [each.text.strip() for each in both.soup.select(".person h2")] == [
        "Madame Inès GARNIER",
        "Monsieur Karim GARNIER",
    ]


def test_what_is_not_to_be_told_to_the_other_parent_is_said_first(
    app: Flask, office: Browser, people: People
) -> None:
    page = open_file(office, app, people.claire)
    assert "Jules est aussi dans la famille 530005" in page.text
    assert page.link("la famille 530005").click().h1 == "Famille LEFÈVRE, n° 530005"


def test_where_an_access_stands_is_one_sentence(
    app: Flask, office: Browser, people: People
) -> None:
    """Never came, invited, has to wait, has to go by the mailbox, left: as a secretary says it."""
    assert "Jamais invitée" in open_file(office, app, people.newcomer).text
    with app.app_context():
        invitations.send(invitations.prepare(invitations.all_new()), LAUNCHED)
    assert "Invitée le" in open_file(office, app, people.newcomer).text
    with app.app_context():
        for _ in range(6):
            signing_in.sign_in(people.zest.identifier, "Faux12345", Origin("192.0.2.9"))
    page = open_file(office, app, people.zest)
    assert "Doit attendre 1 minute après 5 essais manqués" in page.text
    tries = throttles.of_identifier(people.zest.identifier, "192.0.2.9", None)
    with app.app_context(), db.transaction() as session:
        for _ in range(throttles.MOST_IN_A_ROW):
            throttles.fail(session, tries)
    assert "Mot de passe oublié » après 1" in open_file(office, app, people.zest).text
    page = open_file(office, app, people.archived)
    assert "Partie le" in page.text
    assert "Accès fermé le" in page.text


def test_who_only_reads_sees_no_amount(app: Flask, outbox: Outbox, people: People) -> None:
    alex = settle(app, "alex@commune.fr", "Alex Rey", "lecture", by_mail=True)
    hers = Browser(app)
    sign_in_by_mail(hers, alex, outbox)
    page = open_file(hers, app, people.zest)
    assert "891,35" not in page.text
    hers.get("town_hall.family_invoice", 403, family_id="1", public_id="0123456789abcdef")


def test_a_statement_is_printed_at_the_counter(
    app: Flask, office: Browser, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    """That of the family on the screen."""
    monkeypatch.setattr(printing, "available", lambda: True)
    monkeypatch.setattr(printing, "to_pdf", str.encode)
    page = open_file(office, app, people.moreau)
    [link] = page.soup.select("a[href$=releve]")
    paper = office.fetch(str(link["href"])).get_data(as_text=True)
    assert "Famille n° 500001" in plain(paper)
    assert "84,20" in paper
    office.get("town_hall.family_statement", 404, family_id="999999")


def test_opening_is_written_down_once_a_day_for_each(
    app: Flask, office: Browser, people: People, outbox: Outbox
) -> None:
    """Two people of one name are two people; asking what a page would be opens nothing."""
    path = f"/mairie/familles/{number_of(app, people.zest)}"
    office.fetch(path, "HEAD")
    assert openings(app) == []
    office.visit(path)
    office.visit(path)
    other = settle(app, "petit@commune.fr", "Nadia Petit", "lecture", by_mail=True)
    hers = Browser(app)
    sign_in_by_mail(hers, other, outbox)
    hers.visit(path)
    assert openings(app) == ["Nadia Petit 3816231", "Nadia Petit 3816231"]


def test_whatever_is_of_a_family_is_written_down_too(
    app: Flask, office: Browser, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By an address that was kept: a guardian, the statement."""
    monkeypatch.setattr(printing, "available", lambda: True)
    monkeypatch.setattr(printing, "to_pdf", str.encode)
    number = number_of(app, people.zest)
    office.fetch(f"/mairie/familles/{number}/releve")
    assert openings(app) == ["Nadia Petit 3816231"]
    number = number_of(app, people.moreau)
    with app.app_context():
        wanted = select(Guardian.id).where(Guardian.family_id == number)
        guardian = db.session().scalars(wanted).one()
    office.fetch(f"/mairie/familles/{number}/responsables/{guardian}")
    assert openings(app)[1:] == ["Nadia Petit 500001"]


def test_the_family_reads_who_opened_its_file(app: Flask, office: Browser, people: People) -> None:
    """Both guardians, in « Mes données »; another family reads nothing of it."""
    open_file(office, app, people.ines)
    for person, expected in ((people.ines, 1), (people.karim, 1), (people.zest, 0)):
        told = download(app, person).data["journal"]
        seen = [line for line in told if line["acte"] == noted_acts.ACTS["family_opened"]]
        assert [line["par"] for line in seen] == ["Nadia Petit"] * expected


def test_what_a_family_was_given_to_read(app: Flask, office: Browser, people: People) -> None:
    """Whether a guardian opened it, and waits for an answer; nothing of another family."""
    parent = Browser(app)
    parent.sign_in(people.ines)
    opened = parent.get("family.messages").link(GARDERIE).click()
    opened.fill({"Votre réponse": "Nous viendrons."}).submit("Envoyer ma réponse")
    page = open_file(office, app, people.ines)
    assert f"{GARDERIE} 10/07/2018 – ouvert par 1 parent sur 2 Attend votre réponse" in page.text
    assert "Votre dossier d’inscription" not in page.text
    assert "Aucun document." in page.text
    zest = open_file(office, app, people.zest)
    assert f"{GARDERIE} 10/07/2018 – pas encore ouvert" in zest.text
    assert zest.link("Attestation de paiement").href.endswith("/fichier")
    page = zest.link("Publier pour elle").click()
    assert page.value("Numéro de la famille") == people.zest.family_number
    assert zest.link("Écrire à cette famille").click().value("Numéro de la famille")


def test_whoever_writes_to_late_payers_only_writes_to_no_family_alone(
    app: Flask, outbox: Outbox, people: People
) -> None:
    """The form would have offered all that are late instead."""
    regis = settle(app, "regis@commune.fr", "Régis Trey", "regie", by_mail=True)
    his = Browser(app)
    sign_in_by_mail(his, regis, outbox)
    page = open_file(his, app, people.zest)
    assert GARDERIE in page.text
    assert "Écrire à cette famille" not in page.text
    assert "Publier pour elle" not in page.text


def test_the_page_asks_eight_statements_at_most(
    app: Flask, office: Browser, people: People
) -> None:
    path = f"/mairie/familles/{number_of(app, people.ines)}"
    office.visit(path)
    office.visit(path)
    with statements_of(app) as sent:
        office.visit(path)
    assert selects(sent) <= 8


def test_what_everybody_has_is_not_gone_through(
    app: Flask, office: Browser, people: People
) -> None:
    """Neither the marks of all parents, nor all answers: SQLite says how it would find them."""
    path = f"/mairie/familles/{number_of(app, people.ines)}"
    with statements_of(app) as said:
        office.visit(path)
    with app.app_context():
        connection = db.session().connection()
        plans = [
            str(row[-1])
            for each in said
            if "message_reply" in each and each.startswith("SELECT")
            for row in connection.exec_driver_sql(
                f"EXPLAIN QUERY PLAN {each}", (None,) * each.count("?")
            )
        ]
    assert any("ix_message_reply_waits_since" in each for each in plans)
    assert any("message_mark_1 (account_id=?)" in each for each in plans)
    assert not any(each.startswith("SCAN message") for each in plans), plans


def test_nobody_s_family_does_not_exist(office: Browser) -> None:
    for number in (999_999, 2**31, 10**22):
        assert office.fetch(f"/mairie/familles/{number}").status_code == 404


def test_a_child_who_is_not_theirs_goes_at_once(
    app: Flask, office: Browser, people: People
) -> None:
    """With a reason, in the history; and comes back, as it was a mistake."""
    page = open_file(office, app, people.claire)
    assert NO_REASON in page.submit("Retirer Jules").text
    page = page.fill({"Raison": "C’est l’enfant d’un autre."}).submit("Retirer Jules")
    assert "Jules n’est plus dans cette famille." in page.text
    assert "Retiré de cette famille" in page.text
    assert "par la mairie : C’est l’enfant d’un autre." in page.text
    claire = Browser(app)
    claire.sign_in(people.claire)
    assert "Jules" not in claire.get("family.children").text
    page = page.submit("Annuler")
    assert "Jules est de nouveau dans cette famille." in page.text
    assert "Jules" in claire.get("family.children").text
    # A second tab that still shows it.
    path = f"{page.path}/enfants/{public_id('e5')}/remettre"
    office.post(path, {"csrf_token": page.csrf_token}, status=404)


def test_notes_stay_among_the_town_hall(
    app: Flask, office: Browser, people: People, outbox: Outbox
) -> None:
    """Colleagues read them, parents do not; somebody who only reads writes none."""
    page = open_file(office, app, people.zest)
    page = page.submit("Ajouter la note", _refused=200)
    assert page.errors == ["Écrivez la note."]
    page = page.fill({"Nouvelle note": "Rappeler lundi.\nDossier incomplet."})
    page = page.submit("Ajouter la note")
    assert "Rappeler lundi." in page.text
    alex = settle(app, "alex@commune.fr", "Alex Rey", "lecture", by_mail=True)
    hers = Browser(app)
    sign_in_by_mail(hers, alex, outbox)
    seen = open_file(hers, app, people.zest)
    assert "Rappeler lundi." in seen.text
    hers.post(f"{seen.path}/notes", {"csrf_token": seen.csrf_token, "note": "Non"}, status=403)
    assert "Rappeler lundi." not in download(app, people.zest).everything
    page = open_file(office, app, people.zest).submit("Retirer la note de Nadia Petit")
    assert "Rappeler lundi." not in page.text
    assert "Note interne sur la famille retirée" in page.text
