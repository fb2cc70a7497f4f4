"""« Liste des demandes »: a parent asks, checks, sends, follows."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from werkzeug.test import TestResponse

from app.services.files import uploads
from app.services.requests import desk, desk_listing
from app.web.heavy_forms import UNREAD
from configuring.requests import KINDS as REQUEST_KINDS
from tests.services.requests.conftest import send, signed_in
from tests.support.browser import Browser, Page
from tests.support.people import TOWN_HALL, People, public_id

PDF = b"%PDF-1.7\nhello\n%%EOF"
CHECK, SEND = "Continuer", "Envoyer ma demande"


def ask(browser: Browser, text: str = "Une place de parking") -> Page:
    """Send a request of the simplest kind."""
    page = browser.get("family.request_form", kind="autre").fill({"Votre demande": text})
    return page.submit(CHECK, _refused=200).submit(SEND)


def multipart(fields: dict[str, str], *files: tuple[bytes, str]) -> bytes:
    """Write what a browser sends: the test client would leave big ones open on the disk."""
    head = '--b\r\nContent-Disposition: form-data; name="{}"{}\r\n\r\n'
    parts = [head.format(name, "").encode() + text.encode() for name, text in fields.items()]
    parts += [
        head.format("files", f'; filename="{name}"').encode() + content for content, name in files
    ]
    return b"\r\n".join([*parts, b"--b--\r\n"])


def send_files(
    browser: Browser, page: Page, path: str, *files: tuple[bytes, str], **fields: str
) -> TestResponse:
    """Press the button with chosen files, and follow where it leads."""
    return browser.client.post(
        path,
        data=multipart({"csrf_token": page.csrf_token, **fields}, *files),
        content_type="multipart/form-data; boundary=b",
        base_url=browser.base_url,
        follow_redirects=True,
        buffered=True,
    )


def test_a_day_at_the_canteen_brings_its_midday(browser: Browser, people: People) -> None:
    """Said before sending; the answers come back to be changed, then leave."""
    browser.sign_in(people.ines)
    page = browser.get("family.new_request").link("Inscrire à la cantine").click()
    assert "pause méridienne" in page.text
    page = page.fill({"Adam GARNIER": True, "Lundi": True, "À partir du": "07/12/2026"})
    page = page.submit(CHECK, _refused=200)
    assert page.h1 == "Vérifiez vos réponses"
    for words in ("Adam GARNIER", "lundi", "7 décembre 2026", "Pause méridienne comprise"):
        assert words in page.text
    page = page.submit("Modifier", _refused=200)
    assert page.value("À partir du") == "2026-12-07"
    page = page.submit(CHECK, _refused=200)
    assert not page.errors
    page = page.submit(SEND)
    assert page.endpoint == "family.request"
    assert "Votre demande est envoyée" in page.text
    assert "Envoyée" in page.text
    assert "La mairie vous répondra au plus tard le" in page.text
    listed = browser.get("family.requests")
    assert "Inscrire à la cantine, Adam" in listed.text
    assert "réponse attendue le" in listed.text


@pytest.mark.parametrize(
    "kind",
    ["cantine", "garderie", "absence", "fiche-enfant", "facture", "attestation", "autre"],
)
def test_an_empty_form_says_what_it_lacks(browser: Browser, people: People, kind: str) -> None:
    browser.sign_in(people.zest)
    page = browser.get("family.request_form", kind=kind)
    assert page.submit(CHECK, _refused=200).errors


@pytest.mark.both_databases
def test_a_child_and_an_invoice_are_prefilled(browser: Browser, people: People) -> None:
    """From the child's page, from the invoice; another family's is not there."""
    browser.sign_in(people.moreau)
    page = browser.get("family.request_form", kind="facture", facture=public_id("f60"))
    assert page.soup.select_one(f"input[value='{public_id('f60')}'][checked]")
    page = browser.get("family.request_form", kind="facture", facture=public_id("f59"))
    assert public_id("f59") not in page.html


def test_the_town_s_kinds_only(browser: Browser, people: People) -> None:
    browser.sign_in(people.zest)
    browser.get("family.request_form", 404, kind="nulle-part")
    browser.get("family.request_form", kind="coordonnees", _lands_on="family.account")


def test_what_the_town_does_not_take_is_nowhere(
    app: Flask, browser: Browser, people: People
) -> None:
    """No link leads there, and whoever types the address is told."""
    browser.sign_in(people.zest)
    places = {
        browser.address("family.child", public_id=public_id("e1")): "Proposer une photo",
        browser.address("family.invoice", public_id=public_id("f59")): (
            "Poser une question sur cette facture"
        ),
        browser.address("family.account"): "Modifier mes téléphones",
        browser.address("family.new_request"): "Autre demande",
    }
    for path, words in places.items():
        assert words in browser.visit(path).text
    object.__setattr__(app.extensions["portail.settings"], "request_kinds_off", REQUEST_KINDS)
    for path, words in places.items():
        page = browser.visit(path)
        assert words not in page.text
        assert "/demandes/nouvelle/" not in page.html
    assert "Aucune demande en ligne" in browser.get("family.new_request").text
    assert "Modifier mon adresse de courriel" in browser.get("family.account").text
    browser.get("family.request_form", 404, kind="photo")
    page = browser.get("family.change_address", _lands_on="family.account")
    assert "ne prend pas les changements de coordonnées" in page.text


@pytest.mark.parametrize(
    ("kind", "told"),
    [("absence", "Aucun enfant pour le moment"), ("facture", "Aucune facture pour le moment")],
)
def test_what_cannot_be_asked_yet_is_told_at_once(
    browser: Browser, people: People, kind: str, told: str
) -> None:
    """Somebody without a child, or an invoice, fills in nothing in vain."""
    browser.sign_in(people.no_address)
    page = browser.get("family.request_form", kind=kind)
    assert told in page.text
    assert page.soup.select_one("main form") is None


def test_a_late_answer_is_said(browser: Browser, people: People) -> None:
    """A date that has passed is no promise any more: the page says whom to call."""
    browser.sign_in(people.zest)
    path = ask(browser).path
    with time_machine.travel(datetime.now(UTC) + timedelta(days=30), tick=False):
        browser.sign_in(people.zest)
        page = browser.visit(path)
    assert "La mairie devait vous répondre au plus tard le" in page.text
    assert "Appelez la mairie au 04 76 00 00 00." in page.text


def test_a_photo_is_looked_into(app: Flask, browser: Browser, people: People) -> None:
    """HEIC is refused with a sentence, the answers kept; a missing one is told."""
    browser.sign_in(people.zest)
    page = browser.get("family.request_form", kind="photo").submit(CHECK, _refused=200)
    assert "Choisissez un fichier." in page.submit(SEND, _refused=200).errors
    heic = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic"
    sent = {"child": public_id("e1"), "step": "send"}
    text = send_files(browser, page, "/demandes/nouvelle/photo", (heic, "IMG_1.heic"), **sent).text
    assert "est une photo HEIC" in text
    assert public_id("e1") in text


def test_the_town_asks_and_the_parent_adds(app: Flask, browser: Browser, people: People) -> None:
    """The piece is asked, added, downloaded by whom it belongs to, and by nobody else."""
    browser.sign_in(people.zest)
    page = ask(browser)
    with app.app_context():
        desk.ask(desk_listing.listed().items[0].number, "Votre carte grise", TOWN_HALL)
    page = browser.visit(page.path)
    assert "réponse attendue" not in browser.get("family.requests").text
    assert "Pièce manquante" in page.text
    assert "Votre carte grise" in page.text
    text = send_files(browser, page, f"{page.path}/pieces", (PDF, "carte grise.pdf")).text
    assert "Votre pièce est ajoutée" in text
    page = browser.visit(page.path)
    file = page.link("carte grise").href
    answer = browser.fetch(file)
    assert answer.data == PDF
    assert answer.headers["Content-Disposition"].startswith("attachment")
    stranger = Browser(app)
    stranger.sign_in(people.moreau)
    for path in (page.path, f"{page.path}/retirer", file):
        stranger.visit(path, 404)
    assert stranger.fetch(f"{page.path}/pieces", "POST", {}).status_code == 404
    assert "Une place de parking" not in stranger.get("family.requests").text


def test_the_list_parts_what_waits_from_what_is_over(app: Flask, people: People) -> None:
    """Each parent reads what the other one sent, and that they did."""
    ines, karim = Browser(app), Browser(app)
    karim.sign_in(people.karim)
    with app.app_context():
        first, second = (send(signed_in(people.karim), key=f"{number:032}") for number in range(2))
        desk.accept(first.number, "", TOWN_HALL)
    ines.sign_in(people.ines)
    for parent, by in ((ines, " par Karim"), (karim, "")):
        page = parent.get("family.requests")
        over, waits = f"N° {first.number}, envoyée", f"N° {second.number}, envoyée"
        order = ["En cours", waits, "Terminées", over]
        assert sorted(order, key=page.text.rindex) == order
        assert f"{by}, réponse attendue" in page.text
        assert ("par Karim" in page.text) is bool(by)


def test_a_request_is_taken_back(browser: Browser, people: People) -> None:
    browser.sign_in(people.zest)
    page = ask(browser).link("Retirer ma demande").click().submit("Oui, la retirer")
    assert "Votre demande est retirée." in page.text
    assert "Retirée" in page.text
    assert "Ajouter une pièce" not in page.text


def test_too_heavy_a_sending_is_told(
    browser: Browser, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file over what was said comes back with a sentence and the answers; a flood is not read."""
    browser.sign_in(people.zest)
    heavy = PDF.ljust(26 * 1024 * 1024)
    page = browser.get("family.request_form", kind="autre")
    sent = {"text": "Une place de parking", "step": "send"}
    answer = send_files(browser, page, page.path, (heavy, "a.pdf"), **sent)
    assert "pèse plus de 8" in answer.text
    assert "Une place de parking" in answer.text
    path = f"{ask(browser).path}/pieces"
    assert "pèse plus de 8" in send_files(browser, page, path, (heavy, "a.pdf")).text
    monkeypatch.setattr(uploads, "MOST_BYTES", len(heavy))
    checked = page.fill({"Votre demande": "Une place de parking"}).submit(CHECK, _refused=200)
    for where in (path, f"{page.path}?etape=verification"):
        answer = send_files(browser, page, where, (heavy, "a.pdf"))
        assert UNREAD in answer.text
        assert "Une place de parking" in answer.text
    assert "Vérifiez vos réponses" in answer.text
    assert checked.submit(SEND).endpoint == "family.request"


@pytest.mark.parametrize(
    "nasty", ["\x00", "\udcff", "9" * 300, "2026-13-45", "0001-01-01"], ids=range(5)
)
def test_forged_answers_break_nothing(browser: Browser, people: People, nasty: str) -> None:
    browser.sign_in(people.zest)
    token = browser.get("family.new_request").csrf_token
    names = ("child", "invoice", "days", "moments", "starts_on", "ends_on", "year", "step",
             "sending_key", "text", "files")  # fmt: skip
    body = {name: nasty.encode("utf-8", "surrogatepass") for name in names}
    for kind in ("cantine", "garderie", "absence", "photo", "facture", "attestation"):
        answer = browser.client.post(
            f"/demandes/nouvelle/{kind}",
            data={**body, "csrf_token": token},
            base_url=browser.base_url,
            follow_redirects=True,
        )
        assert answer.status_code == 200
