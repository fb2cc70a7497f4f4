"""« Demandes »: the same act on several of a kind at once, and what became of each."""

from collections.abc import Callable

from flask import flash, redirect, url_for
from flask import request as asked
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from app.blueprints.town_hall.answering import MAIL_WAITS
from app.blueprints.town_hall.blueprint import town_hall
from app.blueprints.town_hall.request_forms import TogetherForm
from app.blueprints.town_hall.requests import asked_view, found_page, listing_of, right_for
from app.formats import plural
from app.services.accounts.drafts import Draft
from app.services.clerks import team
from app.services.clerks.rights import Right
from app.services.refusals import Reason, Refusal
from app.services.requests import desk, many, ready_answers, undoing
from app.services.requests.desk import Done
from app.services.requests.kinds import Kind
from app.services.requests.many import Outcome
from app.web import drafts
from app.web.clerk_access import current_clerk, must, needs
from app.web.drafts import stands_on
from app.web.forms import left_open, owner, show_again
from app.web.lists import LARGEST_ID, Listing

# The one whose own button was pressed, whatever is ticked; what was seen last of each.
ALONE, SEEN = "seule", "vu-{}"
# In the address that goes back on several: the number and the event of each.
DONE = "faites"
MAILS_WAIT = "Les familles seront prévenues dans 2\u00a0minutes."
TO_REPORT = "La liste «\u00a0À reporter\u00a0» dit ce qui reste à changer dans votre logiciel."


@town_hall.post("/mairie/demandes/prendre")
@needs(Right.ANSWER)
@stands_on("town_hall.requests")
def hold_requests() -> ResponseReturnValue:
    """« Je m’en occupe »."""

    def hold(number: int, _form: TogetherForm, seen: int) -> Done:
        return desk.hold(number, current_clerk(), seen)

    return _together(hold, lambda _kind: "vous vous en occupez")


@town_hall.post("/mairie/demandes/confier")
@needs(Right.ANSWER)
@stands_on("town_hall.requests")
def entrust_requests() -> ResponseReturnValue:
    """« Confier à … »."""

    def entrust(number: int, form: TogetherForm, seen: int) -> Done:
        return desk.entrust(number, form.clerk.data or "", current_clerk(), seen)

    colleague = team.colleague(asked.form.get("clerk", ""))
    name = colleague.name if colleague else ""
    return _together(entrust, lambda _kind: f"{name} s’en occupe")


@town_hall.post("/mairie/demandes/accepter")
@needs(Right.ANSWER)
@stands_on("town_hall.requests")
def accept_requests() -> ResponseReturnValue:
    """« Accepter », or « Répondre et clore », with the same text if there is one."""

    def accept(number: int, form: TogetherForm, seen: int) -> Done:
        text = "" if ALONE in asked.form else form.text.data or ""
        return desk.accept(number, text, current_clerk(), seen=seen)

    return _together(accept, lambda kind: kind.closing.state.lower(), "accept")


@town_hall.post("/mairie/demandes/ecrire")
@needs(Right.ANSWER)
@stands_on("town_hall.requests")
def speak_of_requests() -> ResponseReturnValue:
    """« Envoyer et laisser ouvertes »."""

    def speak(number: int, form: TogetherForm, seen: int) -> Done:
        return desk.speak(number, form.text.data or "", current_clerk(), seen=seen)

    return _together(speak, lambda _kind: "message envoyé")


@town_hall.post("/mairie/demandes/annuler")
@needs(Right.ANSWER)
@stands_on("town_hall.requests")
def undo_requests() -> ResponseReturnValue:
    """Go back on what was just done to several; the text that was typed is there again."""
    if stale := left_open():
        return stale
    events = dict(_pairs(asked.args.get(DONE, "")))
    page = _listing().to("town_hall.requests")
    texts: dict[int, str] = {}

    def undo(number: int) -> Done:
        texts[number] = undoing.undo(number, events[number], current_clerk())
        return Done(events[number])

    try:
        must(right_for(many.kind_of(list(events)), ""))
    except Refusal as refused:
        flash(refused.sentence, "info")
        return redirect(page)
    outcomes = many.each(list(events), undo)
    undone = sum(each.done is not None for each in outcomes)
    said = {
        "text": f"Annulé\u00a0: {undone} sur {len(outcomes)}.",
        "lines": _lines(outcomes, "annulé"),
    }
    flash(said, "success")  # type: ignore[arg-type]
    text = next(filter(None, texts.values()), "")
    if not text:
        return redirect(page)
    typed = {"text": [text], "choix": [str(each) for each in texts]}
    drafts.keep(owner(), url_for("town_hall.requests"), Draft(typed))
    return redirect(_listing().to("town_hall.requests", **{drafts.STEP: drafts.EDIT}))


def _together(
    do: Callable[[int, TogetherForm, int], Done], words: Callable[[Kind], str], act: str = ""
) -> Response:
    """Do it to each that is chosen; when none of them is, the page shows what was typed again."""
    form = TogetherForm()
    if not form.validate():
        return show_again(form)
    listing = _listing()
    try:
        numbers = _chosen(listing)
        kind = many.kind_of(numbers)
        must(right_for(kind, act))
        ready_answers.check_filled(form.text.data or "")
    except Refusal as refused:
        form.form_errors.append(refused.sentence)
        return show_again(form)
    outcomes = many.each(numbers, lambda number: do(number, form, _seen(number)))
    if not any(each.done for each in outcomes):
        form.form_errors.extend(_lines(outcomes, ""))
        return show_again(form)
    _tell(outcomes, words(kind), listing)
    return redirect(listing.to("town_hall.requests"))


def _listing() -> Listing:
    return listing_of(asked_view(), team.present())


def _chosen(listing: Listing) -> list[int]:
    alone = asked.form.get(ALONE, "")
    if alone:
        return [_number(alone)]
    selection = listing.selection
    if not selection.everything:
        return list(selection.ids)
    page = found_page(asked_view(), listing)
    if page.total > many.MOST:
        raise Refusal(Reason.TOO_MANY, many.TOO_MANY)
    return [line.number for line in page.items]


def _seen(number: int) -> int:
    """Read which event of it the list showed; of what came since it was drawn, none."""
    return _number(asked.form.get(SEEN.format(number), ""))


def _tell(outcomes: list[Outcome], words: str, listing: Listing) -> None:
    done = {each.number: each.done for each in outcomes if each.done}
    told = [
        f"C’est fait pour {plural(len(done), 'demande')}.",
        _mails_wait(sum(each.mailed for each in done.values())),
        TO_REPORT if any(each.left.to_report for each in done.values()) else "",
    ]
    pairs = ".".join(f"{number}-{each.event_id}" for number, each in done.items())
    # See components/banner.html.
    said = {
        "text": " ".join(filter(None, told)),
        "lines": _lines(outcomes, words),
        "undo": listing.to("town_hall.undo_requests", **{DONE: pairs}),
    }
    flash(said, "success")  # type: ignore[arg-type]


def _mails_wait(mails: int) -> str:
    return MAILS_WAIT if mails > 1 else MAIL_WAITS if mails else ""


def _lines(outcomes: list[Outcome], words: str) -> list[str]:
    return [f"n°\u00a0{each.number}\u00a0: {each.why or words}" for each in outcomes]


def _pairs(written: str) -> list[tuple[int, int]]:
    pairs = [pair.partition("-") for pair in written.split(".")]
    return [(_number(number), _number(event)) for number, _, event in pairs]


def _number(typed: str) -> int:
    read = int(typed) if typed.isascii() and typed.isdigit() and len(typed) <= 10 else 0  # noqa: PLR2004
    return read if read < LARGEST_ID else 0
