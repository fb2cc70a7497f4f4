"""« Calendrier »: the holidays that limits are counted by, a school year on one page."""

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import SelectChoice, SelectField

from app import spreadsheets
from app.blueprints.town_hall.blueprint import town_hall
from app.booking_kinds import SpanKind
from app.calendar import school_years
from app.calendar.school_years import SchoolYear
from app.formats import day, ended, plural, today
from app.services.bookings.setting_up import calendar as service
from app.services.bookings.setting_up.calendar import Typed
from app.services.clerks.rights import Right
from app.services.refusals import Refusal
from app.settings import settings
from app.web.clerk_access import current_clerk, needs
from app.web.drafts import stands_on
from app.web.fields import AnyDayField, MaybeDayField, SentenceField, read_day
from app.web.files import CSV, send_made_file
from app.web.forms import Form, left_open, show_again

SAVED = "Enregistré. Les limites de ces jours se comptent d’après lui."
REMOVED = "Ligne retirée."
ADDED = "{} depuis l’arrêté. Relisez-les\u00a0: chaque ligne se corrige."
KEPT = "Gardé comme la mairie l’a mis, l’arrêté dit autre chose\u00a0: {}"


class SpanForm(Form):
    """Some days, and what they are."""

    name = SentenceField("Nom", 100, "Donnez un nom, comme «\u00a0Vacances de Noël\u00a0».")
    kind = SelectField(
        "Sorte", choices=[SelectChoice(str(kind), words) for kind, words in service.KINDS.items()]
    )
    first = AnyDayField("Premier jour")
    last = MaybeDayField("Dernier jour (facultatif)")

    @property
    def typed(self) -> Typed:
        """Return what was typed, once it is valid."""
        first, last = read_day(self.first.data or ""), read_day(self.last.data or "")
        assert first is not None
        return Typed(SpanKind(self.kind.data), first, last or first, self.name.data or "")


@town_hall.route("/mairie/calendrier", methods=["GET", "POST"])
@needs(Right.SERVICES)
def calendar() -> ResponseReturnValue:
    """A school year; and the form of one more line."""
    from app.services.bookings.setting_up import closed_days

    form = SpanForm()
    if form.is_submitted():
        return _write(None, form)
    year = school_years.parse(request.args.get("annee", "")) or school_years.of(today())
    lines = service.listed(year)
    return render_template(
        "town_hall/calendar.html",
        form=form,
        year=year,
        before=SchoolYear(year.start - 1),
        after=SchoolYear(year.start + 1),
        lines=lines,
        known=service.known(),
        still_booked=closed_days.still_booked(lines),
        zone=settings.school_zone,
    )


@town_hall.get("/mairie/calendrier.csv")
@needs(Right.SERVICES)
def calendar_file() -> ResponseReturnValue:
    """What a year has, as `vacances.csv` says it: another town of the same zone may read it."""
    from app.services.exporting import service_words
    from app.services.importing.calendar_file import CALENDAR

    year = school_years.parse(request.args.get("annee", "")) or school_years.of(today())
    told = (
        each._asdict() | {"first": day(each.first), "last": day(each.last)}
        for each in service.listed(year)
        # The town has not said yet of the others whether they close anything.
        if each.is_confirmed
    )
    rows = [
        [service_words.cell(each[column.field]) for column in CALENDAR.columns] for each in told
    ]
    content = spreadsheets.table([column.name for column in CALENDAR.columns], rows)
    return send_made_file(content, CSV, f"vacances {year.label}")


@town_hall.post("/mairie/calendrier/charger/<year>")
@needs(Right.SERVICES)
@stands_on("town_hall.calendar")
def load_calendar(year: str) -> ResponseReturnValue:
    """« Charger »: what the State published of a year."""
    if stale := left_open():
        return stale
    wanted = school_years.parse(year) or abort(404)
    try:
        loaded = service.load(
            wanted, settings.school_zone, settings.public_holidays, current_clerk()
        )
    except Refusal as refused:
        flash(refused.sentence, "info")
    else:
        lines = plural(loaded.added, "ligne ajoutée", "lignes ajoutées")
        flash(ADDED.format(lines), "success")
        for each in loaded.kept:
            flash(ended(KEPT.format(each)), "info")
    return redirect(url_for("town_hall.calendar", annee=wanted.label))


@town_hall.route("/mairie/calendrier/<int:number>", methods=["GET", "POST"])
@needs(Right.SERVICES)
def calendar_line(number: int) -> ResponseReturnValue:
    """One line, to be corrected."""
    line = service.find(number) or abort(404)
    saved = {"name": line.name, "kind": str(line.kind)}
    days = {"first": line.first.isoformat(), "last": line.last.isoformat()}
    form = SpanForm(data=saved | days)
    if form.is_submitted():
        return _write(number, form)
    return render_template("town_hall/calendar_line.html", form=form, line=line)


@town_hall.post("/mairie/calendrier/<int:number>/retirer")
@needs(Right.SERVICES)
@stands_on("town_hall.calendar_line")
def remove_calendar_line(number: int) -> ResponseReturnValue:
    """Take a line away."""
    if stale := left_open():
        return stale
    line = service.find(number) or abort(404)
    service.remove(number, current_clerk())
    flash(REMOVED, "success")
    year = school_years.of(line.first)
    return redirect(url_for("town_hall.calendar", annee=year.label))


def _write(number: int | None, form: SpanForm) -> ResponseReturnValue:
    if not form.validate():
        return show_again(form)
    try:
        service.write(number, form.typed, current_clerk())
    except Refusal as refused:
        form.form_errors.append(refused.sentence)
        return show_again(form)
    flash(SAVED, "success")
    year = school_years.of(form.typed.first)
    return redirect(url_for("town_hall.calendar", annee=year.label))
