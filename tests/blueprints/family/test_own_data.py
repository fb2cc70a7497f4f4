"""« Mes données »: all of mine, nothing of anybody else's."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from app import db
from app.models import (
    Account,
    AccountSession,
    Child,
    CustodyPattern,
    FamilyRequest,
    Message,
    MessageAttachment,
    MessageReply,
    RequestEvent,
    RequestEventKind,
    RequestFile,
)
from tests.blueprints.family.archives import download, store
from tests.support.browser import Browser
from tests.support.page_checks.text import plain
from tests.support.people import People, public_id
from tests.support.services import booked_by

NOW = datetime(2026, 11, 20, 11, 0, tzinfo=UTC)
PHOTO = b"\xff\xd8 a photo"
PDF = b"%PDF-1.4 a document"


@pytest.fixture
def correspondence(app: Flask, people: People) -> None:
    """Give the families requests, answers and files."""
    with app.app_context(), db.transaction() as session:
        accounts = {
            person: session.scalars(
                select(Account).where(Account.identifier == person.identifier)
            ).one()
            for person in (people.ines, people.karim, people.claire, people.marc)
        }
        for person, account in accounts.items():
            for kind in ("details", "absence"):
                request = FamilyRequest(
                    family_id=account.guardian.family_id,
                    account_id=account.id,
                    kind=kind,
                    details={"text": f"{kind} de {person.first_name}"},
                    sent_at=NOW,
                    expected_on=date(2026, 11, 27),
                    sending_key=f"{kind}{person.identifier}",
                )
                session.add(request)
                session.flush()
                session.add(
                    RequestEvent(
                        request_id=request.id,
                        at=NOW,
                        kind=RequestEventKind.SENT,
                        account_id=account.id,
                    )
                )
                name = f"{kind}-{person.identifier}.pdf"
                session.add(
                    RequestFile(
                        request_id=request.id,
                        title=f"{kind} {person.first_name}",
                        file=name,
                        added_at=NOW,
                    )
                )
                store(app, "requests", name, f"piece {kind} {person.first_name}".encode())
        message = session.scalars(select(Message).where(Message.source_id == "m1")).one()
        session.add(MessageAttachment(message_id=message.id, title="Menu / été", file="menu.pdf"))
        for person in (people.claire, people.marc):
            session.add(
                MessageReply(
                    message_id=message.id,
                    family_id=accounts[person].guardian.family_id,
                    account_id=accounts[person].id,
                    written_at=NOW,
                    body=f"Réponse de {person.first_name}",
                )
            )
        store(app, "messages", "menu.pdf", PDF)


def test_madame_zest_takes_her_data_home(app: Flask, people: People) -> None:
    """What her screens show is there, to the cent, with the document of her family."""
    store(app, "documents", "d1.pdf", PDF)
    archive = download(app, people.zest)
    assert archive.names == [
        "documents/Attestation de paiement.pdf",
        "donnees.json",
        "LISEZMOI.txt",
    ]
    assert archive.read("documents/Attestation de paiement.pdf") == PDF
    readme = archive.read("LISEZMOI.txt").decode()
    assert "Fait pour PAYS ZEST" in readme
    assert "04 76 00 00 00" in readme
    data = archive.data
    assert data["moi"]["identifiant"] == people.zest.identifier
    assert data["moi"]["courriel"] == people.zest.email
    assert data["famille"]["solde"] == "-891.35"
    assert [child["prenom"] for child in data["enfants"]] == ["PAYS"]
    assert [(invoice["numero"], invoice["montant"]) for invoice in data["factures"]] == [
        ("59", "891.35")
    ]
    assert {message["objet"] for message in data["messages"]} == {
        "Fermeture de la garderie le vendredi 13 juillet",
        "Votre dossier d’inscription est complet",
    }
    assert data["documents"] == [
        {"titre": "Attestation de paiement", "categorie": "", "date": None,
         "fichier": "documents/Attestation de paiement.pdf"}
    ]  # fmt: skip
    assert [line["acte"] for line in data["journal"]] == ["connexion", "données téléchargées"]
    assert data["sessions"][0]["appareil"].startswith("Mozilla/5.0 (Android")


def test_payments_say_what_they_paid(app: Flask, people: People) -> None:
    """Monsieur MOREAU's 80 € went to invoice 60, and so did his credit note."""
    data = download(app, people.moreau).data
    assert [(paid["montant"], paid["ventilation"]) for paid in data["reglements"]] == [
        ("80.00", [{"facture": "60", "montant": "80.00"}])
    ]
    assert data["reglements"][0]["moyen"] == "Chèque"
    invoices = [(each["nature"], each["ventilation"]) for each in data["factures"]]
    assert invoices == [("FACTURE", []), ("AVOIR", [{"facture": "60", "montant": "4.20"}])]


def test_a_request_reads_as_on_the_screen(browser: Browser, people: People) -> None:
    """Inès asks for the canteen on Thursdays: her archive says so in French."""
    browser.sign_in(people.ines)
    page = browser.get("family.request_form", kind="cantine").fill(
        {"Adam GARNIER": True, "Jeudi": True, "À partir du": "07/12/2026"}
    )
    page = page.submit("Continuer", _refused=200).submit("Envoyer ma demande")
    [asked] = download(browser.app, people.ines).data["demandes"]
    assert (asked["nature"], asked["etat"]) == (page.h1, "Envoyée")
    assert asked["enfant"] == "Adam"
    assert asked["reponses"] == {
        "Jours": "jeudi",
        "À partir du": "lundi 7\xa0décembre 2026",
        "Garderie de midi": "Pause méridienne comprise, les mêmes jours",
    }
    assert all(plain(text) in page.text for text in asked["reponses"].values())
    assert [event["evenement"] for event in asked["historique"]] == ["Demande envoyée"]


@pytest.mark.usefixtures("correspondence")
def test_two_guardians_of_one_family(app: Flask, people: People) -> None:
    """Of Karim, Inès reads the name and what he asked for the family; nothing else of him."""
    for person, other in ((people.ines, people.karim), (people.karim, people.ines)):
        archive = download(app, person)
        names = [guardian["prenom"] for guardian in archive.data["famille"]["responsables"]]
        assert set(names) == {"Inès", "Karim"}
        assert len(archive.data["enfants"]) == 2
        for theirs in (other.email, other.identifier, f"06{other.identifier}"):
            assert theirs not in archive.everything
        assert f"details de {other.first_name}" not in archive.everything
        assert f"piece details {other.first_name}" not in archive.everything
        for ours in (
            f"details de {person.first_name}",
            f"absence de {person.first_name}",
            f"absence de {other.first_name}",
            f"piece absence {other.first_name}",
        ):
            assert ours in archive.everything
        assert len(archive.data["sessions"]) == 1
        by_whom = {
            text: asked["par"]
            for asked in archive.data["demandes"]
            for text in asked["reponses"].values()
        }
        assert by_whom[f"absence de {other.first_name}"] == "famille"
        assert by_whom[f"absence de {person.first_name}"] == "vous"


@pytest.mark.usefixtures("correspondence")
def test_separated_parents(app: Flask, people: People) -> None:
    """Jules, his photo and the message to all are in both archives; nothing else is shared."""
    jules = Path("photos") / "jules.jpg"
    store(app, "photos", jules.name, PHOTO)
    with app.app_context(), db.transaction() as session:
        for child in session.scalars(select(Child).where(Child.first_name == "Jules")):
            child.photo = jules.name
    for person, other in ((people.claire, people.marc), (people.marc, people.claire)):
        archive = download(app, person)
        assert [name for name in archive.names if name.startswith("photos/")] == [
            "photos/Jules DUBOIS-LEFÈVRE.jpg"
        ]
        assert "messages/Menu été.pdf" in archive.names
        everything = archive.everything.replace("DUBOIS-LEFÈVRE", "")
        assert f"Réponse de {person.first_name}" in everything
        for theirs in (other.first_name, other.last_name, other.email, other.identifier,
                       other.family_number, other.last_name.title()):  # fmt: skip
            assert theirs not in everything
    assert "30.00" not in download(app, people.marc).everything


def test_the_days_that_were_booked(app: Flask, people: People) -> None:
    """What she booked and what became of it; not what the other home of her child did."""
    monday, tuesday = date(2026, 11, 30), date(2026, 12, 1)
    with app.app_context(), db.transaction() as session:
        booked, jules = booked_by(session, people.claire)
        booked.enrol(jules, date(2026, 9, 1))
        booked.take_turns(jules, CustodyPattern.ISO_ODD, monday)
        booked.say_typical(jules, 1)
        booked.book(jules, [monday, tuesday], NOW, "Dit à Claire", cancelled=[monday])
        booked, jules = booked_by(session, people.marc)
        booked.book(jules, [date(2026, 12, 7)], NOW, "Dit à Marc")
    data = download(app, people.claire).data
    assert [each["service"] for each in data["inscriptions"]] == ["Cantine", "Garderie de midi"]
    assert data["semaines_de_garde"] == [
        {
            "enfant": "Jules",
            "semaines": "semaines impaires",
            "jour_de_passage": "lundi",
            "comptees_depuis": "2026-11-30",
        }
    ]
    assert data["semaines_types"] == [
        {
            "enfant": "Jules",
            "semaines": "Toutes les semaines",
            "jour": "mardi",
            "service": "Cantine",
        }
    ]
    assert [(each["jour"], each["service"], each["etat"]) for each in data["reservations"]] == [
        ("2026-11-30", "Cantine", "Annulé"),
        ("2026-11-30", "Garderie de midi", "Annulé"),
        ("2026-12-01", "Cantine", "Réservé"),
        ("2026-12-01", "Garderie de midi", "Réservé"),
    ]
    first, *_, last = data["suites_des_reservations"]
    assert (first["evenement"], first["par"], first["texte"]) == (
        "Réservation",
        "vous",
        "Dit à Claire",
    )
    assert (last["evenement"], last["par"], last["avant"], last["apres"]) == (
        "Annulation",
        "portail",
        "Réservé",
        "Annulé",
    )
    assert "Dit à Claire" not in download(app, people.marc).everything


def test_nothing_secret_is_in_it(app: Flask, people: People) -> None:
    """No hash, no key, no opaque id that opens something."""
    everything = download(app, people.karim).everything
    for word in ("argon2", "password_hash", "key_hash", "secret", public_id("e2")):
        assert word not in everything
    with app.app_context():
        for hashed in db.session().scalars(select(AccountSession.key_hash)):
            assert hashed not in everything


def test_who_failed_to_sign_in_is_not_told(app: Flask, people: People) -> None:
    """The journal's line is there; the address it came from is somebody's."""
    stranger = Browser(app, address="198.51.100.7")
    page = stranger.get("auth.sign_in")
    page.fill({"Identifiant": people.zest.identifier, "Mot de passe": "Faux2018"}).submit(
        "Connexion", _refused=200
    )
    archive = download(app, people.zest)
    assert [(line["acte"], line["adresse_internet"]) for line in archive.data["journal"]] == [
        ("échec de connexion", None),
        ("connexion", "192.0.2.1"),
        ("données téléchargées", None),
    ]  # fmt: skip
    assert "198.51.100.7" not in archive.everything
