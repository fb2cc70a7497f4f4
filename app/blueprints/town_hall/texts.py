"""« Textes » of the settings: written on the left, read as families read it."""

from collections.abc import Callable
from functools import partial

from flask import abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from wtforms import HiddenField

from app.blueprints.town_hall.blueprint import town_hall
from app.services import town_texts
from app.services.actors import Actor
from app.services.billing.payment_means import PaymentMeans
from app.services.clerks.rights import Right
from app.services.refusals import Reason, Refusal
from app.services.town_hall import texts as service
from app.settings import settings
from app.version import VERSION
from app.web import drafts
from app.web.clerk_access import current_clerk, needs
from app.web.drafts import stands_on
from app.web.fields import TextField
from app.web.forms import Form, left_open, show_again

SAVED = "Enregistré. Les familles le lisent dès maintenant."
BACK = "Le texte d’origine est revenu."
UNDONE = "La version d’avant est revenue."
SAME = "C’est déjà le texte enregistré\u00a0: rien n’a changé."
PAGES = {
    town_texts.LEGAL_NOTICE: "site/legal_notice.html",
    town_texts.PERSONAL_DATA: "site/personal_data.html",
    town_texts.ACCESSIBILITY: "site/accessibility.html",
}


class TextForm(Form):
    """A text as it is typed."""

    text = TextField("Texte", service.LONGEST)
    seen = HiddenField()


@town_hall.get("/mairie/reglages/textes")
@needs(Right.SETTINGS)
def texts() -> ResponseReturnValue:
    """Each text, and whose it is."""
    written = {name: service.read(name) for name in service.PLACES}
    return render_template("town_hall/texts.html", places=service.PLACES, written=written)


@town_hall.route("/mairie/reglages/textes/<name>", methods=["GET", "POST"])
@needs(Right.SETTINGS)
def text(name: str) -> ResponseReturnValue:
    """One of them, and the page where families read it."""
    from app.web.facsimile import facsimile_of

    spot = service.PLACES.get(name) or abort(404)
    written = service.read(name)
    form = TextForm(data={"text": written.text, "seen": service.mark(name)})
    if form.is_submitted():
        return _save(name, form)
    typed = form.text.data or ""
    return render_template(
        "town_hall/text.html",
        name=name,
        spot=spot,
        form=form,
        written=written,
        differs=written.text.strip() if form.form_errors and typed != written.text.strip() else "",
        looking=drafts.step() == drafts.CHECK,
        seen_by_parents=facsimile_of(settings.public_url, partial(_page, name, typed)),
    )


@town_hall.post("/mairie/reglages/textes/<name>/origine")
@needs(Right.SETTINGS)
@stands_on("town_hall.text")
def reset_text(name: str) -> ResponseReturnValue:
    """« Revenir au texte d’origine »."""
    return _change(name, service.reset, BACK)


@town_hall.post("/mairie/reglages/textes/<name>/annuler")
@needs(Right.SETTINGS)
@stands_on("town_hall.text")
def undo_text(name: str) -> ResponseReturnValue:
    """« Revenir à la version d’avant »."""
    return _change(name, service.undo, UNDONE)


def _save(name: str, form: TextForm) -> ResponseReturnValue:
    if not form.validate():
        return show_again(form)
    if request.form.get("act") == "check":
        return show_again(form, drafts.CHECK)
    try:
        changed = service.save(name, form.text.data or "", form.seen.data or "", current_clerk())
    except Refusal as refused:
        if refused.reason is Reason.OUTDATED:
            form.seen.data = service.mark(name)
        form.form_errors.append(str(refused))
        return show_again(form)
    return _done(name, SAVED, changed=changed)


def _change(name: str, act: Callable[[str, Actor], bool], said: str) -> ResponseReturnValue:
    if name not in service.PLACES:
        abort(404)
    if stale := left_open():
        return stale
    try:
        return _done(name, said, changed=act(name, current_clerk()))
    except Refusal as refused:
        flash(str(refused), "info")
        return redirect(url_for("town_hall.text", name=name))


def _done(name: str, said: str, *, changed: bool) -> ResponseReturnValue:
    if changed:
        undo = url_for("town_hall.undo_text", name=name)
        flash({"text": said, "undo": undo}, "success")  # type: ignore[arg-type]
    else:
        flash(SAME, "info")
    return redirect(url_for("town_hall.text", name=name))


def _page(name: str, typed: str) -> str:
    """Draw where families read it, as the text would be."""
    blocks = town_texts.parse(typed) or None
    if name in PAGES:
        return render_template(PAGES[name], text=blocks, version=VERSION)
    if name == town_texts.PAYMENT:
        means = PaymentMeans("", None, settings.payfip_client, blocks)
        return str(_component("components/payment.html", "how_to_pay")(means, ""))
    return str(_component("components/town_text.html", "town_text")(blocks or ()))


def _component(template: str, macro: str) -> Callable[..., Markup]:
    drawn = current_app.jinja_env.get_template(template)
    found: Callable[..., Markup] = getattr(drawn.module, macro)
    return lambda *given: Markup("<main>{}</main>").format(found(*given))
