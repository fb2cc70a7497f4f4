"""A new request: its kind, its form, its check, its sending; without JavaScript.

The check page holds the answers in hidden fields and asks for the files: a browser cannot keep
chosen files from one page to the next.
"""

from functools import partial

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.blueprints.family.blueprint import family
from app.formats import NBSP
from app.services import town_texts
from app.services.files import uploads
from app.services.files.uploads import UploadRefused
from app.services.refusals import Refusal
from app.services.requests import answers, kinds, sending
from app.services.requests.kinds import DETAILS, PLACE, Kind
from app.web import drafts
from app.web.access import current_account
from app.web.forms import show_again
from app.web.heavy_forms import takes_files
from app.web.menu import menu_counts
from app.web.reading_over import take
from app.web.request_forms import FORMS, RequestForm
from app.web.site_map import labelled

SENT = "Votre demande est envoyée. Elle porte le n°" + NBSP + "{}."

# What leads to a form asks {% if is_offered("facture") %} first. No test of Jinja's: those on
# constants are answered once, when the template is compiled.
family.app_template_global()(kinds.is_offered)

NO_PLACE = "Cette place ne se demande pas, ou plus\u00a0: voyez ci-dessous ce qui est possible."

# Where these are done day by day, once the town opened its services.
BOOKED = {
    "cantine": "family.bookings",
    "garderie": "family.bookings",
    "absence": "family.absence",
}
# Of whom to enrol: the request stays, for who cannot book yet.
TO_ENROL = frozenset({"enfant", "inscription"})


@family.get("/demandes/nouvelle")
@labelled("Nouvelle demande")
def new_request() -> ResponseReturnValue:
    """Choose what to ask."""
    return render_template(
        "family/requests/kinds.html",
        kinds=[each for each in kinds.offered() if not each.from_week],
        takes_bookings=menu_counts().takes_bookings,
    )


@family.route("/demandes/nouvelle/<kind>", methods=["GET", "POST"])
@takes_files
def request_form(kind: str) -> ResponseReturnValue:
    """Fill in, check, send."""
    found = kinds.by_slug(kind)
    if found is None:
        abort(404)
    if found.key == DETAILS:
        return redirect(url_for("family.account"))
    form = _form(found)
    if form is None:
        flash(NO_PLACE, "info")
        return redirect(url_for("family.bookings"))
    if form.is_submitted():
        return take(form, partial(_send, found, form))
    return redirect(url_for(BOOKED[kind])) if _is_booked(kind) else _show(found, form)


def _show(found: Kind, form: RequestForm) -> ResponseReturnValue:
    """Show the form, or what was typed in it to be checked."""
    if drafts.step() != drafts.CHECK:
        return render_template(
            "family/requests/form.html",
            form=form,
            kind=found,
            town_says=town_texts.read(town_texts.ABSENCE) if found.key == answers.ABSENCE else None,
        )
    if not form.is_ready():
        return redirect(form.action or url_for("family.request_form", kind=found.slug))
    return _check(found, form)


def _is_booked(slug: str) -> bool:
    """Tell whether an address that somebody kept leads to what was before the bookings."""
    if slug not in BOOKED or drafts.step() or not menu_counts().takes_bookings:
        return False
    return slug == "absence" or not TO_ENROL & request.args.keys()


def _form(kind: Kind) -> RequestForm | None:
    """Begin the form; None for a place that cannot be asked for."""
    if kind.key == PLACE:
        from app.blueprints.family.requests import place_form

        return place_form.begun(request.args.get("place", ""))
    child, invoice = request.args.get("enfant", ""), request.args.get("facture", "")
    data = {"child": child, "children": [child], "invoice": invoice}
    form = FORMS[kind.key](data={**data, "text": _begun()})
    form.offer(kind, current_account().family_id)
    return form


def _begun() -> str:
    """Return what the request begins with, where the page that leads there knows."""
    if "mois" in request.args:
        from app.services.bookings import instead

        return instead.question(request.args["mois"])
    return ""


def _check(kind: Kind, form: RequestForm) -> ResponseReturnValue:
    children = form.words_for("child") + form.words_for("children")
    invoice = form.words_for("invoice")
    written = answers.written(
        kind.key,
        answers.with_children(form.told, children),
        children[0] if len(children) == 1 else None,
        invoice[0] if invoice else None,
    )
    return render_template(
        "family/requests/check.html",
        form=form,
        kind=kind,
        answers=written,
        similar=sending.similar(current_account(), kind, form.asked),
        is_soon=kind.key == answers.ABSENCE and answers.start_soon(form.details),
        hint=uploads.HINTS[kind.files] if kind.files else None,
    )


def _send(kind: Kind, form: RequestForm) -> ResponseReturnValue:
    try:
        files = form.checked_files(kind)
    except UploadRefused as refused:
        form.files.errors = [str(refused)]
        return show_again(form, drafts.CHECK)
    try:
        sent = sending.send(current_account(), kind, form.asked, form.sending_key.data, files)
    except Refusal as refused:
        form.sending_key.renew()
        form.form_errors.append(str(refused))
        return show_again(form, drafts.CHECK)
    flash(SENT.format(sent.number), "success")
    return redirect(url_for("family.request", public_id=sent.public_id))
