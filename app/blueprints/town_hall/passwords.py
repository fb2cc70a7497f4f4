"""Choosing a password by a link, then the second factor and its spare codes."""

from functools import partial

from flask import flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from app.blueprints.town_hall.blueprint import town_hall
from app.blueprints.town_hall.forms import ApplicationForm, ClerkPasswordForm, ForgottenForm
from app.services.clerks import codes, password_choice, team, tickets
from app.services.clerks.outcomes import SignedIn
from app.services.clerks.password_choice import LinkState
from app.services.clerks.rights import Right
from app.services.clerks.tickets import Step, Ticket
from app.services.refusals import Refusal
from app.services.tokens import second_factors
from app.settings import settings
from app.web import clerk_access
from app.web.access import Audience, opens_to, origin
from app.web.clerk_access import TICKET, current_clerk, needs
from app.web.drafts import stands_on
from app.web.forms import later_where_it_floods, left_open, refuse_flood, show_again
from app.web.new_passwords import SAVED

CHOICE_OVER = "C’était trop long. Connectez-vous pour reprendre où vous en étiez."


@town_hall.route("/mairie/invitation/<token>", methods=["GET", "POST"])
@town_hall.route("/mairie/mot-de-passe/<token>", methods=["GET", "POST"], endpoint="new_password")
@opens_to(Audience.STRANGERS)
def invitation(token: str) -> ResponseReturnValue:
    """« Bienvenue »: a password, by the link of a mail; opening it changes nothing."""
    link = password_choice.open_link(token)
    if link.clerk is None:
        if request.method == "POST":
            return redirect(url_for(request.endpoint or "", token=token))
        return render_template(
            "town_hall/link_over.html", link=link, administrators=team.administrators()
        )
    form = ClerkPasswordForm(partial(password_choice.problems, link.clerk.email, link.clerk.name))
    if form.is_submitted():
        return _save(form, link) if form.validate() else show_again(form)
    return render_template("town_hall/invitation.html", form=form, link=link, token=token)


@town_hall.route("/mairie/mot-de-passe-oublie", methods=["GET", "POST"])
@opens_to(Audience.STRANGERS)
def forgotten_password() -> ResponseReturnValue:
    """Ask for a link: the same answer whoever asks."""
    form = ForgottenForm()
    if form.is_submitted():
        if not form.validate():
            return show_again(form)
        if not password_choice.ask_for_link(form.email.data or "", origin()):
            return refuse_flood(form)
        return redirect(url_for("town_hall.forgotten_password_sent"))
    page = render_template("town_hall/forgotten_password.html", form=form)
    return later_where_it_floods(form, page)


@town_hall.get("/mairie/mot-de-passe-oublie/envoye")
@opens_to(Audience.STRANGERS)
def forgotten_password_sent() -> ResponseReturnValue:
    """Say what to look for in the mailbox."""
    return render_template("town_hall/forgotten_password_sent.html")


@town_hall.route("/mairie/second-facteur", methods=["GET", "POST"])
@opens_to(Audience.STRANGERS)
def second_factor() -> ResponseReturnValue:
    """Choose where codes come from: only with the ticket that a chosen password gives."""
    ticket = tickets.read(session.get(TICKET, ""), Step.CHOICE)
    if ticket is None:
        return _choose_later()
    form = ApplicationForm()
    if form.is_submitted():
        if not form.validate():
            return show_again(form)
        try:
            return _let_in(codes.choose_application(ticket, form.code.data or "", origin()))
        except Refusal as refused:
            form.code.errors = [str(refused)]
            return show_again(form)
    return render_template(
        "town_hall/second_factor.html",
        form=form,
        drawing=_drawing(_address_for_application(ticket)),
        seed=second_factors.seed(codes.secret_of(ticket)),
        by_mail=codes.by_mail_refused(ticket.clerk) is None,
        email=ticket.clerk.email,
    )


@town_hall.post("/mairie/second-facteur/courriel")
@opens_to(Audience.STRANGERS)
@stands_on("town_hall.second_factor")
def choose_mail() -> ResponseReturnValue:
    """Take the mailbox as the second factor."""
    ticket = tickets.read(session.get(TICKET, ""), Step.CHOICE)
    if ticket is None:
        return _choose_later()
    if stale := left_open():
        return stale
    try:
        return _let_in(codes.choose_mail(ticket, origin()))
    except Refusal as refused:
        flash(str(refused), "info")
        return redirect(url_for("town_hall.second_factor"))


@town_hall.get("/mairie/codes-de-secours")
@needs(Right.OWN_ACCOUNT, proof=True)
def spare_codes() -> ResponseReturnValue:
    """The codes to put away, for the day when the application or the mailbox is lost."""
    return render_template("town_hall/spare_codes.html", codes=codes.spare(current_clerk()))


@town_hall.post("/mairie/codes-de-secours/renouveler")
@needs(Right.OWN_ACCOUNT, proof=True)
@stands_on("town_hall.spare_codes")
def renew_spare_codes() -> ResponseReturnValue:
    """Draw others: those on the old paper are worth nothing any more."""
    if stale := left_open():
        return stale
    codes.renew_spare(current_clerk())
    flash("Voici de nouveaux codes. Les anciens ne servent plus.", "success")
    return redirect(url_for("town_hall.spare_codes"))


def _save(form: ClerkPasswordForm, link: LinkState) -> ResponseReturnValue:
    assert link.clerk is not None
    try:
        ticket = password_choice.choose(link.clerk, form.new_password.data, origin())
    except Refusal as refused:
        form.form_errors.append(str(refused))
        return show_again(form)
    if ticket is None:
        flash(SAVED, "success")
        return redirect(url_for("town_hall.sign_in"))
    session[TICKET] = ticket
    return redirect(url_for("town_hall.second_factor"))


def _let_in(signed_in: SignedIn) -> ResponseReturnValue:
    answer = redirect(url_for("town_hall.spare_codes"))
    return clerk_access.begin_session(answer, signed_in.session_key)


def _choose_later() -> ResponseReturnValue:
    if session.pop(TICKET, None):
        flash(CHOICE_OVER, "info")
    return redirect(url_for("town_hall.sign_in"))


def _address_for_application(ticket: Ticket) -> str:
    secret = codes.secret_of(ticket)
    return second_factors.address_for_application(secret, ticket.clerk.email, settings.town_name)


def _drawing(address: str) -> Markup:
    import segno

    drawing = segno.make(address, error="m").svg_inline(omitsize=True, border=2, svgclass="code")
    # What it says stands beside it, in letters.
    return Markup(drawing.replace("<svg ", '<svg aria-hidden="true" ', 1))  # noqa: S704
