"""« Demandes »: what waits, the answer, and the way back from it."""

import io
from datetime import UTC, datetime, timedelta
from typing import Any

import time_machine
from flask import Flask
from sqlalchemy import select

from app import db
from app.models import FamilyRequest, JournalEntry, RequestState
from app.services.requests import acting, desk
from app.testing import Outbox
from tests.blueprints.town_hall.conftest import NADIA, ask, come, opened, state
from tests.services.files.test_uploads import picture
from tests.services.requests.conftest import PAPER, signed_in
from tests.support.browser import Browser
from tests.support.clerks import give_password
from tests.support.databases import selects, statements_of
from tests.support.people import TOWN_HALL, People, public_id

TEXT = "Zoé est inscrite le mardi soir.\n" + "Bien à vous. " * 140


def test_nadia_answers_the_most_urgent_first(app: Flask, people: People, nadia: Browser) -> None:
    """From the day to the list, from the list to the request, and on to the next one."""
    later = ask(app, people, "other")
    first = ask(app, people, "absence", "b", details={})
    page = nadia.get("town_hall.requests")
    links = [each.text.strip() for each in page.soup.select("tbody th a")]
    assert links == ["Signaler une absence", "Autre demande"]
    page = page.link("Signaler une absence").click().submit("Prendre en compte")
    assert "Prise en compte. La famille sera prévenue dans 2 minutes." in page.text
    assert "Prise en compte" in page.text
    assert state(app, first) is RequestState.ACCEPTED
    page = page.link("Demande suivante").click()
    assert page.h1 == "Autre demande"
    page = page.fill({"Votre texte": "Nous regardons."}).submit("Envoyer et laisser ouverte")
    assert state(app, later) is RequestState.TAKEN
    assert "Vous" in page.text
    with app.app_context():
        acts = select(JournalEntry.event).where(JournalEntry.acted_by == NADIA[1])
        assert set(db.session().scalars(acts)) >= {"request_accepted", "request_spoken"}


def test_what_was_refused_by_mistake_is_undone(
    app: Flask, people: People, nadia: Browser, outbox: Outbox
) -> None:
    """And the text is there again, for the other button."""
    number, mails = ask(app, people), len(outbox)
    page = opened(nadia, number).fill({"Votre texte": TEXT}).submit("Refuser")
    page = page.submit("Annuler")
    assert "C’est annulé" in page.text
    assert page.value("Votre texte").splitlines()[0] == TEXT.splitlines()[0]
    assert "annulé avant d’être lu" in page.text
    assert state(app, number) is RequestState.SENT
    page.submit("Accepter")
    assert state(app, number) is RequestState.ACCEPTED
    assert len(outbox) == mails


def test_too_late_to_undo(app: Flask, people: People, nadia: Browser) -> None:
    """The family has been told: the button says so, and is gone the next time."""
    number = ask(app, people)
    page = opened(nadia, number).submit("Accepter")
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=3), tick=False):
        page = page.submit("Annuler")
        assert "Les deux minutes sont passées" in page.text
        assert "Annuler" not in [each.text.strip() for each in page.soup.select("main button")]
    assert state(app, number) is RequestState.ACCEPTED


def test_a_refusal_wants_its_reason(app: Flask, people: People, nadia: Browser) -> None:
    number = ask(app, people)
    page = opened(nadia, number).submit("Refuser", _refused=200)
    assert page.errors == ["Donnez la raison du refus : la famille la lira."]
    assert state(app, number) is RequestState.SENT


def test_meanwhile_the_family_sent_a_piece(app: Flask, people: People, nadia: Browser) -> None:
    """Nothing is done, nothing that was typed is lost, and the next press counts."""
    number = ask(app, people)
    page = opened(nadia, number).fill({"Votre texte": TEXT})
    with app.app_context():
        zest = signed_in(people.zest)
        wanted = select(FamilyRequest.public_id).where(FamilyRequest.id == number)
        acting.add_files(zest, db.session().scalars(wanted).one(), [PAPER])
    page = page.submit("Refuser", _refused=200)
    assert page.errors == [
        "Entre-temps, la famille a ajouté une pièce. Votre texte est gardé ci-dessous."
    ]
    assert page.value("Votre texte").splitlines()[0] == TEXT.splitlines()[0]
    assert "À lire" in page.text
    assert state(app, number) is RequestState.SENT
    page.submit("Refuser")
    assert state(app, number) is RequestState.REFUSED


def test_a_long_text_outlives_the_session(app: Flask, people: People, nadia: Browser) -> None:
    """An hour of telephone: the text comes back with Nadia, and goes to nobody else."""
    number = ask(app, people)
    page = opened(nadia, number).fill({"Votre texte": TEXT})
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=61), tick=False):
        page = page.submit("Accepter")
        assert "Votre texte est gardé" in page.text
        give_password(nadia, NADIA[0])
        sign = nadia.get("town_hall.code")
        from tests.support.clerks import code_in

        sign.fill({"Code": code_in(Outbox(app).latest)}).submit("Valider")
        page = opened(nadia, number)
    assert page.value("Votre texte").splitlines()[0] == TEXT.splitlines()[0]
    assert page.text.count("est encore là") == 1
    assert state(app, number) is RequestState.SENT


def test_details_are_read_before_and_after(app: Flask, people: People, nadia: Browser) -> None:
    """And what is left to do is said once it is done."""
    number = ask(app, people, "details", details={"mobile": "06 39 98 00 01"})
    page = opened(nadia, number)
    cells = [each.text.strip() for each in page.soup.select("#reponses ~ .across tbody td")]
    assert cells[-1] == "06\u00a039\u00a098\u00a000\u00a001"
    page = page.submit("Accepter")
    assert "la liste « À reporter » vous le rappelle" in page.text
    assert "1 changement à reporter" in nadia.get("town_hall.day").text
    page = nadia.get("town_hall.reporting")
    [cells] = [
        [each.text.strip() for each in row.select("td")] for row in page.soup.select("tbody tr")
    ]
    assert "PAYS ZEST" in cells[0]
    assert (cells[1], cells[3]) == ("Portable", "06\u00a039\u00a098\u00a000\u00a001")
    assert page.link(f"demande n° {number}").click().h1 == "Modifier mes coordonnées"


def test_a_picture_is_seen_and_a_file_is_joined(app: Flask, people: People, nadia: Browser) -> None:
    """The family's, on the page; the town hall's, with its words."""
    from app.services.files.uploads import CheckedFile

    photo = CheckedFile("zoe.jpg", ".jpg", picture())
    number = ask(app, people, "photo", files=(photo,), details={}, children=[public_id("e1")])
    page = opened(nadia, number)
    [image] = page.soup.select("img.piece")
    answer = nadia.fetch(str(image["src"]))
    assert (answer.mimetype, answer.headers["Cache-Control"]) == ("image/jpeg", "no-store")
    data: Any = {
        "csrf_token": page.csrf_token,
        "seen": page.soup.select_one("input[name=seen]")["value"],  # type: ignore[index]
        "text": "Voici le formulaire.",
        "act": "ask",
        "files": [(io.BytesIO(PAPER.content), "formulaire.pdf")],
    }
    path = f"/mairie/demandes/{number}/repondre"
    page = nadia.visit(nadia.fetch(path, "POST", data).headers["Location"])
    assert "formulaire" in page.text
    assert state(app, number) is RequestState.PIECE_MISSING
    data |= {"act": "note", "files": [(io.BytesIO(PAPER.content), "formulaire.pdf")]}
    page = nadia.visit(nadia.fetch(path, "POST", data).headers["Location"])
    assert page.errors[0] == "Une note interne ne porte pas de fichier."


def test_nadia_hands_one_to_alex_and_puts_it_off(
    app: Flask, people: People, nadia: Browser
) -> None:
    """He finds it under « À moi »; the family reads another day."""
    number = ask(app, people)
    alex = come(app, "alex@commune.fr", "Alex Rey", "secretariat")
    page = opened(nadia, number).submit("Je m’en occupe")
    assert "Vous vous en occupez." in page.text
    page = page.fill({"Confier à": "Alex Rey"}).submit("Confier")
    assert "Alex Rey s’en occupe." in page.text
    mine = alex.get("town_hall.requests", vue="a-moi")
    assert "Autre demande" in mine.text
    page = mine.link("Autre demande").click()
    page = page.fill({"Nouvelle date promise": "samedi"}).submit("Changer la date", _refused=200)
    assert page.errors == ["Choisissez une date, comme 07/12/2026."]
    day = datetime.now(UTC).date() + timedelta(days=8)
    while day.weekday() > 4:
        day += timedelta(days=1)
    page = page.fill({"Nouvelle date promise": day.isoformat()}).submit("Changer la date")
    assert "La mairie vous répondra au plus tard le" in page.text
    assert nadia.get("town_hall.requests", vue="a-moi").text.count("Aucune demande.") == 1


def test_two_who_open_the_same_are_told(app: Flask, people: People, nadia: Browser) -> None:
    """Each reads that the other is there, until they go on to something else."""
    number, other = ask(app, people), ask(app, people, "absence", "b", details={})
    alex = come(app, "alex@commune.fr", "Alex Rey", "secretariat")
    reader = come(app, "lou@commune.fr", "Lou Blanc", "lecture")
    opened(reader, number)
    assert "a ouvert cette demande" not in opened(nadia, number).text
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=2, seconds=5), tick=False):
        words = "Nadia Petit a ouvert cette demande il y a 2 minutes."
        assert words in opened(alex, number).text
        assert words in opened(reader, number).text
        assert "Alex Rey a ouvert cette demande à l’instant." in opened(nadia, number).text
        opened(nadia, other)
        assert "a ouvert cette demande" not in opened(alex, number).text


def test_a_note_is_for_the_town_hall_alone(app: Flask, people: People, nadia: Browser) -> None:
    """Also of what is closed; the family sees nothing of it."""
    number = ask(app, people)
    with app.app_context():
        desk.refuse(number, "Non", TOWN_HALL)
    page = opened(nadia, number).fill({"Votre texte": "Elle rappellera."}).submit("Note interne")
    assert "Note ajoutée. La famille ne la voit pas." in page.text
    assert "pour la mairie seule" in page.text


def test_each_answers_what_their_role_answers(app: Flask, people: People) -> None:
    """Reading reads; the régie answers of money; only the administration erases."""
    question = ask(app, people, "invoice_question", details={"text": "Pourquoi\u00a0?"})
    canteen = ask(app, people, "canteen", "b", details={})
    erasure = ask(app, people, "account_deletion", "c", details={"text": ""})
    reader = come(app, "lou@commune.fr", "Lou Blanc", "lecture")
    regie = come(app, "sam@commune.fr", "Sam Noir", "regie")
    office = come(app, *NADIA, "secretariat")
    answered = {}
    for number in (question, canteen, erasure):
        for name, browser in (("reader", reader), ("regie", regie), ("office", office)):
            page = opened(browser, number)
            buttons = {each.text.strip() for each in page.soup.select("main button")}
            seen = page.soup.select_one("input[name=seen]")
            data = {
                "csrf_token": page.csrf_token,
                "seen": str(seen["value"]) if seen else "1",
                "text": "Non.",
                "act": "accept",
            }
            answer = browser.fetch(f"/mairie/demandes/{number}/repondre", "POST", data)
            offered = bool(buttons & {"Accepter", "Répondre et clore"})
            assert offered is (answer.status_code == 302), (number, name)
            answered[number, name] = offered
            if offered:
                browser.visit(answer.headers["Location"]).submit("Annuler")
    assert [key for key, yes in answered.items() if yes] == [
        (question, "regie"),
        (question, "office"),
        (canteen, "office"),
    ]


def test_what_is_not_there_is_not_found(nadia: Browser) -> None:
    """Whatever number an address holds; and an act that is none."""
    for number in (999, 2_147_483_647, 99_999_999_999_999_999_999):
        assert nadia.fetch(f"/mairie/demandes/{number}").status_code == 404
        assert nadia.fetch(f"/mairie/imports/{number}").status_code == 404
    assert nadia.fetch(f"/mairie/demandes/1/pieces/{'0' * 16}").status_code == 404
    for query in ("vue=rien", "ecole=%00", "qui=%ff", f"sorte={'x' * 300}", "page=0"):
        assert nadia.fetch(f"/mairie/demandes?{query}").status_code == 200
    page = nadia.get("town_hall.requests", qui="personne")
    assert "Aucun résultat" in page.text


def test_a_list_is_an_address_to_keep(app: Flask, people: People, nadia: Browser) -> None:
    """Filters go with the view, and are shown."""
    ask(app, people, "absence", details={})
    ask(app, people, "other", "b")
    page = nadia.get("town_hall.requests").fill({"Sorte": "Autre demande"}).submit("Filtrer")
    assert [each.text.strip() for each in page.soup.select("tbody th a")] == ["Autre demande"]
    assert page.value("Sorte") == "other"
    assert "sorte=other" in page.link("En retard").href


def test_one_goes_from_a_request_to_the_next(app: Flask, people: People, nadia: Browser) -> None:
    """In the order of the promises, over what is closed; past the end, to the list."""
    first, closed, last = (ask(app, people, key=key) for key in "abc")
    with app.app_context():
        desk.take(last, TOWN_HALL)
        desk.accept(closed, "", TOWN_HALL)
    page = opened(nadia, first).link("Suivante dans la file").click()
    assert page.path == f"/mairie/demandes/{last}"
    assert "la dernière de la file" in page.link("Suivante dans la file").click().text
    page = page.link("Précédente dans la file").click()
    assert page.path == f"/mairie/demandes/{first}"
    assert "la première de la file" in page.link("Précédente dans la file").click().text
    assert opened(nadia, closed).link("Précédente dans la file").click().path == page.path
    nadia.visit("/mairie/demandes/999999/suivante", 404)


def test_pages_ask_few_things_of_the_database(app: Flask, people: People, nadia: Browser) -> None:
    """At most eight statements each, however many requests there are."""
    asked = {"details": {"text": "Pourquoi\u00a0?"}, "invoice": public_id("f59")}
    numbers = [ask(app, people, "invoice_question", key, **asked) for key in "abcdef"]
    numbers.append(ask(app, people, "details", "1", details={"mobile": "06 39 98 00 01"}))
    for path in ("/mairie/demandes", *(f"/mairie/demandes/{each}" for each in numbers[-2:])):
        with statements_of(app) as sent:
            assert nadia.fetch(path).status_code == 200
        assert selects(sent) <= 8, path
