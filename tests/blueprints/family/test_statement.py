"""A parent reads the account, an invoice, and takes them away on paper or in a spreadsheet."""

from datetime import date
from decimal import Decimal

import pytest
from flask import Flask

from app import db
from app.calendar import school_years
from app.models import Family, Payment
from tests.blueprints.family.conftest import FIRST_YEAR, SECOND_YEAR, invoice
from tests.support.browser import Browser, Page
from tests.support.page_checks.text import plain
from tests.support.people import People, public_id
from tests.support.screens.statement import INVOICES


def rows(page: Page) -> list[str]:
    return [" ".join(row.get_text(" ").split()) for row in page.soup.select("tbody tr:not(.group)")]


def test_the_newest_comes_first_and_says_the_balance(karim: Browser) -> None:
    page = karim.get("family.statement")
    assert "0,00 €" in page.text
    assert len(rows(page)) == 50
    assert rows(page)[0].startswith("11/06/2026 Règlement Prélèvement automatique SEPA 69")
    assert rows(page)[0].endswith("+10,00 € 0,00 €")


def test_the_pages_hold_every_line_once(karim: Browser) -> None:
    page = karim.get("family.statement")
    seen = rows(page)
    while "Page suivante" in page.text:
        page = page.link("Page suivante").click()
        seen += rows(page)
    assert len(seen) == len(set(seen)) == 2 * INVOICES


def test_the_lines_stand_under_their_months(karim: Browser) -> None:
    """Each month once, the newest first; what each line adds to the balance has its sign."""
    page = karim.get("family.statement")
    months = [row.get_text(strip=True) for row in page.soup.select("tbody tr.group")]
    assert months[:3] == ["juin 2026", "mai 2026", "avril 2026"]
    assert len(set(months)) == len(months) == len(page.soup.select("tbody"))
    amounts = {row.split()[1]: row.split("€")[0].split()[-1] for row in rows(page)}
    assert amounts == {"Règlement": "+10,00", "Facture": "-10,00"}


def test_what_is_not_settled_is_found_at_once(browser: Browser, people: People) -> None:
    browser.sign_in(people.zest)
    page = browser.get("family.statement").link("Non soldées").click()
    assert rows(page) == ["59 08/11/2016 08/11/2016 dépassée 891,35 €"]
    assert plain(page.soup.select("tfoot")[0].text).split() == ["Total", "891,35", "€"]
    assert page.link("Toutes").click().h1 == "Relevé de compte"


def test_a_year_begins_with_what_the_one_before_left(karim: Browser) -> None:
    page = karim.get("family.statement").link(SECOND_YEAR).click()
    assert "Solde au 1er septembre 2025" in page.text
    assert "Solde au 31 août 2026" in page.text
    assert all("/2025" in row or "/2026" in row for row in rows(page))
    page = page.link("Page suivante").click()
    assert page.response.request.args["annee"] == SECOND_YEAR
    assert "Solde au 1er septembre 2025" in plain(page.soup.select("tfoot")[0].text)


@pytest.mark.parametrize("day", [date(1016, 9, 1), date(2016, 8, 31), date(9999, 8, 31)])
def test_only_years_with_movements_are_offered(app: Flask, karim: Browser, day: date) -> None:
    """A lone payment of long ago, or a slip of the town's software, adds one year to the choice."""
    with app.app_context(), db.transaction() as session:
        family = session.query(Family).filter_by(number=People().karim.family_number).one()
        session.add(Payment(source_id="p", family_id=family.id, paid_on=day, amount=Decimal(1)))
    page = karim.get("family.statement")
    offered = [item.text.strip() for item in page.soup.select("nav.choose li")]
    year = school_years.of(day).label
    assert offered == [
        "Toutes",
        "Non soldées",
        *sorted([SECOND_YEAR, FIRST_YEAR, year], reverse=True),
    ]
    assert len(rows(page.link(year).click())) == 1


@pytest.mark.parametrize("asked", ["2019-2020", "2025-2027", "9999-0000", "x", "²", "2025"])
def test_a_year_without_movements_shows_them_all(karim: Browser, asked: str) -> None:
    assert karim.get("family.statement", annee=asked).text == karim.get("family.statement").text


def test_on_one_day_invoices_come_before_payments(app: Flask, people: People) -> None:
    """Whatever was handed over first: the balance never shows money before the debt."""
    with app.app_context(), db.transaction() as session:
        family = session.query(Family).filter_by(number=people.zest.family_number).one()
        day = date(2016, 11, 8)
        session.add(Payment(source_id="p", family_id=family.id, paid_on=day, amount=Decimal(1)))
        session.add(invoice(family, "late", day, "2.00"))
    browser = Browser(app)
    browser.sign_in(people.zest)
    assert [row.split()[1] for row in rows(browser.get("family.statement"))] == [
        "Règlement",
        "Facture",
        "Facture",
    ]


def test_the_lines_of_an_invoice_are_grouped_by_child(karim: Browser) -> None:
    page = karim.get("family.invoice", public_id=public_id("g3"))
    assert [row.get_text(strip=True) for row in page.soup.select("tr.group")] == ["Adam", "Sofia"]
    assert "Prélèvement automatique SEPA 3" in page.text
    assert "sur un règlement de 10,00 €" in page.text
    assert "Échéance dépassée" in page.text


def test_the_town_says_how_to_pay(app: Flask, browser: Browser, people: People) -> None:
    browser.sign_in(people.zest)
    page = browser.get("family.invoice", public_id=public_id("f59"))
    assert "Appelez la mairie au 04 76 00 00 00 : elle vous dira comment payer." in page.text
    assert "Famille 3816231, facture 59" in page.text
    write_how_to_pay(app)
    for page in (
        browser.get("family.statement"),
        browser.get("family.invoice", public_id=public_id("f59")),
    ):
        assert "Par chèque, à l’ordre du Trésor public." in page.text
        assert "Comment payer" in page.text
        assert "comment payer." not in page.text


def test_a_credit_note_and_what_it_paid_lead_to_each_other(
    browser: Browser, people: People
) -> None:
    browser.sign_in(people.moreau)
    page = browser.get("family.invoice", public_id=public_id("f60"))
    assert "Chèque" in page.text
    page = page.link("Avoir n° 61").click()
    assert "4,20 € en votre faveur" in page.text
    assert page.link("N° 60").click().h1 == "Facture n° 60"


def write_how_to_pay(app: Flask) -> None:
    folder = app.extensions["portail.settings"].instance / "textes"
    folder.mkdir(parents=True)
    text = "Par chèque, à l’ordre du Trésor public."
    (folder / "paiement.txt").write_text(text, encoding="utf-8")


# On paper.


def test_words_of_the_town_are_shown_as_they_are(app: Flask, people: People) -> None:
    """The rows are written without Jinja's own escaping."""
    with app.app_context(), db.transaction() as session:
        family = session.query(Family).filter_by(number=people.marc.family_number).one()
        day = date(2026, 11, 3)
        session.add(invoice(family, "<i>1</i>", day, "1.00", label="<b>Cantine</b> & garderie"))
        session.add(
            Payment(
                source_id="p", family_id=family.id, paid_on=day, amount=Decimal("1.00"),
                mode="<u>Bon</u>", reference="<s>7</s>",
            )
        )  # fmt: skip
    browser = Browser(app)
    browser.sign_in(people.marc)
    page = browser.get("family.statement")
    for words in ("n° <i>1</i>", "<b>Cantine</b> & garderie", "<u>Bon</u> <s>7</s>"):
        assert words in page.text
    assert page.soup.select("table :is(b, i, u, s)") == []
