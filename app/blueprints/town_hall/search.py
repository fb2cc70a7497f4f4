"""« Chercher une famille », on every page: straight to the one that was meant, or a choice."""

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.blueprints.town_hall.blueprint import town_hall
from app.services.clerks import rights
from app.services.clerks.rights import Right
from app.services.town_hall import searching
from app.typed_text import one_line
from app.web.clerk_access import current_clerk, needs

LONGEST = 100


@town_hall.get("/mairie/recherche")
@needs(Right.FAMILIES)
def search() -> ResponseReturnValue:
    """Who is it?"""
    typed = one_line(request.args.get("q", ""))[:LONGEST]
    found = searching.search(typed)
    sees_amounts = rights.may(current_clerk(), Right.AMOUNTS)
    if found.only_invoice is not None and sees_amounts:
        return redirect(url_for("town_hall.invoice", public_id=found.only_invoice))
    if found.only_family is not None:
        return redirect(url_for("town_hall.family", family_id=found.only_family))
    if found.request is not None and not (found.families or found.invoices):
        return redirect(url_for("town_hall.request", number=found.request))
    return render_template(
        "town_hall/search.html", typed=typed, found=found, sees_amounts=sees_amounts
    )
