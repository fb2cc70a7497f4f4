"""« À faire »: where a day at the town hall begins."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.blueprints.town_hall.blueprint import town_hall
from app.blueprints.town_hall.import_forms import UploadForm
from app.formats import ended, today
from app.services.clerks import rights, team, trial_mail
from app.services.clerks.rights import Right
from app.services.refusals import Refusal
from app.services.town_hall import day as service
from app.settings import settings
from app.web.clerk_access import current_clerk, needs
from app.web.drafts import stands_on
from app.web.forms import left_open

TRIAL = (
    "Un courriel d’essai part à {}. S’il n’arrive que dans les indésirables, ou n’arrive pas, "
    "prévenez {}"
)


@town_hall.get("/mairie")
@needs(Right.DAY)
def day() -> ResponseReturnValue:
    """« À faire aujourd’hui »."""
    if not rights.may(current_clerk(), Right.FAMILIES):
        # Whoever minds the children has one thing to do.
        return redirect(url_for("town_hall.expected"))
    may_import = rights.may(current_clerk(), Right.IMPORT)
    return render_template(
        "town_hall/day.html",
        day=service.read(reads_proofs=rights.may(current_clerk(), Right.PROOFS)),
        today=today(),
        most=service.MOST,
        shown=service.SHOWN,
        form=UploadForm() if may_import else None,
        is_alone=rights.may(current_clerk(), Right.TEAM) and team.has_one_administrator(),
    )


@town_hall.post("/mairie/courriel-d-essai")
@needs(Right.MAILS)
@stands_on("town_hall.day")
def send_trial_mail() -> ResponseReturnValue:
    """A mail to oneself, before any leaves for parents."""
    if stale := left_open():
        return stale
    try:
        trial_mail.send(current_clerk())
        flash(ended(TRIAL.format(current_clerk().email, settings.server_contact)), "success")
    except Refusal as refused:
        flash(str(refused), "info")
    return redirect(url_for("town_hall.day"))
