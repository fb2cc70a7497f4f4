"""A new request: its kind, its form, its check, its sending; without JavaScript.

The check page holds the answers in hidden fields and asks for the files: a browser cannot keep
chosen files from one page to the next.
"""

from collections.abc import Callable
from functools import partial

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import SelectChoice

from app.blueprints.family.blueprint import family
from app.blueprints.family.requests.forms import FORMS, RequestForm, SomeOf, years
from app.formats import NBSP
from app.services import town_texts
from app.services.files import uploads
from app.services.files.uploads import CheckedFile, UploadRefused
from app.services.refusals import Refusal
from app.services.requests import answers, choices, kinds, sending
from app.services.requests.kinds import DETAILS, Kind
from app.services.requests.sending import Asked
from app.web import drafts
from app.web.access import current_account
from app.web.forms import show_again
from app.web.heavy_forms import checked_files, takes_files
from app.web.site_map import labelled

SENT = "Votre demande est envoyée. Elle porte le n°" + NBSP + "{}."

# What leads to a form asks {% if is_offered("facture") %} first. No test of Jinja's: those on
# constants are answered once, when the template is compiled.
family.app_template_global()(kinds.is_offered)


@family.get("/demandes/nouvelle")
@labelled("Nouvelle demande")
def new_request() -> ResponseReturnValue:
    """Choose what to ask."""
    return render_template("family/requests/kinds.html", kinds=kinds.offered())


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
    if form.is_submitted():
        return _take(found, form)
    if drafts.step() != drafts.CHECK:
        return render_template(
            "family/requests/form.html",
            form=form,
            kind=found,
            town_says=town_texts.read(town_texts.ABSENCE) if found.key == answers.ABSENCE else None,
        )
    if not form.is_ready():
        return redirect(url_for("family.request_form", kind=kind))
    return _check(found, form)


def _take(kind: Kind, form: RequestForm) -> ResponseReturnValue:
    step, valid = request.form.get("step"), form.validate()
    if step == "edit" and not form.stale:
        return show_again(form, drafts.EDIT)
    if not valid:
        return show_again(form)
    return _send(kind, form) if step == "send" else show_again(form, drafts.CHECK)


def _form(kind: Kind) -> RequestForm:
    family_id = current_account().family_id
    child, invoice = request.args.get("enfant", ""), request.args.get("facture", "")
    form = FORMS[kind.key](data={"child": child, "children": [child], "invoice": invoice})
    form.files.label.text = kind.files_label
    if "invoice" in form:
        invoice = form.invoice.data or ""
    offered: dict[str, Callable[[], list[tuple[str, str]]]] = {
        "child": partial(choices.of_children, family_id),
        "children": partial(choices.of_children, family_id),
        "invoice": partial(choices.of_invoices, family_id, invoice),
        "year": years,
    }
    for name in offered.keys() & set(form.data):
        form[name].choices = [SelectChoice(value, words) for value, words in offered[name]()]
    if not form.is_submitted():
        _choose_the_only_child(form)
    return form


def _choose_the_only_child(form: RequestForm) -> None:
    for name in {"child", "children"} & set(form.data):
        field = form[name]
        if len(field.choices) == 1:
            only = field.choices[0].value
            field.data = [only] if isinstance(field, SomeOf) else only


def _check(kind: Kind, form: RequestForm) -> ResponseReturnValue:
    children = form.words_for("child") + form.words_for("children")
    invoice = form.words_for("invoice")
    written = answers.written(
        kind.key,
        answers.with_children(form.details, children),
        children[0] if len(children) == 1 else None,
        invoice[0] if invoice else None,
    )
    return render_template(
        "family/requests/check.html",
        form=form,
        kind=kind,
        answers=written,
        similar=sending.similar(current_account(), kind, _asked(form)),
        is_soon=kind.key == answers.ABSENCE and answers.start_soon(form.details),
        hint=uploads.HINTS[kind.files] if kind.files else None,
    )


def _send(kind: Kind, form: RequestForm) -> ResponseReturnValue:
    files: list[CheckedFile] = []
    try:
        if kind.files:
            files = checked_files(
                form.files.data or [], kind.files, needed=kind.needs_file, only_one=kind.needs_file
            )
    except UploadRefused as refused:
        form.files.errors = [str(refused)]
        return show_again(form, drafts.CHECK)
    try:
        sent = sending.send(current_account(), kind, _asked(form), form.sending_key.data, files)
    except Refusal as refused:
        form.sending_key.renew()
        form.form_errors.append(str(refused))
        return show_again(form, drafts.CHECK)
    flash(SENT.format(sent.number), "success")
    return redirect(url_for("family.request", public_id=sent.public_id))


def _asked(form: RequestForm) -> Asked:
    invoice = form.chosen("invoice")
    return Asked(form.details, form.chosen_children, invoice[0] if invoice else None)
