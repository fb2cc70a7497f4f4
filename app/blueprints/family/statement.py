"""« Relevé de compte », on the screen, for a spreadsheet and on paper."""

from collections.abc import Sequence
from datetime import date
from itertools import groupby

from flask import render_template, request
from flask.typing import ResponseReturnValue

from app.blueprints.family.blueprint import family
from app.formats import today
from app.services.billing import ledger, statement_csv
from app.services.billing import statement as service
from app.services.billing.statement import StatementLine
from app.services.families import letterheads
from app.web import printing
from app.web.access import current_account
from app.web.files import CSV, only_with_printing, send_made_file, send_paper
from app.web.site_map import labelled

# The word of an address that asks for the invoices with something left to pay.
ONLY_UNPAID = "non-soldees"


@family.get("/releve")
@labelled("Relevé de compte", place=4)
def statement() -> ResponseReturnValue:
    """Every movement with its running balance, the newest first."""
    family_id = current_account().family_id
    page = service.page(family_id, request.args.get("annee", ""), request.args.get("page", ""))
    only_unpaid = request.args.get("filtre") == ONLY_UNPAID
    return render_template(
        "family/statement.html",
        unpaid=ledger.unpaid_invoices(family_id) if only_unpaid else None,
        period=page.period,
        page=page.lines,
        months=_by_month(page.lines.items),
        means=page.means,
        today=today(),
        can_print=printing.available(),
        most_on_paper=service.MOST_ON_PAPER,
    )


@family.get("/releve/csv")
def statement_spreadsheet() -> ResponseReturnValue:
    """The same for a spreadsheet, whole or of one year."""
    found = _whole()
    return send_made_file(statement_csv.make(found.lines), CSV, _name(found))


@family.get("/releve/pdf")
@only_with_printing
def statement_pdf() -> ResponseReturnValue:
    """The same on paper, up to a length that keeps nobody waiting."""
    found = _whole().latest(service.MOST_ON_PAPER)
    html = render_template(
        "print/statement.html",
        statement=found,
        letterhead=letterheads.of_family(current_account().family_id),
        today=today(),
    )
    return send_paper(html, _name(found), inline=True)


def _by_month(lines: Sequence[StatementLine]) -> list[tuple[date, list[StatementLine]]]:
    """Put the lines of each month together, under one of its days."""
    months = groupby(lines, key=lambda line: (line.day.year, line.day.month))
    together = (list(found) for _, found in months)
    return [(found[0].day, found) for found in together]


def _whole() -> service.WholeStatement:
    return service.whole(current_account().family_id, request.args.get("annee", ""))


def _name(found: service.WholeStatement) -> str:
    year = found.period.year
    return f"relevé de compte {year.label}" if year else "relevé de compte"
