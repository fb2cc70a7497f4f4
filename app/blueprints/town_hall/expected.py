"""« Qui vient »: who comes on a day, on the screen, on paper and for a spreadsheet."""

from datetime import UTC, date, datetime

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app import spreadsheets
from app.blueprints.town_hall.blueprint import town_hall
from app.formats import day_in_words, today
from app.gates import Crowded
from app.services.clerks.rights import Right
from app.services.refusals import Refusal
from app.web import printing
from app.web.clerk_access import current_clerk, needs
from app.web.files import CSV, PDF, only_with_printing, send_made_file

BUSY = "Un autre document est en cours d’impression\u00a0: recommencez dans un instant."


@town_hall.get("/mairie/jour")
@town_hall.get("/mairie/jour/<day>")
@needs(Right.EXPECTED)
def expected(day: str = "") -> ResponseReturnValue:
    """Who comes that day, or the next one of service."""
    # Looked at in the morning: the rest of the day does without.
    from app.services.bookings import day_list, day_papers, served_days

    slug = _slug()
    try:
        on = served_days.of(_day(day) if day else None, slug)
    except Refusal:
        abort(404)
    paper = day_papers.latest(on.day, slug)
    return render_template(
        "town_hall/expected.html",
        on=on,
        found=day_list.of_known(on.day, slug),
        paper=paper,
        changes=day_papers.changes(on.day, slug, paper.at) if paper else (),
        today=today(),
        printing=printing.available(),
    )


@town_hall.get("/mairie/jour/<day>/liste.pdf")
@needs(Right.EXPECTED)
@only_with_printing
def expected_paper(day: str) -> ResponseReturnValue:
    """The same, to be held in one’s hands."""
    from app.services.bookings import day_list, day_papers

    on, slug = _day(day), _slug()
    try:
        with printing.making.passing():
            found = day_list.of_day(on, slug)
            html = render_template(
                "print/expected.html",
                found=found,
                service=found.lines[0].service if slug and found.lines else "",
                made_at=datetime.now(UTC),
            )
            paper = printing.to_pdf(html)
    except Refusal:
        abort(404)
    except Crowded:
        flash(BUSY, "info")
        return redirect(url_for("town_hall.expected", day=day, service=slug or None))
    day_papers.note(current_clerk(), on, slug)
    return send_made_file(paper, PDF, _name(on, slug), inline=True)


@town_hall.get("/mairie/jour/<day>/liste.csv")
@needs(Right.EXPECTED)
def expected_file(day: str) -> ResponseReturnValue:
    """The same, for a spreadsheet."""
    from app.services.bookings import day_list, day_papers

    on, slug = _day(day), _slug()
    try:
        found = day_list.of_day(on, slug)
    except Refusal:
        abort(404)
    day_papers.note(current_clerk(), on, slug)
    content = spreadsheets.table(day_list.HEADINGS, (line.cells for line in found.lines))
    return send_made_file(content, CSV, _name(on, slug))


def _slug() -> str:
    return request.args.get("service", "")


def _day(typed: str) -> date:
    try:
        return date.fromisoformat(typed)
    except ValueError:
        abort(404)


def _name(on: date, slug: str) -> str:
    return f"Liste du {day_in_words(on)} {slug}".rstrip()
