"""« En retard de paiement »: the families that should have paid by now, and writing to them."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.blueprints.town_hall.blueprint import town_hall
from app.blueprints.town_hall.messages import right_to
from app.services.clerks import rights
from app.services.clerks.rights import Right
from app.services.refusals import Refusal
from app.services.town_hall import families
from app.services.town_hall.money import dunning
from app.services.town_hall.money import late_payers as service
from app.services.town_hall.money.late_payers import DEBITED, LEFT, NOT_DEBITED, SINCE
from app.web import lists
from app.web.clerk_access import current_clerk, must, needs
from app.web.drafts import stands_on
from app.web.files import CSV, send_made_file
from app.web.forms import left_open
from app.web.lists import Act, Column, Filter, Listing

COLUMNS = (
    Column("Famille"),
    Column("Téléphone"),
    Column("Depuis", SINCE),
    Column("Reste", LEFT, "number", few=True),
    Column("Prélevée"),
)
DELAYS = [(str(days), f"Plus de {days}\u00a0jours") for days in (7, 15, 30, 60, 90, 180)]
DEBITS = ((NOT_DEBITED, "Non prélevées"), (DEBITED, "Prélevées"))
# Ticked, they are written to as any other families are.
ACTS = (Act("Écrire un rappel", "town_hall.dun_late_payers"),)
CHOOSE = "Cochez d’abord des familles, ou «\u00a0Tout sélectionner\u00a0»."
BEGUN = "Relisez ce rappel, et changez-le à votre gré\u00a0: aucune famille ne le voit encore."


@town_hall.get("/mairie/impayes")
@needs(Right.AMOUNTS)
def late_payers() -> ResponseReturnValue:
    """A page of them, the oldest debt first."""
    listing = _listing()
    page = service.listed(listing.asked)
    return render_template(
        "town_hall/late_payers.html",
        listing=listing,
        page=page,
        # Whoever writes to late payers only writes to all of them.
        duns_all=not listing.acts and dunning.is_of_all(listing.asked.filters),
    )


@town_hall.get("/mairie/impayes.csv")
@needs(Right.AMOUNTS)
def late_payers_file() -> ResponseReturnValue:
    """All that the filters find, for a spreadsheet."""
    listing = _listing()
    try:
        return send_made_file(service.table(listing.asked), CSV, "En retard de paiement")
    except Refusal as refused:
        flash(str(refused), "info")
        return redirect(listing.to("town_hall.late_payers"))


@town_hall.post("/mairie/impayes/rappel")
@needs(Right.WRITE)
@stands_on("town_hall.late_payers")
def dun_late_payers() -> ResponseReturnValue:
    """Begin a message to those that are chosen."""
    listing = _listing()
    if stale := left_open():
        return stale
    if listing.selection.is_empty:
        flash(CHOOSE, "info")
        return redirect(listing.to("town_hall.late_payers"))
    try:
        target = dunning.target(listing.selection)
        must(right_to(target))
        number = dunning.draft(target, current_clerk())
    except Refusal as refused:
        flash(str(refused), "info")
        return redirect(listing.to("town_hall.late_payers"))
    flash(BEGUN, "info")
    return redirect(url_for("town_hall.edit_message", number=number))


def _listing() -> Listing:
    schools = Filter("ecole", "École", [(each, each) for each in families.schools()])
    return lists.read(
        COLUMNS,
        (
            Filter("depuis", "En retard depuis", DELAYS, none="Toute durée"),
            Filter("prelevement", "Prélèvement", DEBITS),
            schools,
            Filter("famille", "Famille"),
        ),
        usual=SINCE,
        download="town_hall.late_payers_file",
        acts=ACTS if rights.may(current_clerk(), Right.WRITE_TO_ALL) else (),
    )
