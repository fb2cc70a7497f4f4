"""Nothing typed is lost: a session that ends keeps it, and gives the form back."""

import io
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select, update

from app import db
from app.models import AccountSession, Draft
from app.services.accounts import drafts as service
from app.web import access, drafts, forms
from tests.blueprints.family.test_requests import multipart
from tests.support.browser import Browser, Page
from tests.support.people import People, Person, public_id

NOW = datetime(2026, 11, 27, 10, 0, tzinfo=UTC)
TEXT = "Un texte qui a pris\nune demi-heure, à l’aise"
OTHER_ADDRESS = "nouvelle@exemple.fr"
# Each form of a family: where it stands, what is typed, the button.
FORMS: dict[str, tuple[dict[str, str], dict[str, str | bool], str]] = {
    "family.request_form": ({"kind": "autre"}, {"Votre demande": TEXT}, "Continuer"),
    "family.message": (
        {"public_id": public_id("m1")},
        {"Votre réponse": TEXT},
        "Envoyer ma réponse",
    ),
    "family.change_identity": ({}, {"Nom": "D’Arc"}, "Envoyer à la mairie"),
    "family.change_address": ({}, {"Numéro et voie": "9 rue Neuve"}, "Envoyer à la mairie"),
    "family.change_phones": ({}, {"Portable": "06 12 34 56 78"}, "Envoyer à la mairie"),
    "family.change_email": (
        {},
        {"Nouvelle adresse de courriel": OTHER_ADDRESS, "Mot de passe actuel": "Soleil2018"},
        "Recevoir le lien",
    ),
    "family.choose_mails": ({}, {"messages": False}, "Enregistrer"),
}  # fmt: skip


def idle(app: Flask) -> None:
    """Thirty minutes without a page."""
    _change_sessions(app, last_seen_at=datetime.now(UTC) - timedelta(minutes=31))


def ended(app: Flask) -> None:
    """A password saved elsewhere ends every session."""
    _change_sessions(app, ended_at=datetime.now(UTC))


def _change_sessions(app: Flask, **values: datetime) -> None:
    with app.app_context(), db.transaction() as session:
        session.execute(update(AccountSession).values(**values))


def fill(browser: Browser, endpoint: str) -> Page:
    """Fill in one of the forms."""
    values, typed, _ = FORMS[endpoint]
    return browser.visit(browser.address(endpoint, **values)).fill(typed)


def come_back(page: Page, person: Person) -> Page:
    """Sign in where the end of a session leads."""
    assert page.endpoint == "auth.sign_in"
    typed = {"Identifiant": person.identifier, "Mot de passe": person.password or ""}
    return page.fill(typed).submit("Connexion")


def kept(app: Flask) -> str:
    """Read all that drafts hold."""
    with app.app_context():
        return repr(db.session().scalars(select(Draft.content)).all())


@pytest.mark.parametrize("end", [idle, ended])
@pytest.mark.parametrize("endpoint", FORMS)
def test_a_session_that_ends_loses_no_character(
    app: Flask, people: People, endpoint: str, end: Callable[[Flask], None]
) -> None:
    """The sign-in page says what was kept; the form is there again, filled, ready to be sent."""
    parent = Browser(app)
    parent.sign_in(people.zest)
    page, (_, typed, button) = fill(parent, endpoint), FORMS[endpoint]
    end(app)
    page = page.submit(button)
    assert access.TEXT_KEPT.replace("\u00a0", " ") in page.text
    page = come_back(page, people.zest)
    assert page.endpoint == endpoint
    assert forms.CAME_BACK in page.text
    assert "Soleil2018" not in kept(app)
    for label, value in typed.items():
        if isinstance(value, bool):
            assert page.soup.select_one(f"input[name={label}][checked]") is None
        elif label != "Mot de passe actuel":
            assert page.value(label).strip().replace("\r\n", "\n") == value
    if endpoint == "family.change_email":
        page = page.fill({"Mot de passe actuel": "Soleil2018"})
    checked = endpoint == "family.request_form"
    page.submit(button, _refused=200 if checked else None)
    assert ("Vérifiez" in parent.get("family.home").text) is False
    assert TEXT not in parent.get("family.message", public_id=public_id("m2")).html


def test_what_was_kept_is_gone_once_it_is_sent(app: Flask, people: People) -> None:
    parent = Browser(app)
    parent.sign_in(people.zest)
    page = fill(parent, "family.message")
    idle(app)
    page = come_back(page.submit("Envoyer ma réponse"), people.zest)
    page = page.submit("Envoyer ma réponse")
    assert "Votre réponse est envoyée à la mairie." in page.text
    assert page.value("Votre réponse").strip() == ""
    assert kept(app) == "[]"


def test_nobody_else_sees_it(app: Flask, people: People) -> None:
    """Not who signs in there next, not the other guardian, nor the same account elsewhere."""
    parent = Browser(app)
    parent.sign_in(people.ines)
    page = fill(parent, "family.request_form")
    idle(app)
    page = page.submit("Continuer")
    assert TEXT in kept(app).replace("\\n", "\n").replace("\\r", "")
    for person in (people.karim, people.moreau):
        assert come_back(parent.get("auth.sign_in"), person).endpoint == "family.home"
        assert parent.get("family.request_form", kind="autre").value("Votre demande").strip() == ""
        idle(app)
        page = parent.get("family.request_form", _lands_on="auth.sign_in", kind="autre")
    elsewhere = Browser(app)
    elsewhere.sign_in(people.ines)
    assert elsewhere.get("family.request_form", kind="autre").value("Votre demande").strip() == ""
    page = come_back(page, people.ines)
    assert page.value("Votre demande").strip().replace("\r\n", "\n") == TEXT


def test_a_page_of_another_s_session_leaves_nothing(app: Flask, people: People) -> None:
    """Two tabs: hers is still open when the session of whoever came after her ends."""
    tablet = Browser(app)
    tablet.sign_in(people.zest)
    page = fill(tablet, "family.request_form")
    tablet.get("family.home").submit("Déconnexion")
    tablet.sign_in(people.moreau)
    idle(app)
    page = page.submit("Continuer")
    assert access.SESSION_OVER in page.text
    assert kept(app) == "[]"


def test_signing_out_leaves_nothing(app: Flask, people: People) -> None:
    parent = Browser(app)
    parent.sign_in(people.zest)
    wrong = parent.get("family.change_email").fill({"Nouvelle adresse de courriel": OTHER_ADDRESS})
    wrong.submit("Recevoir le lien", _refused=200)
    assert OTHER_ADDRESS in kept(app)
    parent.get("family.home").submit("Déconnexion")
    assert kept(app) == "[]"


def test_a_draft_lasts_half_a_day(app: Flask, people: People) -> None:
    parent = Browser(app)
    with time_machine.travel(NOW, tick=False):
        parent.sign_in(people.zest)
        page = fill(parent, "family.request_form")
    with time_machine.travel(NOW + timedelta(hours=8), tick=False):
        page = page.submit("Continuer")
        assert "Votre texte est gardé" in page.text
    with time_machine.travel(NOW + timedelta(hours=20, seconds=1), tick=False):
        page = come_back(parent.get("auth.sign_in"), people.zest)
        assert parent.get("family.request_form", kind="autre").value("Votre demande").strip() == ""


@pytest.mark.parametrize("many", [{"": [""] * 30_000}, {str(n): [""] for n in range(30_000)}])
def test_a_flood_of_empty_fields_is_hardly_kept(many: dict[str, list[str]]) -> None:
    """To keep each would cost us more than to send them costs a stranger."""
    kept = drafts.bounded([("text", [TEXT]), *many.items()], service.MOST_CHARACTERS)
    assert kept["text"] == [TEXT]
    assert sum(map(len, kept.values())) <= 1_000


def test_drafts_are_bounded(app: Flask, people: People) -> None:
    """Whoever is signed out may leave one: none is large."""
    parent = Browser(app)
    page = parent.sign_in(people.zest)
    sent = {"csrf_token": page.csrf_token, **{f"f{number}": "x" * 9_000 for number in range(20)}}
    idle(app)
    parent.post("/demandes/nouvelle/autre", sent)
    assert 50_000 < len(kept(app)) < service.MOST_CHARACTERS + 5_000


def test_the_upload_of_a_stranger_is_read_and_leads_to_sign_in(app: Flask, people: People) -> None:
    """A server that closes at once is a 502 of its proxy."""
    stranger, parent = Browser(app), Browser(app)
    parent.sign_in(people.zest)
    page = parent.get("family.request_form", kind="autre")
    page = page.fill({"Votre demande": TEXT}).submit("Continuer", _refused=200)
    fields = {"csrf_token": page.csrf_token, "text": TEXT, "step": "send"}
    body = multipart(fields, (b"%PDF-1.7\n" + b"x" * 3_000_000, "a.pdf"))
    for visitor in (stranger, parent):
        idle(app)
        stream = io.BytesIO(body)
        answer = visitor.client.post(
            page.path,
            input_stream=stream,
            content_length=len(body),
            content_type="multipart/form-data; boundary=b",
            base_url=visitor.base_url,
        )
        assert answer.status_code == 302
        assert answer.location.startswith("/connexion?next=")
        assert stream.tell() == len(body)
    page = parent.visit(answer.location)
    assert "choisirez de nouveau vos fichiers" in page.text
    page = come_back(page, people.zest)
    assert page.value("Votre demande").strip().replace("\r\n", "\n") == TEXT
