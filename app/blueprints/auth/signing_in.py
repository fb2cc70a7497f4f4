"""Signing in and out, asking for a temporary password."""

from datetime import UTC, datetime
from http import HTTPStatus
from math import ceil

from flask import flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from werkzeug.wrappers import Response

from app.blueprints.auth.blueprint import DEVICE, auth
from app.blueprints.auth.forms import ForgottenPasswordForm, SignInForm
from app.formats import plural
from app.services.accounts import signing_in
from app.services.accounts.drafts import Owner
from app.services.accounts.signing_in import Expired, MustChoose, Outcome, Refused, SignedIn
from app.services.accounts.throttles import ByMailbox, Wait
from app.settings import settings
from app.web import drafts
from app.web.access import (
    Audience,
    begin_session,
    current_account,
    end_session,
    opens_to,
    origin,
)
from app.web.drafts import stands_on
from app.web.forms import (
    EmptyForm,
    later_where_it_floods,
    left_open,
    refuse_flood,
    show_again,
)
from app.web.security import safe_target
from app.web.site_map import labelled
from app.web.strangers import is_stranger, render_to_stranger

RESEND_AFTER_SECONDS = 120
RESET = "appuyez sur «\u00a0Mot de passe oublié\u00a0» pour recevoir un mot de passe temporaire."

WRONG = (
    "Identifiant ou mot de passe incorrect. Vérifiez-les, ou appuyez sur "
    "«\u00a0Mot de passe oublié\u00a0» pour en recevoir un nouveau."
)
BY_MAILBOX = (
    "Beaucoup d’essais ont échoué avec cet identifiant. Par sécurité, cet appareil ne peut plus se "
    f"connecter avec le seul mot de passe\u00a0: {RESET}"
)


@auth.route("/connexion", methods=["GET", "POST"])
@labelled("Connexion", place=1)
def sign_in() -> ResponseReturnValue:
    """« Accès famille »."""
    if request.method == "GET" and is_stranger():
        return render_to_stranger("auth/sign_in.html", SignInForm)
    form = SignInForm()
    if not form.is_submitted():
        return _sign_in_page(form)
    if not form.validate():
        return show_again(form)
    typed = form.identifier.identifier, form.password.data
    return _answer(form, signing_in.sign_in(*typed, origin(), DEVICE.read()))


@auth.post("/deconnexion")
@opens_to(Audience.FAMILY)
@stands_on("family.home")
def sign_out() -> ResponseReturnValue:
    """Sign out; a stale page is sent home to try again."""
    if stale := left_open():
        return stale
    drafts.forget_all(Owner(current_account().account_id))
    end_session()
    flash("Votre session est fermée.", "success")
    return redirect(url_for("auth.sign_in"))


@auth.route("/mot-de-passe-oublie", methods=["GET", "POST"])
@labelled("Mot de passe oublié", place=2)
def forgotten_password() -> ResponseReturnValue:
    """Ask for a temporary password: the same answer whoever asks."""
    form = ForgottenPasswordForm()
    if form.is_submitted():
        if not form.validate():
            return show_again(form)
        asked = signing_in.request_credentials(form.identifier.identifier, origin())
        if asked is None:
            return refuse_flood(form)
        session.pop("asked_again_at", None)
        session["asked"] = asked
        return redirect(url_for("auth.forgotten_password_sent"))
    return later_where_it_floods(form, render_template("auth/forgotten_password.html", form=form))


@auth.route("/mot-de-passe-oublie/envoye", methods=["GET", "POST"])
def forgotten_password_sent() -> ResponseReturnValue:
    """Say what to look for in the mailbox; the button asks again for the same identifiant."""
    form = EmptyForm()
    if form.is_submitted():
        if not form.validate():
            return show_again(form)
        identifier = signing_in.identifier_asked(session.get("asked"))
        if identifier is None:
            return redirect(url_for("auth.forgotten_password"))
        again = signing_in.request_credentials(identifier, origin())
        if again is None:
            return refuse_flood(form)
        session["asked"], session["asked_again_at"] = again, datetime.now(UTC).isoformat()
        return redirect(url_for("auth.forgotten_password_sent"))
    again_at = session.get("asked_again_at")
    page = render_template(
        "auth/forgotten_password_sent.html",
        form=form,
        asked_again_at=datetime.fromisoformat(again_at) if again_at else None,
        resend_after_seconds=RESEND_AFTER_SECONDS,
        sender=settings.mail_sender,
        subject=signing_in.CREDENTIALS_SUBJECT,
    )
    return later_where_it_floods(form, page)


def _answer(form: SignInForm, outcome: Outcome) -> ResponseReturnValue:
    match outcome:
        case SignedIn():
            return _let_in(outcome)
        case MustChoose(ticket):
            end_session()
            session["ticket"] = ticket
            return redirect(url_for("auth.choose_password"))
        case Expired(at, by_letter):
            of_letter = {"of_letter": "yes"} if by_letter else {}
            return show_again(form, expired_at=at.isoformat(), **of_letter)
        case Wait(delay):
            return show_again(form, wait_until=(datetime.now(UTC) + delay).isoformat())
        case ByMailbox():
            form.form_errors.append(BY_MAILBOX)
            return show_again(form, by_mailbox="yes")
        case Refused():
            form.form_errors.append(WRONG)
            return show_again(form)


def _let_in(signed_in: SignedIn) -> Response:
    target = safe_target(request.args.get("next"))
    begin_session(signed_in.session_key)
    response = redirect(target or url_for("family.home"))
    DEVICE.leave(response, signed_in.device_mark)
    return response


def _sign_in_page(form: SignInForm) -> ResponseReturnValue:
    noted = form.facts
    if current_user.is_authenticated and not form.errors and not noted:
        return redirect(url_for("family.home"))
    form.identifier.data = form.identifier.data or _known_identifier()
    seconds = _seconds_left(noted["wait_until"]) if "wait_until" in noted else 0
    if seconds > 0:
        words = plural(ceil(seconds / 60), "minute")
        form.form_errors.append(
            f"Trop d’essais depuis cette connexion. Attendez {words}, ou {RESET}"
        )
    throttled = seconds > 0 or "by_mailbox" in noted
    expired_at = datetime.fromisoformat(noted["expired_at"]) if "expired_at" in noted else None
    page = render_template(
        "auth/sign_in.html",
        form=form,
        expired_at=expired_at,
        of_letter="of_letter" in noted,
        throttled=throttled,
    )
    retry = {"Retry-After": str(seconds)} if seconds > 0 else {}
    return (page, HTTPStatus.TOO_MANY_REQUESTS, retry) if throttled else page


def _seconds_left(until: str) -> int:
    return ceil((datetime.fromisoformat(until) - datetime.now(UTC)).total_seconds())


def _known_identifier() -> str | None:
    """Fill in the identifiant of whoever chose a password on this device, or asked for a mail."""
    returning = session.pop("returning", None)
    if returning:
        return signing_in.identifier_of(returning)
    return signing_in.identifier_asked(session.get("asked"))
