"""What the town hall does with a request: each act answers with the way to undo it."""

from collections.abc import Callable
from datetime import date

from flask import abort, flash, redirect, url_for
from flask import request as asked
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from app.blueprints.town_hall.blueprint import town_hall
from app.blueprints.town_hall.request_forms import (
    AnswerForm,
    EntrustForm,
    PostponeForm,
    SeenForm,
)
from app.blueprints.town_hall.requests import found_request, right_for
from app.services.accounts.drafts import Draft
from app.services.clerks.rights import Right
from app.services.files.uploads import Accepted, CheckedFile, UploadRefused
from app.services.refusals import Reason, Refusal
from app.services.requests import desk, desk_listing, ready_answers, undoing
from app.services.requests.desk import Done
from app.services.requests.desk_reading import DeskRequest
from app.services.requests.kinds import Kind
from app.web import drafts
from app.web.clerk_access import current_clerk, must, needs
from app.web.drafts import stands_on
from app.web.forms import left_open, owner, show_again
from app.web.heavy_forms import checked_files, takes_files

MAIL_WAITS = "La famille sera prévenue dans 2\u00a0minutes."
NO_MAIL = "La famille le lira dans le portail\u00a0: elle ne reçoit pas de courriel."
TEXT_KEPT = "Votre texte est gardé ci-dessous."
NOTED = "Note ajoutée. La famille ne la voit pas."
NOTE_WITHOUT_FILE = "Une note interne ne porte pas de fichier."
UNDONE = "C’est annulé\u00a0: la demande est comme avant, et la famille ne reçoit rien."
HELD = "Vous vous en occupez."
HANDED = "C’est noté\u00a0: {} s’en occupe."

# What was done, before what follows; what is accepted says it in the words of its kind.
SAID = {"speak": "Message envoyé.", "ask": "Pièce demandée.", "refuse": "Demande refusée."}
PLANNED = "L’effacement est prévu."
POSTPONED = "La date est changée."
ANSWERS: dict[str, Callable[..., Done]] = {
    "speak": desk.speak,
    "ask": desk.ask,
    "accept": desk.accept,
    "refuse": desk.refuse,
}


@town_hall.post("/mairie/demandes/<int:number>/repondre")
@needs(Right.ANSWER)
@stands_on("town_hall.request")
@takes_files
def answer_request(number: int) -> ResponseReturnValue:
    """Say something to the family, or note it for the town hall alone."""
    form, act = AnswerForm(), asked.form.get("act", "")
    if not form.validate():
        return show_again(form)
    if act not in {"note", "fill", *ANSWERS}:
        abort(400)
    found = found_request(number)
    kind = found.details.kind
    must(right_for(kind, act))
    if act == "fill":
        return _fill(found, form)
    try:
        files = checked_files(form.files.data or [], Accepted.PAPERS, needed=False)
        return _note(number, form, files) if act == "note" else _say(kind, number, form, files)
    except UploadRefused as refused:
        form.files.errors = [str(refused)]
    except Refusal as refused:
        form.form_errors.append(_told(refused))
    return show_again(form)


@town_hall.post("/mairie/demandes/<int:number>/prendre")
@needs(Right.ANSWER)
@stands_on("town_hall.request")
def hold_request(number: int) -> ResponseReturnValue:
    """« Je m’en occupe »."""
    form = SeenForm()
    if stale := left_open():
        return stale
    must(right_for(found_request(number).details.kind, ""))
    try:
        done = desk.hold(number, current_clerk(), form.seen.data)
    except Refusal as refused:
        return _said_no(number, refused)
    return _went_well(number, done, HELD)


@town_hall.post("/mairie/demandes/<int:number>/confier")
@needs(Right.ANSWER)
@stands_on("town_hall.request")
def entrust_request(number: int) -> ResponseReturnValue:
    """« Confier à … »."""
    form = EntrustForm()
    if stale := left_open():
        return stale
    must(right_for(found_request(number).details.kind, ""))
    try:
        done = desk.entrust(number, form.clerk.data or "", current_clerk(), form.seen.data)
    except Refusal as refused:
        return _said_no(number, refused)
    return _went_well(number, done, HANDED.format(found_request(number).line.holder))


@town_hall.post("/mairie/demandes/<int:number>/reporter")
@needs(Right.ANSWER)
@stands_on("town_hall.request")
def postpone_request(number: int) -> ResponseReturnValue:
    """« Changer la date promise »."""
    form = PostponeForm()
    if not form.validate():
        return show_again(form)
    must(right_for(found_request(number).details.kind, ""))
    day, word = date.fromisoformat(form.day.data or ""), form.word.data or ""
    try:
        done = desk.postpone(number, day, word, current_clerk(), form.seen.data)
    except Refusal as refused:
        form.form_errors.append(_told(refused))
        return show_again(form)
    return _went_well(number, done, POSTPONED)


@town_hall.post("/mairie/demandes/<int:number>/annuler/<int:event_id>")
@needs(Right.ANSWER)
@stands_on("town_hall.request")
def undo_answer(number: int, event_id: int) -> ResponseReturnValue:
    """Go back on what was just done; the text that was typed is there again."""
    if stale := left_open():
        return stale
    must(right_for(found_request(number).details.kind, ""))
    try:
        text = undoing.undo(number, event_id, current_clerk())
    except Refusal as refused:
        return _said_no(number, refused)
    flash(UNDONE, "success")
    page = url_for("town_hall.request", number=number)
    if text:
        drafts.keep(owner(), page, Draft({"text": [text]}))
    return redirect(page)


def _fill(found: DeskRequest, form: AnswerForm) -> Response:
    """Put what is ready below what was typed, to be read again."""
    ready = ready_answers.find(form.ready.data or 0)
    if ready is not None:
        typed = (form.text.data or "").rstrip()
        text = ready_answers.filled(ready, found)
        form.text.data = f"{typed}\n\n{text}".lstrip()
    return show_again(form, drafts.EDIT)


def _say(kind: Kind, number: int, form: AnswerForm, files: list[CheckedFile]) -> Response:
    act = asked.form["act"]
    ready_answers.check_filled(form.text.data or "")
    done = ANSWERS[act](number, form.text.data or "", current_clerk(), files, seen=form.seen.data)
    accepted = PLANNED if done.left.planned else f"{kind.closing.state}."
    return _went_well(number, done, SAID.get(act, accepted))


def _note(number: int, form: AnswerForm, files: list[CheckedFile]) -> Response:
    if files:
        raise Refusal(Reason.UNFIT, NOTE_WITHOUT_FILE)
    desk.note(number, form.text.data or "", current_clerk())
    flash(NOTED, "success")
    return redirect(url_for("town_hall.request", number=number))


def _went_well(number: int, done: Done, words: str) -> Response:
    told = MAIL_WAITS if done.mailed else NO_MAIL if done.told else ""
    following = desk_listing.next_after(number)
    # See components/banner.html.
    said = {
        "text": " ".join(filter(None, (words, told, done.left.words))),
        "undo": url_for("town_hall.undo_answer", number=number, event_id=done.event_id),
    }
    if following is not None:
        said["next"] = url_for("town_hall.request", number=following)
    flash(said, "success")  # type: ignore[arg-type]
    return redirect(url_for("town_hall.request", number=number))


def _said_no(number: int, refused: Refusal) -> Response:
    flash(refused.sentence, "info")
    return redirect(url_for("town_hall.request", number=number))


def _told(refused: Refusal) -> str:
    words = refused.sentence
    return f"{words} {TEXT_KEPT}" if refused.reason is Reason.OUTDATED else words
