"""« Effectifs »: how many come each day of a week, for whoever cooks."""

from datetime import date

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app import spreadsheets
from app.blueprints.town_hall.blueprint import town_hall
from app.services.bookings import weeks
from app.services.bookings.morning.head_counts import WeekHeads
from app.services.clerks import rights
from app.services.clerks.rights import Right
from app.services.refusals import Refusal
from app.web.clerk_access import current_clerk, needs
from app.web.drafts import stands_on
from app.web.files import CSV, send_made_file
from app.web.forms import left_open

ORDERED = "Commandé\u00a0: un courriel part à {}."


@town_hall.get("/mairie/effectifs")
@needs(Right.EXPECTED)
def head_counts() -> ResponseReturnValue:
    """A week of a service."""
    from app.services.bookings.morning import meal_orders

    heads = _read()
    return render_template(
        "town_hall/head_counts.html",
        heads=heads,
        orders=meal_orders.read(heads) if heads else None,
        week=request.args.get("semaine") or None,
    )


@town_hall.post("/mairie/effectifs/commander")
@needs(Right.ORDER)
@stands_on("town_hall.head_counts")
def order_meals() -> ResponseReturnValue:
    """Freeze a day, and send it to whoever cooks."""
    from app.services.bookings.morning import meal_orders

    if stale := left_open():
        return stale
    heads = _read() or abort(404)
    typed = request.form.get("day", "")
    try:
        all_days = typed == meal_orders.ALL_DAYS
        days = meal_orders.to_order(heads) if all_days else [date.fromisoformat(typed)]
    except ValueError:
        days = []
    try:
        address = meal_orders.place(heads, days, request.form.get("address", ""), current_clerk())
        flash(ORDERED.format(address), "success")
    except Refusal as refused:
        flash(refused.sentence, "info")
    week = request.args.get("semaine") or None
    return redirect(url_for("town_hall.head_counts", semaine=week, service=heads.service.slug))


@town_hall.get("/mairie/effectifs.csv")
@needs(Right.EXPECTED)
def head_counts_file() -> ResponseReturnValue:
    """The same, for a spreadsheet."""
    found = _read() or abort(404)
    name = f"Effectifs {found.service.name} {weeks.name_of_week(found.monday)}"
    return send_made_file(spreadsheets.table(*found.table()), CSV, name)


def _read() -> WeekHeads | None:
    # Looked at once a week.
    from app.services.bookings.morning import head_counts as service

    named = request.args.get("semaine", "")
    monday = weeks.monday_of(named) if named else weeks.week_to_come()
    clerk = current_clerk()
    try:
        return service.read(
            monday or abort(404),
            request.args.get("service", ""),
            with_health=rights.may(clerk, Right.DIETS),
            only=clerk.serves,
        )
    except Refusal:
        abort(404)
