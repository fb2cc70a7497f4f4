"""« Courriels que je reçois »: what a clerk chooses, and the link beside a mail that stops it."""

from datetime import UTC, datetime, timedelta

import time_machine
from flask import Flask

from app.testing import Outbox
from tests.blueprints.town_hall.conftest import NADIA, ask, come
from tests.support.browser import Browser
from tests.support.job_room import run
from tests.support.mail_room import deliver
from tests.support.people import People

ONE_CLICK = {"List-Unsubscribe": "One-Click"}
NEW, LATE = "Une nouvelle demande", "Une demande passée en retard"
FAILED = "Un courriel qui n’arrive pas à une famille"


def wants(nadia: Browser) -> list[str]:
    """Read « Mon compte »."""
    facts = nadia.get("town_hall.own_account").soup.select("[aria-labelledby=courriels] dd")
    return [fact.get_text(strip=True).replace("\u00a0", " ") for fact in facts]


def test_nadia_chooses_what_she_is_told(nadia: Browser) -> None:
    """Before, all that is hers to do, in the morning."""
    assert wants(nadia) == ["Le matin, à 8 h"] * 3
    page = nadia.get("town_hall.own_account").link("Modifier les courriels que je reçois").click()
    page = page.fill({NEW: "Tout de suite", FAILED: "Jamais"}).submit("Enregistrer")
    assert "Vos choix de courriels sont enregistrés." in page.text
    assert wants(nadia) == ["Tout de suite", "Le matin, à 8 h", "Jamais"]


def test_who_may_not_read_it_is_not_asked(app: Flask) -> None:
    """A form that says it all the same changes nothing."""
    alex = come(app, "alex@commune.fr", "Alex Rey", "lecture")
    assert wants(alex) == ["Jamais"] * 2
    page = alex.get("town_hall.choose_own_mails")
    assert FAILED not in page.text
    typed = {"new_request": "morning", "late_request": "never", "failed_mail": "at_once"}
    alex.post(page.path, {**typed, "csrf_token": page.csrf_token})
    assert wants(alex) == ["Le matin, à 8 h", "Jamais"]


def link_of(app: Flask, people: People, nadia: Browser) -> str:
    """Have her told at once of a request; return the path of the link beside the mail."""
    nadia.get("town_hall.choose_own_mails").fill({NEW: "Tout de suite"}).submit("Enregistrer")
    ask(app, people)
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=7), tick=False):
        run(app)
        deliver(app)
    mail = Outbox(app).latest
    assert (mail.recipient, mail.subject) == (NADIA[0], "1\u00a0nouvelle demande")
    assert mail.parsed["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    return str(mail.parsed["List-Unsubscribe"]).strip(" <>").removeprefix("http://localhost")


def test_a_mail_program_stops_them_by_one_press(app: Flask, people: People, nadia: Browser) -> None:
    """Without a cookie, a page or a token of ours; those of another hour go on."""
    path = link_of(app, people, nadia)
    for _ in range(2):
        answer = Browser(app).fetch(path, "POST", ONE_CLICK)
        assert (answer.status_code, answer.data) == (204, b"")
    assert wants(nadia) == ["Jamais", "Le matin, à 8 h", "Le matin, à 8 h"]


def test_who_opens_it_is_asked(app: Flask, people: People, nadia: Browser) -> None:
    """Scanners open links: looking stops nothing."""
    page = Browser(app).visit(link_of(app, people, nadia))
    assert page.h1 == "Ne plus recevoir ces courriels ?"
    assert wants(nadia)[0] == "Tout de suite"
    assert page.submit("Ne plus les recevoir").h1 == "C’est fait"
    assert wants(nadia)[0] == "Jamais"


def test_another_link_stops_nothing(app: Flask, people: People, nadia: Browser) -> None:
    path = link_of(app, people, nadia)
    for forged in (path[:-1], "/mairie/mon-compte/courriels/arreter/x"):
        Browser(app).fetch(forged, "POST", ONE_CLICK)
        assert Browser(app).visit(forged).h1 == "Ce lien ne fonctionne plus"
    assert wants(nadia)[0] == "Tout de suite"
