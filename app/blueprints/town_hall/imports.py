"""« Import »: what the town's software exports, read before anything is done."""

from flask import abort, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.blueprints.town_hall.blueprint import town_hall
from app.blueprints.town_hall.import_forms import ImportForm, UploadForm
from app.services.clerks import rights
from app.services.clerks.rights import Right
from app.services.importing import going_back, history, runs, spelling, uploading
from app.services.importing.deciding import SHOWN, Subject
from app.services.importing.runs import Run
from app.services.refusals import Refusal
from app.web import lists
from app.web.clerk_access import current_clerk, needs
from app.web.drafts import stands_on
from app.web.files import CSV, send_made_file, send_stored_file
from app.web.forms import EmptyForm, show_again
from app.web.heavy_forms import takes_an_import
from app.web.lists import Column, Filter, Listing

# A page whose import is under way asks for itself anew.
EVERY_SECONDS = "4"
COLUMNS = (
    Column("N°", "numero"),
    Column("Quand"),
    Column("Par"),
    Column("Fichiers"),
    Column("Créés", kind="number"),
    Column("Modifiés", kind="number"),
    Column("Fermés", kind="number"),
    Column("Courriels", kind="number"),
    Column("État"),
)
FILTERS = (
    Filter(
        "etat",
        "État",
        [(key, history.STATES[state]) for key, state in history.FINAL_STATES.items()],
        "Tous",
    ),
    Filter("par", "Par"),
)
# By the right that it takes.
UNDONE_AT: dict[Right | None, str] = {
    Right.IMPORT: "town_hall.undo_import",
    Right.UNDO_ANY_IMPORT: "town_hall.undo_any_import",
}
# What is done without anything to choose: the first two when the portal does not get there.
AT_ONCE = {"resume": runs.resume, "keep": going_back.keep, "hold": going_back.hold_mails}
READ_AGAIN = "Vos choix sont pris en compte\u00a0: relisez ce que l’import ferait maintenant."


@town_hall.route("/mairie/imports", methods=["GET", "POST"])
@needs(Right.IMPORT)
@takes_an_import
def imports() -> ResponseReturnValue:
    """« Import »: files to read, and the imports before."""
    form = UploadForm()
    if form.is_submitted():
        if not form.validate():
            return show_again(form)
        try:
            number = runs.receive(current_clerk(), form.sent())
        except Refusal as refused:
            form.files.errors = [str(refused)]
            return show_again(form)
        return redirect(url_for("town_hall.import_run", number=number))
    listing = _history()
    return render_template(
        "town_hall/imports.html",
        form=form,
        history=listing,
        runs=history.listed(listing.asked),
        largest=uploading.LARGEST_MEBIBYTES,
    )


@town_hall.get("/mairie/imports.csv")
@needs(Right.IMPORT)
def imports_file() -> ResponseReturnValue:
    """The imports before, for a spreadsheet."""
    return send_made_file(history.table(_history().asked), CSV, "Imports")


@town_hall.route("/mairie/imports/<int:number>", methods=["GET", "POST"])
@needs(Right.IMPORT)
def import_run(number: int) -> ResponseReturnValue:
    """One import, by its state; what its page decides."""
    run = _found(number)
    form = ImportForm()
    if form.is_submitted():
        return _decide(run, form) if form.validate() else show_again(form)
    if not form.errors and not form.form_errors:
        form.fill(run)
    page = make_response(
        render_template(
            "town_hall/import.html",
            run=run,
            undo=UNDONE_AT.get(going_back.right_needed(current_clerk(), number)),
            form=form,
            mails_waiting=going_back.mails_waiting(number),
            subjects=[(each, *run.offered(each)) for each in Subject],
            slugs={label: slug for slug, label in spelling.SLUGS.items()},
            may_close=rights.may(current_clerk(), Right.CLOSE_MANY),
        )
    )
    if run.is_under_way:
        page.headers["Refresh"] = EVERY_SECONDS
    return page


@town_hall.post("/mairie/imports/<int:number>/fermer")
@needs(Right.CLOSE_MANY)
@stands_on("town_hall.import_run")
def import_closing(number: int) -> ResponseReturnValue:
    """Import what closes many accesses, whose number was typed."""
    form = ImportForm()
    return _decide(_found(number), form) if form.validate() else show_again(form)


def _decide(run: Run, form: ImportForm) -> ResponseReturnValue:
    number, act = run.line.id, request.form.get("act", "")
    try:
        if act == "drop":
            runs.drop(current_clerk(), number)
            flash("Import abandonné\u00a0: rien n’a changé.", "success")
            return redirect(url_for("town_hall.imports"))
        if act in AT_ONCE:
            AT_ONCE[act](current_clerk(), number)
            return redirect(url_for("town_hall.import_run", number=number))
        choices = form.choices(run)
        # Whoever chose otherwise reads what that does, whichever button they pressed.
        if act == "read" or choices[:2] != run.choices[:2]:
            runs.read_again(current_clerk(), number, choices)
            flash(READ_AGAIN, "info")
        else:
            runs.start(current_clerk(), number, choices)
    except Refusal as refused:
        form.form_errors.append(str(refused))
        return show_again(form)
    return redirect(url_for("town_hall.import_run", number=number))


@town_hall.route("/mairie/imports/<int:number>/annuler", methods=["GET", "POST"])
@needs(Right.IMPORT, proof=True)
def undo_import(number: int) -> ResponseReturnValue:
    """« Annuler cet import ? », their own of the day."""
    return _undo(number)


@town_hall.route("/mairie/imports/<int:number>/annuler-pour-tous", methods=["GET", "POST"])
@needs(Right.UNDO_ANY_IMPORT, proof=True)
def undo_any_import(number: int) -> ResponseReturnValue:
    """« Annuler cet import ? », whose ever it was."""
    return _undo(number)


def _undo(number: int) -> ResponseReturnValue:
    """Say what that does, then have it done."""
    form, run = EmptyForm(), _found(number)
    try:
        if form.validate_on_submit():
            going_back.ask(current_clerk(), number)
            return redirect(url_for("town_hall.import_run", number=number))
        going_back.look(current_clerk(), number)
    except Refusal as refused:
        flash(str(refused), "error")
        return redirect(url_for("town_hall.import_run", number=number))
    return render_template("town_hall/import_undo.html", run=run, form=form)


@town_hall.get("/mairie/imports/<int:number>/changements/<table>")
@needs(Right.IMPORT)
def import_changes(number: int, table: str) -> ResponseReturnValue:
    """What changes in one table, before and after."""
    if table not in spelling.SLUGS:
        abort(404)
    lines, total = runs.changes(number, spelling.SLUGS[table])
    return render_template(
        "town_hall/import_changes.html",
        run=_found(number),
        table=spelling.SLUGS[table],
        lines=lines,
        total=total,
        shown=SHOWN,
    )


@town_hall.get("/mairie/imports/<int:number>/changements.csv")
@needs(Right.IMPORT)
def import_changes_file(number: int) -> ResponseReturnValue:
    """All of them, for a spreadsheet."""
    return send_stored_file(runs.changes_file(number))


@town_hall.get("/mairie/imports/<int:number>/corrections.csv")
@needs(Right.IMPORT)
def import_faults_file(number: int) -> ResponseReturnValue:
    """What is to be corrected, for whoever makes the town's software."""
    return send_made_file(
        runs.faults_table(_found(number)), CSV, f"Corrections de l’import {number}"
    )


def _history() -> Listing:
    return lists.read(COLUMNS, FILTERS, usual="-numero", download="town_hall.imports_file")


def _found(number: int) -> Run:
    found = runs.find(number)
    if found is None:
        abort(404)
    return found
