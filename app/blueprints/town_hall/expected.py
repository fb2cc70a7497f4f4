"""« Qui vient »: who comes on a day, on the screen, on paper and for a spreadsheet."""

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app import spreadsheets
from app.blueprints.town_hall.blueprint import town_hall
from app.formats import day_in_words, today
from app.gates import Crowded
from app.services.clerks import rights
from app.services.clerks.rights import Right
from app.services.refusals import Refusal
from app.web import printing
from app.web.access import opens_page
from app.web.clerk_access import current_clerk, needs
from app.web.files import CSV, PDF, only_with_printing, send_made_file

if TYPE_CHECKING:
    from app.services.bookings.morning.day_list import DayList

BUSY = "Un autre document est en cours d’impression\u00a0: recommencez dans un instant."


@town_hall.get("/mairie/jour")
@town_hall.get("/mairie/jour/<day>")
@needs(Right.EXPECTED)
def expected(day: str = "") -> ResponseReturnValue:
    """Who comes that day, or the next one of service."""
    # Looked at in the morning: the rest of the day does without.
    from app.services.bookings.morning import (
        beside,
        day_groups,
        day_list,
        day_papers,
        served_days,
    )

    clerk = current_clerk()
    try:
        on = served_days.of(_day(day) if day else None, _asked(), clerk.serves)
    except Refusal:
        abort(404)
    if not on.offered:
        return render_template("town_hall/expected.html", on=on)
    slug = on.service.slug if on.service else ""
    found = day_list.of_known(on.day, slug, with_health=_may_read_health(), only=clerk.serves)
    told = beside.read(on, slug, clerk)
    if found.health and not told.is_health_seen and opens_page():
        day_papers.note_health(clerk, on.day, slug)
    parts = day_groups.parts(found) if slug else []
    part = request.args.get("groupe")
    is_part = part in {each.name for each in parts}
    shown = day_groups.of_part(found, part or "") if is_part else found
    return render_template(
        "town_hall/expected.html",
        on=on,
        found=shown,
        sections=day_groups.sections(shown, () if is_part else parts),
        parts=parts,
        part=part if is_part else None,
        told=told,
        may_read_health=_may_read_health(),
        reads_all=clerk.serves is None,
        today=today(),
        printing=printing.available(),
    )


@town_hall.get("/mairie/jour/<day>/liste.pdf")
@needs(Right.EXPECTED)
@only_with_printing
def expected_paper(day: str) -> ResponseReturnValue:
    """The same, to be held in one’s hands."""
    from app.services.bookings.morning import beside, day_groups

    on, slug = _day(day), _slug()
    try:
        with printing.making.passing():
            found = _read(on, slug)
            parts = day_groups.parts(found) if slug else []
            html = render_template(
                "print/expected.html",
                found=found,
                unbooked=beside.unbooked(on, slug),
                parts=parts,
                sections=day_groups.sections(found, parts),
                service=found.lines[0].service if slug and found.lines else "",
                made_at=datetime.now(UTC),
            )
            paper = printing.to_pdf(html)
    except Refusal:
        abort(404)
    except Crowded:
        flash(BUSY, "info")
        return redirect(url_for("town_hall.expected", day=day, service=slug or None))
    _note(found)
    return send_made_file(paper, PDF, _name(on, slug), inline=True)


@town_hall.get("/mairie/jour/<day>/liste.csv")
@needs(Right.EXPECTED)
def expected_file(day: str) -> ResponseReturnValue:
    """The same, for a spreadsheet."""
    from app.services.bookings.morning import beside, day_table

    on, slug = _day(day), _slug()
    try:
        found = _read(on, slug)
        headings, *rows = day_table.of(found, beside.unbooked(on, slug))
    except Refusal:
        abort(404)
    _note(found)
    content = spreadsheets.table(headings, rows)
    return send_made_file(content, CSV, _name(on, slug))


def _may_read_health() -> bool:
    return rights.may(current_clerk(), Right.DIETS)


def _note(found: "DayList") -> None:
    """Write down who took a list away, with what health asks on it or not."""
    from app.services.bookings.morning import day_papers

    day_papers.note(current_clerk(), found.day, _slug(), with_health=bool(found.health))


def _read(on: date, slug: str) -> "DayList":
    from app.services.bookings.morning import day_list

    only = current_clerk().serves
    return day_list.of_day(on, slug, with_health=_may_read_health(), only=only)


def _slug() -> str:
    """Return which service a paper is of, which has to be one of theirs."""
    slug = _asked()
    if not current_clerk().works_for(slug):
        abort(404)
    return slug


def _asked() -> str:
    return request.args.get("service", "")


def _day(typed: str) -> date:
    try:
        return date.fromisoformat(typed)
    except ValueError:
        abort(404)


def _name(on: date, slug: str) -> str:
    return f"Liste du {day_in_words(on)} {slug}".rstrip()
