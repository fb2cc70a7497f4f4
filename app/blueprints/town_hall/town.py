"""« Commune »: what families read of the town hall on every page and in every mail."""

from typing import Any

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.file import MultipleFileField
from markupsafe import Markup
from wtforms import BooleanField, HiddenField, ValidationError

from app.blueprints.town_hall.blueprint import town_hall
from app.services.clerks.rights import Right
from app.services.files.uploads import Accepted, UploadRefused
from app.services.refusals import Reason, Refusal
from app.services.town_hall import town_settings as service
from app.settings import followed, settings
from app.web import drafts
from app.web.clerk_access import current_clerk, needs
from app.web.fields import HEAVIEST, LINE_LENGTH, LineField, SentenceField
from app.web.forms import Form, show_again
from app.web.heavy_forms import checked_files, takes_files

LONGEST_NAME = 80
SAVED = "Enregistré. Les familles le lisent dès maintenant."
SAME = "C’est déjà enregistré\u00a0: rien n’a changé."
CREST = "Les armoiries sont sur chaque page."
NO_CREST = "Les armoiries sont retirées\u00a0: un dessin les remplace."


class TownForm(Form):
    """What each field is called is the name of its setting."""

    town_name = SentenceField("Nom de la commune", LONGEST_NAME, "Donnez le nom de la commune.")
    town_phone = LineField("Téléphone de la mairie", 40)
    town_hours = SentenceField("Horaires d’accueil", LINE_LENGTH)
    town_address = SentenceField("Adresse de la mairie", LINE_LENGTH)
    town_website = LineField("Site de la commune", LINE_LENGTH)
    town_director = SentenceField("Directeur de la publication", LINE_LENGTH)
    town_host = SentenceField("Hébergeur du portail", LINE_LENGTH)
    seen = HiddenField()

    def validate_town_website(self, field: LineField) -> None:
        """Want what a browser may follow."""
        if fault := service.fault_of("town_website", field.data or ""):
            raise ValidationError(f"L’adresse du site {fault}.")

    @property
    def values(self) -> dict[str, object]:
        """Return what was typed, by setting."""
        return {name: value or "" for name, value in self.data.items() if name.startswith("town_")}

    def differs(self, field: LineField) -> str:
        """Return what is saved, where something else was typed."""
        saved: str = getattr(settings, field.name)
        return saved if (field.data or "") != saved else ""


class CrestForm(Form):
    """The coat of arms."""

    files = MultipleFileField("Image", render_kw=HEAVIEST)
    remove = BooleanField("Retirer les armoiries")


@town_hall.route("/mairie/reglages/commune", methods=["GET", "POST"])
@needs(Right.SETTINGS)
def town() -> ResponseReturnValue:
    """What it is called, and how it is reached."""
    form = _town_form()
    if form.is_submitted():
        return _save(form)
    try:
        shown = service.proposed(form.values)
    except Refusal:
        shown = settings
    return render_template(
        "town_hall/town.html",
        form=form,
        fixed=followed().fixed,
        faults=followed().faults,
        looking=drafts.step() == drafts.CHECK,
        **_as_parents_see(shown),
    )


@town_hall.route("/mairie/reglages/armoiries", methods=["GET", "POST"])
@needs(Right.SETTINGS)
@takes_files
def crest() -> ResponseReturnValue:
    """Another coat of arms, or none."""
    form = CrestForm()
    if not form.is_submitted():
        fixed = "town_crest" in followed().fixed
        return render_template("town_hall/crest.html", form=form, fixed=fixed)
    if not form.validate():
        return show_again(form)
    file = None
    try:
        if not form.remove.data:
            [file] = checked_files(
                form.files.data or [],
                Accepted.PICTURES,
                needed=True,
                only_one=True,
                longest_side=service.CREST_SIDE,
            )
        service.change_crest(file, current_clerk())
    except (UploadRefused, Refusal) as refused:
        form.files.errors = [str(refused)]
        return show_again(form)
    flash(CREST if file else NO_CREST, "success")
    return redirect(url_for("town_hall.crest"))


def _town_form() -> TownForm:
    saved = {name: getattr(settings, name) for name in vars(TownForm) if name.startswith("town_")}
    form = TownForm(data=saved | {"seen": service.mark()})
    for name in followed().fixed & saved.keys():
        # A forged one has nothing to fill.
        del form[name]
    return form


def _save(form: TownForm) -> ResponseReturnValue:
    if not form.validate():
        return show_again(form)
    if request.form.get("act") == "check":
        return show_again(form, drafts.CHECK)
    try:
        changed = service.save(form.values, form.seen.data or "", service.TOWN, current_clerk())
    except Refusal as refused:
        if refused.reason is Reason.OUTDATED:
            form.seen.data = service.mark()
        form.form_errors.append(str(refused))
        return show_again(form)
    flash(SAVED if changed else SAME, "success" if changed else "info")
    return redirect(url_for("town_hall.town"))


def _as_parents_see(shown: Any) -> dict[str, Any]:
    """Draw the head and the foot of every page, and the end of every mail, with these settings."""
    from app.web.facsimile import facsimile

    template = current_app.jinja_env.get_template("components/frame.html")
    frame: Any = template.make_module({"settings": shown})
    mail = render_template("mail/layout.txt", settings=shown, greeting="")
    return {
        "head": facsimile(str(Markup("<header>{}</header>").format(frame.brand())), "header"),
        "foot": facsimile(str(frame.footer("")), "footer"),
        "mail": mail.strip(),
    }
