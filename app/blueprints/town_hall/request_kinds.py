"""« Demandes » of the settings: a tick, a number of days and a sentence for each kind."""

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms import BooleanField, HiddenField, ValidationError

from app.blueprints.town_hall.blueprint import town_hall
from app.services.clerks.rights import Right
from app.services.refusals import Reason, Refusal
from app.services.requests.kinds import KINDS
from app.services.town_hall import request_kinds as service
from app.services.town_hall import town_settings
from app.settings import followed
from app.web.clerk_access import current_clerk, needs
from app.web.fields import LineField, SentenceField
from app.web.forms import Form, show_again
from configuring.requests import MOST_DAYS

SAVED = "Enregistré. Ce qui est déjà promis à une famille ne change pas."
SAME = "C’est déjà enregistré\u00a0: rien n’a changé."
LONGEST = 200
NO_DAYS = f"Donnez un nombre de jours ouvrés, de 1 à {MOST_DAYS}."


class DaysField(LineField):
    """A number of working days."""

    def pre_validate(self, form: Any) -> None:
        """Read it."""
        super().pre_validate(form)
        typed = self.data or ""
        if not (typed.isascii() and typed.isdigit() and 1 <= int(typed) <= MOST_DAYS):
            raise ValidationError(NO_DAYS)


class KindsForm(Form):
    """For each kind of request, `on_`, `days_` and `words_` before its key."""

    seen = HiddenField()

    @property
    def taken(self) -> set[str]:
        """Return the keys of those that families may send."""
        return {kind.key for kind in KINDS if self[f"on_{kind.key}"].data}

    @property
    def days(self) -> dict[str, int]:
        """Return the days of each, once it is valid."""
        return {kind.key: int(self[f"days_{kind.key}"].data) for kind in KINDS}

    @property
    def words(self) -> dict[str, str]:
        """Return what families read of each."""
        return {kind.key: self[f"words_{kind.key}"].data or "" for kind in KINDS}


for _kind in KINDS:
    setattr(KindsForm, f"on_{_kind.key}", BooleanField("Les familles peuvent l’envoyer"))
    setattr(KindsForm, f"days_{_kind.key}", DaysField("Réponse promise sous (jours ouvrés)", 4))
    setattr(KindsForm, f"words_{_kind.key}", SentenceField("Ce que les familles lisent", LONGEST))


@town_hall.route("/mairie/reglages/demandes", methods=["GET", "POST"])
@needs(Right.SETTINGS)
def request_kinds() -> ResponseReturnValue:
    """Which requests families may send, and within how long each is answered."""
    lines = service.listed()
    saved: dict[str, object] = {"seen": town_settings.mark()}
    for line in lines:
        saved |= {f"on_{line.kind.key}": line.taken, f"days_{line.kind.key}": str(line.days)}
        saved[f"words_{line.kind.key}"] = line.kind.words
    form = KindsForm(data=saved)
    if form.is_submitted():
        return _save(form)
    return render_template(
        "town_hall/request_kinds.html", form=form, lines=lines, fixed=followed().fixed
    )


def _save(form: KindsForm) -> ResponseReturnValue:
    if not form.validate():
        return show_again(form)
    try:
        changed = service.save(
            form.taken, form.days, form.words, form.seen.data or "", current_clerk()
        )
    except Refusal as refused:
        if refused.reason is Reason.OUTDATED:
            form.seen.data = town_settings.mark()
        form.form_errors.append(str(refused))
        return show_again(form)
    flash(SAVED if changed else SAME, "success" if changed else "info")
    return redirect(url_for("town_hall.request_kinds"))
