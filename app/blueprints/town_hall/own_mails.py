"""« Courriels que je reçois »: what a clerk is told of by mail, and the link that stops it."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import Field, SelectChoice, SelectField
from wtforms.validators import InputRequired

from app.blueprints.town_hall.blueprint import town_hall
from app.services.clerks import wishes
from app.services.clerks.rights import Right
from app.services.clerks.wishes import ABOUT, WHEN
from app.web.access import Audience, opens_to, origin
from app.web.clerk_access import current_clerk, needs
from app.web.forms import Form, show_again

ONE_CLICK = "List-Unsubscribe"
SAVED = "Vos choix de courriels sont enregistrés."


class WhenField(SelectField):
    """When to be told of something."""

    def __init__(self, about: str, **kwargs: Any) -> None:
        """Only what it is about differs."""
        super().__init__(
            about,
            choices=[SelectChoice(told, words) for told, words in WHEN.items()],
            validators=[InputRequired("Dites quand.")],
            invalid_choice_message="Dites quand.",
            **kwargs,
        )


class MailsForm(Form):
    """When, for each sort of news."""

    new_request = WhenField(ABOUT["new_request"])
    late_request = WhenField(ABOUT["late_request"])
    failed_mail = WhenField(ABOUT["failed_mail"])

    def __init__(self, wanted: Mapping[str, str]) -> None:
        """Ask of what this clerk may read alone, and begin with what they want."""
        super().__init__(data=wanted)
        for news in ABOUT.keys() - wanted.keys():
            del self[news]

    @property
    def lines(self) -> list[Field]:
        """List what is asked."""
        return [self[news] for news in ABOUT if news in self]

    @property
    def wanted(self) -> dict[str, str]:
        """Return what was chosen."""
        return {line.name: line.data for line in self.lines}


@town_hall.route("/mairie/mon-compte/courriels", methods=["GET", "POST"])
@needs(Right.OWN_ACCOUNT)
def choose_own_mails() -> ResponseReturnValue:
    """« Courriels que je reçois »."""
    clerk = current_clerk()
    form = MailsForm(wishes.read(clerk))
    if form.is_submitted():
        if not form.validate():
            return show_again(form)
        wishes.save(clerk, form.wanted)
        flash(SAVED, "success")
        return redirect(url_for("town_hall.own_account"))
    return render_template("town_hall/own_mails.html", form=form, email=clerk.email)


@town_hall.route("/mairie/mon-compte/courriels/arreter/<token>", methods=["GET", "POST"])
@opens_to(Audience.STRANGERS)
def stop_own_mails(token: str) -> ResponseReturnValue:
    """The link beside a mail of news: a button for people, one press for mail programs.

    They post without a cookie or a page of ours (RFC 8058): the link itself is what lets them.
    """
    if request.method == "POST":
        wishes.stop(token, origin())
        if ONE_CLICK in request.form:
            return "", HTTPStatus.NO_CONTENT
        return redirect(url_for("town_hall.stop_own_mails", token=token))
    return render_template("town_hall/stop_own_mails.html", wish=wishes.linked(token), token=token)
