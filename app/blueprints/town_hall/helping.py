"""What is done about a guardian's access from the family's file."""

from collections.abc import Callable

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from app.blueprints.town_hall.blueprint import town_hall
from app.blueprints.town_hall.helping_forms import AddressForm
from app.formats import ended
from app.services.accounts import helping, invitations
from app.services.accounts.address_correction import Corrected
from app.services.accounts.helping import Whose
from app.services.actors import Actor
from app.services.clerks.rights import Right
from app.services.mail import outbox
from app.services.refusals import Reason, Refusal
from app.services.town_hall.family_file import opening, reading
from app.services.town_hall.family_file.guardians import GuardianCard
from app.web.access_letters import Letters, print_letters
from app.web.clerk_access import current_clerk, needs
from app.web.drafts import stands_on
from app.web.errors import say_why
from app.web.files import only_with_printing
from app.web.forms import left_open, show_again

SENT = "Envoyé à {}. Dites-lui de regarder aussi dans Indésirables."
SAVED = "Adresse enregistrée."
WARNED = " L’ancienne est prévenue, et ses appareils sont déconnectés."
SHARED = "C’est aussi l’adresse de\u00a0: {}"
AGAIN = "Le courriel repart."
NOT_AGAIN = "Ce courriel est déjà parti, ou n’est plus là."
# What is done, and what is said of it.
ACTS: dict[str, tuple[Callable[[Whose, Actor], object], str]] = {
    "envoyer": (helping.send_access, SENT),
    "lever": (helping.lift_wait, "L’attente est levée\u00a0: un nouvel essai est possible."),
    "deconnecter": (helping.sign_out, "Ses appareils sont déconnectés."),
    "fermer": (helping.close, "Accès fermé. Aucun import ne le rouvrira."),
    "rouvrir": (helping.reopen, "Accès rouvert."),
}


@town_hall.route(
    "/mairie/familles/<int:family_id>/responsables/<int:guardian_id>", methods=["GET", "POST"]
)
@needs(Right.ACCESS)
def guardian(family_id: int, guardian_id: int) -> ResponseReturnValue:
    """The address of one of them, whose form stands in the family's file too."""
    form, whose = AddressForm(), Whose(family_id, guardian_id)
    if not form.is_submitted():
        person = _person(whose)
        if not form.email.data and not form.errors:
            form.email.data = person.email
        return render_template(
            "town_hall/guardian.html", form=form, person=person, family_id=family_id
        )
    if not form.validate():
        return show_again(form)
    sends = request.form.get("act") == "send"
    typed = form.email.data or ""
    try:
        done = helping.save_address(
            whose, typed, current_clerk(), verified=bool(form.verified.data), then_send=sends
        )
    except Refusal as refused:
        return _not_saved(form, whose, refused)
    _say(done, typed, sends=sends)
    return redirect(url_for("town_hall.family", family_id=family_id))


@town_hall.post("/mairie/familles/<int:family_id>/responsables/<int:guardian_id>/<act>")
@needs(Right.ACCESS)
@stands_on("town_hall.family")
def help_guardian(family_id: int, guardian_id: int, act: str) -> ResponseReturnValue:
    """Send an access, lift a wait, sign out, close, open again."""
    if act not in ACTS:
        abort(404)
    if stale := left_open():
        return stale
    do, said = ACTS[act]
    try:
        flash(said.format(do(Whose(family_id, guardian_id), current_clerk())), "success")
    except Refusal as refused:
        say_why(refused)
    return redirect(url_for("town_hall.family", family_id=family_id))


@town_hall.get("/mairie/familles/<int:family_id>/responsables/<int:guardian_id>/lettre")
@needs(Right.ACCESS)
@only_with_printing
def guardian_letter(family_id: int, guardian_id: int) -> ResponseReturnValue:
    """The letter that gives somebody their identifiant."""
    whose = Whose(family_id, guardian_id)
    try:
        return print_letters(
            lambda: _letter(helping.note_letter(whose, current_clerk())), inline=True
        )
    except Refusal as refused:
        say_why(refused)
    return redirect(url_for("town_hall.family", family_id=family_id))


@town_hall.post("/mairie/familles/<int:family_id>/responsables/<int:guardian_id>/lettre-avec-code")
@needs(Right.ACCESS)
@stands_on("town_hall.family")
@only_with_printing
def guardian_code(family_id: int, guardian_id: int) -> ResponseReturnValue:
    """The same with a code, for whoever has no address; no screen shows it."""
    if stale := left_open():
        return stale
    whose = Whose(family_id, guardian_id)
    try:
        return print_letters(lambda: _letter(*helping.make_code(whose, current_clerk())))
    except Refusal as refused:
        say_why(refused)
    return redirect(url_for("town_hall.family", family_id=family_id))


@town_hall.post("/mairie/familles/<int:family_id>/courriels/<int:number>")
@needs(Right.ACCESS)
@stands_on("town_hall.family")
def send_again(family_id: int, number: int) -> ResponseReturnValue:
    """Have a mail leave that did not."""
    if stale := left_open():
        return stale
    again = outbox.retry_one(current_clerk(), family_id, number)
    flash(AGAIN if again else NOT_AGAIN, "success" if again else "info")
    return redirect(url_for("town_hall.family", family_id=family_id))


def _letter(identifier: str, code: str = "") -> Letters:
    people = invitations.named([identifier]).people
    return Letters(people, f"acces-{identifier}", {identifier: code} if code else {})


def _person(whose: Whose) -> GuardianCard:
    found = reading.guardian(current_clerk(), *whose)
    if found is None or found.account_id is None:
        abort(404)
    opening.ensure(current_clerk(), whose.family_id)
    return found


def _not_saved(form: AddressForm, whose: Whose, refused: Refusal) -> Response:
    if refused.reason is Reason.UNKNOWN:
        abort(404)
    if refused.reason is Reason.TOO_MANY:
        # Nothing is to be corrected.
        flash(str(refused), "info")
        return redirect(url_for("town_hall.family", family_id=whose.family_id))
    field = form.verified if refused.reason is Reason.MISSING else form.email
    words = str(refused)
    field.errors = [words[:1].upper() + words[1:]]
    return show_again(form)


def _say(done: Corrected | None, typed: str, *, sends: bool) -> None:
    saved = "" if done is None else SAVED + (WARNED if done.old else "")
    flash(f"{saved} {SENT.format(typed)}".strip() if sends else saved, "success")
    if done is not None and done.shared_with:
        flash(ended(SHARED.format(", ".join(done.shared_with))), "info")
