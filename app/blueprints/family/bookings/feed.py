"""« Agenda et rappels »: a private address for the calendar of a phone, and what it answers."""

from datetime import UTC, datetime
from http import HTTPStatus

from flask import Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import BooleanField

from app.blueprints.family.blueprint import family
from app.settings import settings
from app.web.access import Audience, current_account, opens_to
from app.web.forms import Form, show_again
from app.web.site_map import labelled

MADE = "Votre adresse est prête. Celle d’avant, s’il y en avait une, ne mène plus à rien."
ENDED = "L’adresse ne mène plus à rien."
KEPT_FOR = 900


class FeedForm(Form):
    """How children are named in it."""

    first_names = BooleanField("Écrire les prénoms en entier, et non l’initiale")


@family.route("/reservations/agenda", methods=["GET", "POST"])
@labelled("Agenda et rappels")
def agenda() -> ResponseReturnValue:
    """The address, how to add it on a phone; a button for another one."""
    from app.services.bookings.feed import feeds

    form = FeedForm()
    account = current_account()
    if not form.is_submitted():
        address = feeds.of_account(account.account_id)
        link = ""
        if address and address.token:
            form.first_names.data = address.first_names
            link = f"{settings.public_url.rstrip('/')}{url_for('family.feed', token=address.token)}"
        return render_template("family/bookings/agenda.html", form=form, address=address, link=link)
    if not form.validate():
        return show_again(form)
    if "end" in request.form:
        feeds.end(account)
        flash(ENDED, "success")
    else:
        feeds.make(account, first_names=form.first_names.data)
        flash(MADE, "success")
    return redirect(url_for("family.agenda"))


@family.get("/agenda/<token>.ics")
@opens_to(Audience.STRANGERS)
def feed(token: str) -> ResponseReturnValue:
    """The calendar of an address, for whoever knows it: a program, without a session."""
    from app.services.bookings.feed import feeding

    now = datetime.now(UTC)
    found = feeding.find(token, now)
    if found is None:
        abort(HTTPStatus.NOT_FOUND)
    if found.mark in request.if_none_match:
        # Costs what finding that an address leads nowhere does: nothing is counted, nor written.
        response = Response(status=HTTPStatus.NOT_MODIFIED)
    elif feeding.is_asked_too_often(found):
        abort(HTTPStatus.TOO_MANY_REQUESTS)
    else:
        response = Response(feeding.calendar(found, now), mimetype="text/calendar")
    response.set_etag(found.mark)
    response.headers["Cache-Control"] = f"private, max-age={KEPT_FOR}"
    return response
