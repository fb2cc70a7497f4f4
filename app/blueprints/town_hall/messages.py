"""« Messages »: what the town hall wrote to families, and one of them."""

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.blueprints.town_hall.blueprint import town_hall
from app.blueprints.town_hall.message_forms import AnswerForm
from app.services.clerks import rights
from app.services.clerks.rights import Right
from app.services.inbox import desk, sent
from app.services.inbox.sent import SentLine
from app.services.refusals import Refusal
from app.services.targets.kinds import Target, TargetKind
from app.web import lists
from app.web.clerk_access import current_clerk, needs
from app.web.files import send_stored_file
from app.web.lists import PAGE, Column, Filter

COLUMNS = [Column(each) for each in ("Objet", "Envoyé le", "À qui", "Ouverts", "Attendent", "Par")]
FILTERS = (
    Filter("etat", "État", [(key, words) for key, (words, _) in sent.STATES.items()], "Tous"),
)


@town_hall.get("/mairie/messages")
@needs(Right.MESSAGES)
def messages() -> ResponseReturnValue:
    """Every message, the latest first."""
    listing = lists.read(COLUMNS, FILTERS)
    page = sent.listed(listing.asked)
    return render_template("town_hall/messages.html", listing=listing, page=page)


@town_hall.get("/mairie/messages/<int:number>")
@needs(Right.MESSAGES)
def message(number: int) -> ResponseReturnValue:
    """One of them: what it says, who has opened it, what families answered."""
    line = found_line(number)
    if line.is_draft:
        return redirect(url_for("town_hall.edit_message", number=number))
    try:
        found = desk.find(number)
    except Refusal:
        abort(404)
    named = _may_name(line) and not (line.unsent or line.withdrawn_at)
    return render_template(
        "town_hall/message.html",
        line=line,
        message=found,
        attachments=sent.attachments(number),
        not_yet=sent.not_yet(number, request.args.get(PAGE, "")) if named else None,
        page_address=_page_address,
        forms={each.family_id: AnswerForm.of(each.family_id) for each in found.threads},
        may_write=rights.may(current_clerk(), right_for(line)),
    )


@town_hall.get("/mairie/messages/<int:number>/pieces/<opaque:public_id>")
@needs(Right.MESSAGES)
def message_attachment(number: int, public_id: str) -> ResponseReturnValue:
    """A file joined to one."""
    return send_stored_file(sent.attachment(number, public_id), inline=True)


def found_line(number: int) -> SentLine:
    """Return the message that an address names; there may be none."""
    line = sent.line(number)
    if line is None or (line.unsent and line.withdrawn_at):
        abort(404)
    return line


def right_for(line: SentLine) -> Right:
    """Say what an act on a message asks."""
    return right_to(line.addressed)


def right_to(target: Target) -> Right:
    """Say what writing to somebody asks."""
    return Right.WRITE if target.kind is TargetKind.LATE else Right.WRITE_TO_ALL


def _may_name(line: SentLine) -> bool:
    """Who owes money is for those who see amounts."""
    return right_for(line) is not Right.WRITE or rights.may(current_clerk(), Right.AMOUNTS)


def _page_address(number: int) -> str:
    return url_for("town_hall.message", **{**(request.view_args or {}), PAGE: number})
