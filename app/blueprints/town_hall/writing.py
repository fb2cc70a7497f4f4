"""« Écrire aux familles »: a draft, read again as parents will read it, then sent."""

from contextlib import suppress
from datetime import UTC, datetime

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response
from wtforms import Field

from app.blueprints.town_hall.blueprint import town_hall
from app.blueprints.town_hall.families import listing_asked
from app.blueprints.town_hall.message_forms import MessageForm
from app.blueprints.town_hall.messages import found_line, right_for, right_to
from app.blueprints.town_hall.target_form import USUAL_DELAY, family_in_address
from app.formats import near_moment, today
from app.paging import Page
from app.services.clerks import rights
from app.services.clerks.rights import Right
from app.services.files import uploads
from app.services.files.uploads import Accepted, UploadRefused
from app.services.inbox import composing, sending, sent
from app.services.inbox.composing import Letter
from app.services.refusals import Reason, Refusal
from app.services.targets.kinds import Target, TargetKind
from app.services.town_hall import families, family_lines, inviting
from app.web import lists, printing
from app.web.access_letters import Letters, print_letters
from app.web.clerk_access import current_clerk, must, needs
from app.web.drafts import stands_on
from app.web.files import only_with_printing
from app.web.forms import left_open, show_again
from app.web.heavy_forms import checked_files, takes_files
from app.web.lists import Column

COLUMNS = [Column(each) for each in ("Famille", "Responsables", "Accès")]
KEPT = "Brouillon gardé. Aucune famille ne le voit."
STOPPED = "Envoi annulé\u00a0: c’est de nouveau un brouillon, qu’aucune famille n’a vu."
SOON = "Visible dans 10\u00a0minutes."
AT_ITS_HOUR = "Il partira {}."
HINT = (
    f"{uploads.HINTS[Accepted.PAPERS]} Gardez le brouillon pour en ajouter d’autres, "
    f"{composing.MOST_FILES} en tout."
)


@town_hall.route("/mairie/messages/nouveau", methods=["GET", "POST"])
@needs(Right.WRITE)
@takes_files
def new_message() -> ResponseReturnValue:
    """A new message; the address may name a family, or those chosen from « Familles »."""
    form = _form()
    if form.is_submitted():
        return _save(form, None)
    if not form.body.data and not form.errors:
        form.show(Letter(_first_target(), "", ""))
    return _show(form, None)


@town_hall.route("/mairie/messages/<int:number>/modifier", methods=["GET", "POST"])
@needs(Right.WRITE)
@takes_files
def edit_message(number: int) -> ResponseReturnValue:
    """A draft, to go on with."""
    letter = _letter(number)
    form = _form()
    if form.is_submitted():
        return _save(form, number)
    if not form.body.data and not form.errors:
        form.show(letter)
    return _show(form, number)


@town_hall.get("/mairie/messages/<int:number>/relire")
@needs(Right.WRITE)
def check_message(number: int) -> ResponseReturnValue:
    """The page as parents will see it, and who they are."""
    try:
        draft = composing.read(number)
    except Refusal:
        return redirect(url_for("town_hall.message", number=number))
    must(right_to(draft.letter.target))
    listing = lists.read(COLUMNS)
    ids = sent.recipients(draft, listing.asked.page, family_lines.SIZE)
    return render_template(
        "town_hall/message_check.html",
        number=number,
        letter=draft.letter,
        reach=draft.reach,
        attachments=sent.attachments(number),
        listing=listing,
        families=Page(family_lines.read(ids.items), ids.number, ids.total, ids.size),
        today=today(),
        printing=printing.available(),
    )


@town_hall.get("/mairie/messages/<int:number>/lettres.pdf")
@needs(Right.ACCESS)
@only_with_printing
def message_letters(number: int) -> ResponseReturnValue:
    """The letters of those whom a message would not reach: they never came."""
    _letter(number)
    try:
        return print_letters(
            lambda: Letters(inviting.letters_of_message(current_clerk(), number)), inline=True
        )
    except Refusal as refused:
        flash(str(refused), "info")
        return redirect(url_for("town_hall.check_message", number=number))


@town_hall.post("/mairie/messages/<int:number>/envoyer")
@needs(Right.WRITE)
@stands_on("town_hall.check_message")
def send_message(number: int) -> ResponseReturnValue:
    """Have it leave, in ten minutes or at its hour."""
    if stale := left_open():
        return stale
    must(right_for(found_line(number)))
    try:
        return _send(number)
    except Refusal as refused:
        flash(str(refused), "info")
        left = refused.reason is Reason.CLOSED
        page = "town_hall.message" if left else "town_hall.edit_message"
        return redirect(url_for(page, number=number))


@town_hall.post("/mairie/messages/<int:number>/annuler")
@needs(Right.WRITE)
@stands_on("town_hall.message")
def cancel_message(number: int) -> ResponseReturnValue:
    """Think better of it."""
    if stale := left_open():
        return stale
    must(right_for(found_line(number)))
    try:
        sending.cancel(number, current_clerk())
        flash(STOPPED, "success")
    except Refusal as refused:
        flash(str(refused), "info")
    return redirect(url_for("town_hall.message", number=number))


def _send(number: int) -> Response:
    due_at = sending.send(number, current_clerk())
    soon = due_at - datetime.now(UTC) <= sending.RESPITE
    flash(SOON if soon else AT_ITS_HOUR.format(near_moment(due_at)), "success")
    return redirect(url_for("town_hall.message", number=number))


def _save(form: MessageForm, number: int | None) -> Response:
    if not form.validate():
        return show_again(form)
    act = request.form.get("act", "")
    try:
        if act != "keep":
            sending.check_hour(form.planned_for, datetime.now(UTC))
        files = checked_files(form.files.data or [], Accepted.PAPERS, needed=False)
        kept = composing.save(form.letter, current_clerk(), number, files, form.removed.data or ())
        if act == "send" and form.target.kind is TargetKind.FAMILY:
            return _send(kept)
    except UploadRefused as refused:
        form.files.errors = [str(refused)]
        return show_again(form)
    except Refusal as refused:
        _field_at_fault(form, refused).errors = [str(refused)]
        return show_again(form)
    if act == "keep":
        flash(KEPT, "success")
        return redirect(url_for("town_hall.messages", etat="brouillons"))
    return redirect(url_for("town_hall.check_message", number=kept))


def _show(form: MessageForm, number: int | None) -> str:
    return render_template(
        "town_hall/write.html",
        form=form,
        number=number,
        hint=HINT,
        attachments=[] if number is None else sent.attachments(number),
    )


def _form() -> MessageForm:
    form = MessageForm()
    form.offer(to_all=rights.may(current_clerk(), Right.WRITE_TO_ALL))
    return form


def _letter(number: int) -> Letter:
    """Read the draft that an address names; what left is none any more."""
    must(right_for(found_line(number)))
    try:
        return composing.read(number).letter
    except Refusal:
        abort(404)


def _first_target() -> Target:
    """Begin with the families that the address names; with nobody in particular otherwise."""
    if not rights.may(current_clerk(), Right.WRITE_TO_ALL):
        return Target(TargetKind.LATE, (USUAL_DELAY,))
    if lists.TICK in request.args or lists.EVERYTHING in request.args:
        with suppress(Refusal):
            chosen = families.numbers(listing_asked().selection)
            return Target(TargetKind.NUMBERS, chosen)
    return family_in_address()


def _field_at_fault(form: MessageForm, refused: Refusal) -> Field:
    if refused.reason is Reason.TOO_MANY:
        return form.files
    return form.day if str(refused) in {sending.PAST, sending.TOO_FAR} else form.of_target
