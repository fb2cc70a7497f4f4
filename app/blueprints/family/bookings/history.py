"""« Historique des réservations », on the screen and on paper."""

from flask import render_template, request
from flask.typing import ResponseReturnValue

from app.blueprints.family.blueprint import family
from app.formats import today
from app.services.families import letterheads
from app.web import printing
from app.web.access import current_account
from app.web.files import only_with_printing, send_paper
from app.web.site_map import labelled


@family.get("/reservations/historique")
@labelled("Historique des réservations")
def bookings_history() -> ResponseReturnValue:
    """Every change: who, when, what was said; of a child, of the days of a month, or of all."""
    from app.services.bookings import histories

    asked = request.args
    return render_template(
        "family/bookings/history.html",
        history=histories.page(
            current_account(), asked.get("enfant", ""), asked.get("mois", ""), asked.get("page", "")
        ),
        can_print=printing.available(),
        most_on_paper=histories.MOST_ON_PAPER,
    )


@family.get("/reservations/historique/pdf")
@only_with_printing
def bookings_history_pdf() -> ResponseReturnValue:
    """The same to keep, or to show to the town hall."""
    from app.services.bookings import histories

    account, asked = current_account(), request.args
    html = render_template(
        "print/bookings_history.html",
        history=histories.on_paper(account, asked.get("enfant", ""), asked.get("mois", "")),
        letterhead=letterheads.of_family(account.family_id),
        today=today(),
    )
    return send_paper(html, "historique des réservations", inline=True)
