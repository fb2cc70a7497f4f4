"""Papers cost seconds: who asks for many keeps nobody waiting, and is told."""

from collections.abc import Hashable

import pytest
from flask import Flask
from sqlalchemy import select

from app import db
from app.models import Account
from app.services.accounts.allowances import Allowance
from app.settings import in_this_town
from app.web import printing
from tests.support.browser import Browser
from tests.support.people import People, public_id

PAPERS = ("/releve/pdf", f"/factures/{public_id('f59')}/pdf")


@pytest.fixture(autouse=True)
def paper(monkeypatch: pytest.MonkeyPatch) -> None:
    """Laying out takes no time here."""
    monkeypatch.setattr(printing, "available", lambda: True)
    monkeypatch.setattr(printing, "to_pdf", lambda _html: b"%PDF-")
    monkeypatch.setattr("app.gates.MOST_WAITING", 0)


def account(app: Flask, identifier: str) -> tuple[str, Hashable]:
    with app.app_context():
        query = select(Account.id).where(Account.identifier == identifier)
        return in_this_town(db.session().scalars(query).one())


@pytest.mark.parametrize("path", PAPERS)
def test_whoever_comes_too_many_is_told_at_once(app: Flask, people: People, path: str) -> None:
    """A paper is being made for somebody else: a sentence, and when to come back; pages open."""
    parent = Browser(app)
    parent.sign_in(people.zest)
    with printing.making.passing(account(app, people.moreau.identifier)):
        page = parent.visit(path, 503)
        assert page.response.headers["Retry-After"] == "5"
        assert "Le portail prépare déjà d’autres documents." in page.text
        parent.get("family.statement")
    assert parent.fetch(path).status_code == 200


def test_six_clicks_are_one_paper(app: Flask, people: People) -> None:
    """Where there is room for others, an account still has one at once."""
    parent = Browser(app)
    parent.sign_in(people.zest)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(printing.making, "_at_once", 6)
        with printing.making.passing(account(app, people.zest.identifier)):
            assert parent.fetch(PAPERS[0]).status_code == 503


def test_who_is_told_to_come_back_has_had_no_paper(
    app: Flask, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Being refused costs nothing of the day's papers."""
    monkeypatch.setattr(Allowance.PAPERS, "most", 1)
    parent = Browser(app)
    parent.sign_in(people.zest)
    with printing.making.passing():
        for _ in range(3):
            assert parent.fetch(PAPERS[0]).status_code == 503
    assert parent.fetch(PAPERS[0]).status_code == 200


def test_so_many_papers_a_day(app: Flask, people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    """The attestation counts with the others; another family's are counted apart."""
    monkeypatch.setattr(Allowance.PAPERS, "most", 3)
    parent = Browser(app)
    page = parent.sign_in(people.moreau)
    for path in ("/releve/pdf", f"/factures/{public_id('f60')}/pdf"):
        assert parent.fetch(path).status_code == 200
    sent = {"csrf_token": page.csrf_token}
    assert parent.fetch("/attestations/2026", "POST", sent).status_code == 200
    page = parent.visit("/releve/pdf", 429)
    assert "Vous avez demandé beaucoup de PDF aujourd’hui." in page.text
    neighbour = Browser(app)
    neighbour.sign_in(people.zest)
    assert neighbour.fetch("/releve/pdf").status_code == 200


def test_asking_about_a_paper_makes_none(app: Flask, people: People) -> None:
    """HEAD is answered, and counts for nothing."""
    parent = Browser(app)
    parent.sign_in(people.zest)
    assert parent.fetch("/releve/pdf", "HEAD").status_code == 200
