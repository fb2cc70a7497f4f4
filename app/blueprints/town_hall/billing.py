"""« Facturation »: a month of services for the town's own software, which makes the invoices."""

from collections.abc import Callable
from datetime import date, timedelta

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app import formats
from app.blueprints.town_hall.blueprint import town_hall
from app.calendar import months
from app.formats import today
from app.services.actors import CurrentClerk
from app.services.clerks.rights import Right
from app.services.refusals import Refusal
from app.web.clerk_access import current_clerk, needs
from app.web.drafts import stands_on
from app.web.files import CSV, send_made_file
from app.web.forms import left_open

INVOICED = "{} est facturé\u00a0: les familles n’y changent plus rien."
OPENED = "{} est rouvert."


@town_hall.get("/mairie/facturation")
@needs(Right.BILLING)
def billing() -> ResponseReturnValue:
    """The codes of a month, the last one that is over unless another is asked for."""
    # Looked at once a month: the rest of it does without.
    from app.services.bookings import invoicing
    from app.services.bookings.month_end import billing_words, month_codes

    usual = today().replace(day=1) - timedelta(days=1)
    month = months.parse(request.args.get("mois", "")) or usual
    first, last = months.both_ends(month)
    invoiced = invoicing.known()
    listed = month_codes.services(first)
    return render_template(
        "town_hall/billing.html",
        first=first,
        name=months.name_of(first),
        title=formats.month(first),
        before=first - timedelta(days=1),
        after=last + timedelta(days=1),
        listed=listed,
        shown=next(
            (each for each in listed if str(each.number) == request.args.get("service")), None
        ),
        codes=billing_words.SHOWN,
        has_begun=first <= today(),
        is_over=last < today(),
        is_invoiced=bool(invoiced) and first <= invoiced[0].month,
        is_latest=bool(invoiced) and first == invoiced[0].month,
        said=next((each for each in invoiced if each.month == first), None),
    )


@town_hall.get("/mairie/facturation/<month>/presences.csv")
@needs(Right.BILLING)
def billing_file(month: str) -> ResponseReturnValue:
    """Each child's day, coded, as `flask reservations exporter` writes it."""
    from app.services.bookings.month_end import month_files

    first = _month(month)
    return send_made_file(month_files.presences(first), CSV, f"Présences {month}")


@town_hall.post("/mairie/facturation/<month>/facturer")
@needs(Right.BILLING)
@stands_on("town_hall.billing")
def invoice_month(month: str) -> ResponseReturnValue:
    """Let nothing of it change any more."""
    from app.services.bookings import invoicing

    return _change(month, invoicing.invoice, INVOICED)


@town_hall.post("/mairie/facturation/<month>/rouvrir")
@needs(Right.BILLING)
@stands_on("town_hall.billing")
def open_month(month: str) -> ResponseReturnValue:
    """Let it change again."""
    from app.services.bookings import invoicing

    return _change(month, invoicing.open_again, OPENED)


def _change(
    month: str, act: Callable[[date, CurrentClerk], None], said: str
) -> ResponseReturnValue:
    if stale := left_open():
        return stale
    first = _month(month)
    try:
        act(first, current_clerk())
    except Refusal as refused:
        flash(refused.sentence, "info")
    else:
        flash(said.format(formats.month(first).capitalize()), "success")
    return redirect(url_for("town_hall.billing", mois=month))


def _month(name: str) -> date:
    return months.parse(name) or abort(404)
