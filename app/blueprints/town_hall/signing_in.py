"""Signing in and out: an address and a password, then a code."""

from math import ceil

from flask import flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from app.blueprints.town_hall.blueprint import COMPUTER, town_hall
from app.blueprints.town_hall.forms import CodeForm, ProofForm, SignInForm
from app.formats import plural
from app.services.accounts.throttles import ByMailbox, Wait
from app.services.clerks import codes, computers, signing_in, tickets
from app.services.clerks.outcomes import GoesOn, LinkSent, Outcome, Refused, SignedIn
from app.services.clerks.rights import Right
from app.services.clerks.tickets import Step
from app.services.refusals import Refusal
from app.web import clerk_access
from app.web.access import Audience, opens_to, origin
from app.web.clerk_access import TICKET, current_clerk, found_clerk, needs
from app.web.drafts import stands_on
from app.web.forms import Form, left_open, show_again
from app.web.security import safe_target

WRONG = "Adresse ou mot de passe incorrect. Vérifiez-les, ou choisissez un nouveau mot de passe."
WRONG_CODE = "Vérifiez votre code\u00a0: ce n’est pas le bon, ou il a déjà servi."
TOO_MANY = "Trop d’essais. Attendez {} avant de recommencer."
TOO_MANY_IN_A_ROW = (
    "Beaucoup d’essais ont échoué. Par sécurité, choisissez un nouveau mot de passe, ou demandez "
    "à la personne qui gère les accès de la mairie."
)
TICKET_OVER = "C’était trop long. Saisissez de nouveau votre mot de passe."
LINK_SENT = (
    "Il reste à choisir d’où viendra votre code. Un lien pour le faire part à votre adresse de "
    "courriel\u00a0: ouvrez-le."
)
CODE_SENT = "Un nouveau code part à l’instant."


@town_hall.route("/mairie/connexion", methods=["GET", "POST"])
@opens_to(Audience.STRANGERS)
def sign_in() -> ResponseReturnValue:
    """« Accès mairie »."""
    form = SignInForm()
    if not form.is_submitted():
        if found_clerk() and not form.errors:
            return redirect(url_for("town_hall.day"))
        return render_template("town_hall/sign_in.html", form=form)
    if not form.validate():
        return show_again(form)
    typed = form.email.data or "", form.password.data
    return _answer(form, signing_in.sign_in(*typed, origin(), COMPUTER.read()), WRONG)


@town_hall.route("/mairie/code", methods=["GET", "POST"])
@opens_to(Audience.STRANGERS)
def code() -> ResponseReturnValue:
    """« Votre code »: only with the ticket that a right password gives."""
    ticket = tickets.read(session.get(TICKET, ""), Step.CODE)
    if ticket is None:
        return _begin_again()
    form = CodeForm()
    if form.is_submitted():
        if not form.validate():
            return show_again(form)
        outcome = codes.check(ticket, form.code.data or "", origin(), remember=form.remember.data)
        return _answer(form, outcome, WRONG_CODE)
    return render_template(
        "town_hall/code.html",
        form=form,
        by_mail=codes.come_by_mail(ticket),
        address=_half_hidden(ticket.clerk.email),
        may_remember=computers.may_be_known(ticket.clerk),
    )


@town_hall.post("/mairie/code/renvoyer")
@opens_to(Audience.STRANGERS)
@stands_on("town_hall.code")
def send_code_again() -> ResponseReturnValue:
    """Send another code by mail; the former one is worth nothing any more."""
    ticket = tickets.read(session.get(TICKET, ""), Step.CODE)
    if ticket is None or not codes.come_by_mail(ticket):
        return _begin_again()
    if stale := left_open():
        return stale
    try:
        session[TICKET] = signing_in.send_code_again(ticket)
        flash(CODE_SENT, "success")
    except Refusal as refused:
        flash(str(refused), "info")
    return redirect(url_for("town_hall.code"))


@town_hall.post("/mairie/deconnexion")
@needs(Right.OWN_ACCOUNT)
@stands_on("town_hall.day")
def sign_out() -> ResponseReturnValue:
    """Sign out of the town hall; whoever is signed in as a parent stays so."""
    if stale := left_open():
        return stale
    clerk_access.sign_out()
    flash("Votre session est fermée.", "success")
    return clerk_access.end_session(redirect(url_for("town_hall.sign_in")))


@town_hall.route("/mairie/verification", methods=["GET", "POST"])
@needs(Right.OWN_ACCOUNT)
def prove_again() -> ResponseReturnValue:
    """Ask for the password once more, before what cannot be undone."""
    form = ProofForm()
    if form.is_submitted():
        if not form.validate():
            return show_again(form)
        refused = signing_in.prove_again(current_clerk(), form.password.data)
        if refused:
            form.password.errors = [refused]
            return show_again(form)
        return redirect(next_page())
    return render_template("town_hall/prove_again.html", form=form)


def next_page() -> str:
    """Return where somebody wanted to go, if that is at the town hall; the day otherwise."""
    target = safe_target(request.args.get("next"))
    return target if target and target.startswith("/mairie") else url_for("town_hall.day")


def _answer(form: Form, outcome: Outcome, wrong: str) -> ResponseReturnValue:
    match outcome:
        case SignedIn(key, mark):
            answer = redirect(next_page())
            if mark:
                COMPUTER.leave(answer, mark)
            return clerk_access.begin_session(answer, key)
        case GoesOn(ticket):
            session[TICKET] = ticket
            return redirect(url_for("town_hall.code", next=request.args.get("next")))
        case LinkSent():
            flash(LINK_SENT, "info")
            return redirect(url_for("town_hall.sign_in"))
        case Wait(delay):
            words = plural(ceil(delay.total_seconds() / 60), "minute")
            form.form_errors.append(TOO_MANY.format(words))
        case ByMailbox():
            form.form_errors.append(TOO_MANY_IN_A_ROW)
        case Refused():
            form.form_errors.append(wrong)
    return show_again(form)


def _begin_again() -> Response:
    if session.pop(TICKET, None):
        flash(TICKET_OVER, "info")
    return redirect(url_for("town_hall.sign_in"))


def _half_hidden(email: str) -> str:
    """Write c…@commune.fr: enough for its owner, and for nobody else."""
    name, _, domain = email.partition("@")
    return f"{name[:1]}…@{domain}"
