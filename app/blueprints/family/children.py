"""« Mes enfants »."""

from typing import TYPE_CHECKING

from flask import abort, render_template
from flask.typing import ResponseReturnValue

from app.blueprints.family.blueprint import family
from app.services.billing import activities
from app.services.bookings import agreeing, coming
from app.services.bookings.morning import unbooked
from app.services.documents import library
from app.services.families import children as service
from app.services.requests import registrations
from app.web.access import current_account
from app.web.files import send_stored_file
from app.web.menu import menu_counts
from app.web.site_map import labelled

if TYPE_CHECKING:
    from app.services.bookings.proofs.missed import Missed


@family.get("/enfants")
@labelled("Mes enfants", place=3)
def children() -> ResponseReturnValue:
    """A card for each child."""
    cards = service.cards(current_account().family_id)
    return render_template("family/children.html", children=cards)


@family.get("/enfants/<opaque:public_id>")
def child(public_id: str) -> ResponseReturnValue:
    """One child: details, activities and documents, as this family knows them."""
    account = current_account()
    found = activities.of_child(account.family_id, public_id)
    if found is None:
        abort(404)
    counts = menu_counts()
    return render_template(
        "family/child.html",
        child=found,
        counts=counts,
        booked=coming.of_child(account.family_id, public_id) if counts.takes_bookings else None,
        unbooked=unbooked.of_child(account.family_id, public_id) if counts.takes_bookings else (),
        agreement=agreeing.of_child(account.family_id, public_id)
        if counts.takes_bookings
        else None,
        missed=_missed(account.family_id, public_id) if counts.takes_bookings else (),
        registrations=registrations.of_child(account.family_id, public_id),
        documents=library.for_family_only(account),
    )


def _missed(family_id: int, public_id: str) -> "list[Missed]":
    from app.services.bookings.proofs import missed

    return missed.of_child(family_id, public_id)


@family.get("/enfants/<opaque:public_id>/photo")
def child_photo(public_id: str) -> ResponseReturnValue:
    """The photo of a child of the family."""
    return send_stored_file(service.photo(current_account().family_id, public_id), inline=True)
