"""« Documents »: what families may download, given to whom the town hall chooses."""

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.blueprints.town_hall.blueprint import town_hall
from app.blueprints.town_hall.document_forms import DocumentForm, ReplacementForm
from app.blueprints.town_hall.target_form import family_in_address
from app.formats import day, today
from app.services.clerks.rights import Right
from app.services.documents import desk, giving
from app.services.documents.desk import DeskDocument
from app.services.documents.giving import Publication
from app.services.files.uploads import Accepted, UploadRefused
from app.services.refusals import Refusal
from app.web import lists
from app.web.clerk_access import current_clerk, needs
from app.web.drafts import stands_on
from app.web.files import send_stored_file
from app.web.forms import left_open, show_again
from app.web.heavy_forms import checked_files, takes_files
from app.web.lists import Column

COLUMNS = [Column(each) for each in ("Titre", "Rubrique", "Pour qui", "Depuis", "Par")]
GIVEN = "Publié. Les familles le trouvent dans «\u00a0Infos/Documents\u00a0»."
GIVEN_LATER = "Enregistré. Les familles le trouveront dans «\u00a0Infos/Documents\u00a0» le {}."
THERE_ALREADY = "Ce document est déjà publié\u00a0: rien n’a changé."
REPLACED = "Remplacé. Les liens vers ce document mènent au nouveau fichier."
SAME = "C’est déjà ce fichier\u00a0: rien n’a changé."
WITHDRAWN = "Retiré\u00a0: plus aucune famille ne le voit."


@town_hall.get("/mairie/documents")
@needs(Right.DOCUMENTS)
def documents() -> ResponseReturnValue:
    """All that is given out, the latest first."""
    listing = lists.read(COLUMNS)
    page = desk.listed(listing.asked.page)
    return render_template("town_hall/documents.html", listing=listing, page=page)


@town_hall.route("/mairie/documents/nouveau", methods=["GET", "POST"])
@needs(Right.PUBLISH)
@takes_files
def new_document() -> ResponseReturnValue:
    """Give one out; the address may name a family."""
    form = DocumentForm()
    form.offer(to_all=True)
    if not form.is_submitted():
        if not form.kind.data:
            form.show_target(family_in_address())
        return render_template("town_hall/publish.html", form=form, categories=desk.categories())
    if not form.validate():
        return show_again(form)
    try:
        [file] = checked_files(form.files.data or [], Accepted.PAPERS, needed=True, only_one=True)
        given = giving.give(file, form.publication, current_clerk())
    except UploadRefused as refused:
        form.files.errors = [str(refused)]
        return show_again(form)
    except Refusal as refused:
        of_days = str(refused) in {giving.BACKWARDS, giving.OVER}
        field = form.shown_until if of_days else form.of_target
        field.errors = [str(refused)]
        return show_again(form)
    flash(_told(form.publication) if given else THERE_ALREADY, "success" if given else "info")
    return redirect(url_for("town_hall.documents"))


def _told(said: Publication) -> str:
    """Say where families find it, and from when."""
    first = said.shown_from
    return GIVEN_LATER.format(day(first)) if first and first > today() else GIVEN


@town_hall.route("/mairie/documents/<int:number>", methods=["GET", "POST"])
@needs(Right.PUBLISH)
@takes_files
def document(number: int) -> ResponseReturnValue:
    """One of them: another file at the same address, or taken back."""
    found, form = _found(number), ReplacementForm()
    if not form.is_submitted():
        return render_template("town_hall/document.html", document=found, form=form)
    if not form.validate():
        return show_again(form)
    try:
        [file] = checked_files(form.files.data or [], Accepted.PAPERS, needed=True, only_one=True)
        replaced = giving.replace(number, file, current_clerk())
    except (UploadRefused, Refusal) as refused:
        form.files.errors = [str(refused)]
        return show_again(form)
    flash(REPLACED if replaced else SAME, "success" if replaced else "info")
    return redirect(url_for("town_hall.document", number=number))


@town_hall.get("/mairie/documents/<int:number>/fichier")
@needs(Right.DOCUMENTS)
def document_file(number: int) -> ResponseReturnValue:
    """What families download."""
    return send_stored_file(desk.file_of(number), inline=True)


@town_hall.post("/mairie/documents/<int:number>/retirer")
@needs(Right.PUBLISH)
@stands_on("town_hall.document")
def withdraw_document(number: int) -> ResponseReturnValue:
    """Take one back."""
    if stale := left_open():
        return stale
    if not _found(number).by_hand:
        abort(404)
    desk.withdraw(number, current_clerk())
    flash(WITHDRAWN, "success")
    return redirect(url_for("town_hall.documents"))


def _found(number: int) -> DeskDocument:
    found = desk.read(number)
    if found is None:
        abort(404)
    return found
