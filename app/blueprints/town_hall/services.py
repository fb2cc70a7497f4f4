"""« Services »: the canteen and the garderies, set up by whoever runs them."""

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.blueprints.town_hall.blueprint import town_hall
from app.blueprints.town_hall.service_forms import ServiceForm, form_of, limits_of
from app.booking_kinds import LinkKind
from app.formats import ended, today
from app.services.bookings.setting_up import reading, services, trying
from app.services.bookings.setting_up.reading import Shown
from app.services.clerks.rights import Right
from app.services.refusals import Refusal
from app.web import drafts
from app.web.clerk_access import current_clerk, needs
from app.web.drafts import stands_on
from app.web.forms import left_open, show_again

SAVED = "Enregistré. Ce qui est déjà réservé ne change pas."
ADDED = "Service ajouté. Il reste à y inscrire des enfants."
LINK_WORDS = {
    LinkKind.BRINGS: "Entraîne\u00a0:",
    LinkKind.NEEDS: "Exige\u00a0:",
    LinkKind.EXCLUDES: "Exclut\u00a0:",
}
MOVED = "L’ordre des services est changé partout\u00a0: {}"
ENDED = "Ce service n’est plus proposé."


@town_hall.get("/mairie/services")
@needs(Right.SERVICES)
def offered() -> ResponseReturnValue:
    """Those that there are."""
    listed = reading.listed(today())
    return render_template(
        "town_hall/services.html",
        listed=listed,
        link_words=LINK_WORDS,
        names={each.number: each.described.name for each in listed},
    )


@town_hall.post("/mairie/services/ordre")
@needs(Right.SERVICES)
@stands_on("town_hall.offered")
def order_services() -> ResponseReturnValue:
    """List one before the one above it, or after the one below."""
    if stale := left_open():
        return stale
    asked = request.form
    try:
        number = int(asked.get("number", ""))
        name = services.move(number, current_clerk(), earlier=asked.get("act") == "up")
    except (Refusal, ValueError):
        abort(404)
    flash(ended(MOVED.format(name)), "success")
    return redirect(url_for("town_hall.offered"))


@town_hall.route("/mairie/services/nouveau", methods=["GET", "POST"])
@needs(Right.SERVICES)
def new_service() -> ResponseReturnValue:
    """One more."""
    return _page(None, reading.listed(today()))


@town_hall.route("/mairie/services/<int:number>", methods=["GET", "POST"])
@needs(Right.SERVICES)
def service(number: int) -> ResponseReturnValue:
    """One of them, to be changed."""
    listed = reading.listed(today())
    found = next((each for each in listed if each.number == number), None)
    return _page(found or abort(404), listed)


@town_hall.post("/mairie/services/<int:number>/arreter")
@needs(Right.SERVICES)
@stands_on("town_hall.service")
def end_service(number: int) -> ResponseReturnValue:
    """Offer it no more."""
    if stale := left_open():
        return stale
    try:
        services.end(number, current_clerk())
    except Refusal as refused:
        flash(refused.sentence, "info")
        return redirect(url_for("town_hall.service", number=number))
    flash(ENDED, "success")
    return redirect(url_for("town_hall.offered"))


def _page(found: Shown | None, listed: list[Shown]) -> ResponseReturnValue:
    form = form_of(found, listed)
    if form.is_submitted():
        return _save(found, form)
    try:
        tried = trying.ahead(form.described, found.number if found else 0)
    except (Refusal, ValueError):
        # What is wrong is said beside its field.
        tried = None
    return render_template(
        "town_hall/service.html",
        form=form,
        found=found,
        limits=limits_of(form),
        beside=[field for field in form if field.name.startswith("link_")],
        tried=tried,
        looking=drafts.step() == drafts.CHECK,
    )


def _save(found: Shown | None, form: ServiceForm) -> ResponseReturnValue:
    if not form.validate():
        return show_again(form)
    try:
        told, others = form.described, form.others
        if request.form.get("act") == "check":
            services.check(told)
            return show_again(form, drafts.CHECK)
        if found:
            from app.services.bookings.groups.group_work import WHILE_ONE_WAITS

            services.change(found.number, told, others, current_clerk(), WHILE_ONE_WAITS)
        else:
            services.add(told, others, current_clerk())
    except Refusal as refused:
        form.form_errors.append(refused.sentence)
        return show_again(form)
    flash(SAVED if found else ADDED, "success")
    return redirect(url_for("town_hall.offered"))
