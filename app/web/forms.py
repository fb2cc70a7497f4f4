"""The French base form, and the way back to one that could not be taken."""

import secrets
from datetime import timedelta
from http import HTTPStatus
from typing import Any

from flask import Flask, flash, g, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from flask_wtf.file import MultipleFileField
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response
from wtforms import Field, HiddenField, PasswordField

from app import here
from app.formats import plural
from app.services.accounts.drafts import MOST_CHARACTERS, Draft, Owner
from app.services.accounts.throttles import ADDRESS_WINDOW
from app.services.files.store import StoreAway
from app.services.refusals import Reason, Refusal
from app.web import drafts, errors
from app.web.access import Audience, admitted_clerk, audience_of, current_account
from app.web.signing import SmallValues

TOKEN_SECONDS = 12 * 3600
SIGNER = "portail.token_signer"
SECRET_BYTES = 20
STALE_PAGE = (
    "Votre page est restée ouverte trop longtemps. "
    "Vérifiez ce que vous avez saisi, puis validez de nouveau."
)
NO_COOKIES = (
    "Votre navigateur refuse les cookies, et le portail en a besoin pour vous reconnaître d’une "
    "page à l’autre. Autorisez les cookies pour ce site, puis recommencez."
)
CAME_BACK = "Ce que vous aviez saisi est encore là. Relisez-le, puis envoyez-le."
CHOOSE_AGAIN = "Choisissez de nouveau vos fichiers\u00a0: le navigateur ne les a pas gardés."
STORE_AWAY = (
    "Rien n’est envoyé\u00a0: les fichiers ne peuvent pas être rangés en ce moment. Vos réponses "
    "sont gardées. Recommencez dans quelques minutes."
)

FLOODED = (
    "Beaucoup de demandes viennent d’arriver depuis cette connexion\u00a0: aucun courriel n’est "
    f"parti pour la vôtre. Attendez {plural(ADDRESS_WINDOW // timedelta(minutes=1), 'minute')}, "
    "puis recommencez."
)


class Form(FlaskForm):
    """A form that speaks French and says what to do when its page has grown too old."""

    class Meta:
        """WTForms' own settings."""

        locales = ("fr",)

        @property
        def csrf(self) -> bool:
            """Ask for a token of what is sent; a page that shows a form draws its own."""
            return request.method == "POST"

        def wrap_formdata(self, form: "Form", _formdata: object) -> MultiDict[str, Any] | None:
            """Read what browsers send; Flask-WTF would take JSON too, whose values may be lists.

            A file is for a field of files: anywhere else it would be no text. A page that shows a
            form fills it with what was sent before and not taken.
            """
            if not form.is_submitted():
                draft = recalled()
                return MultiDict(draft.typed) if draft else None
            wanted = {field.name for field in form if isinstance(field, MultipleFileField)}
            if not wanted or not request.form:
                return request.form or None
            sent: MultiDict[str, Any] = MultiDict(request.form)
            for name in wanted:
                sent.setlist(name, request.files.getlist(name))
            return sent

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """Learn which fields hold passwords: no draft keeps them."""
        super().__init_subclass__(**kwargs)
        for name, unbound in vars(cls).items():
            if issubclass(getattr(unbound, "field_class", object), PasswordField):
                drafts.SECRETS.add(name)

    def __init__(self, **kwargs: Any) -> None:
        """Fill it with what was sent or, on the page that shows it, with what was kept."""
        super().__init__(**kwargs)
        if not self.is_submitted():
            self._say_again()

    def validate(self, extra_validators: Any = None) -> bool:
        """Check every field; a token that is missing or too old is about the whole form."""
        valid: bool = super().validate(extra_validators)
        if "csrf_token" in self.errors:
            self.form_errors.append(STALE_PAGE)
        if valid and self.is_submitted():
            g.taken = self
        return valid

    @property
    def stale(self) -> bool:
        """Tell whether its page was left open too long."""
        return STALE_PAGE in self.form_errors

    @property
    def facts(self) -> dict[str, str]:
        """Return what else was noted when the form was not taken."""
        draft = recalled()
        return draft.facts if draft and drafts.step() == drafts.CORRECTION else {}

    def is_ready(self) -> bool:
        """Tell whether what was kept still is all right, to be checked by whoever typed it."""
        ready = recalled() is not None and self.validate()
        self._say_again()
        return ready

    def _say_again(self) -> None:
        """Show what was said when it was sent, on the page that the answer leads to."""
        if drafts.step() == drafts.WITHOUT_COOKIES:
            self.form_errors = [NO_COOKIES]
        draft = recalled()
        if draft is None or drafts.step() not in {drafts.CORRECTION, drafts.CHECK}:
            self._tell_what_came_back()
            return
        for name, sentences in draft.errors.items():
            if name in self:
                self[name].errors = sentences
        self.form_errors = draft.errors.get("", [])

    def _tell_what_came_back(self) -> None:
        draft = recalled()
        if draft is None or drafts.step() or owner() is None or "came_back" in g:
            return
        seen = (field for field in self if not isinstance(field, HiddenField))
        if any(any(draft.typed.get(field.name, ())) for field in seen):
            # Once for a page, however many forms it has.
            g.came_back = True
            flash(CAME_BACK, "info")


class EmptyForm(Form):
    """A button without fields: only the proof that the page is ours."""


def init_app(app: Flask) -> None:
    """Let templates put the token in the forms that have no Python class."""
    app.config.update(WTF_I18N_ENABLED=False, WTF_CSRF_TIME_LIMIT=TOKEN_SECONDS)
    app.jinja_env.globals["csrf_token"] = _token
    keys = app.config["WTF_CSRF_SECRET_KEY"]
    app.extensions[SIGNER] = SmallValues(keys, salt="wtf-csrf-token")
    app.after_request(_forget_what_was_taken)
    app.register_error_handler(Refusal, _say_so)
    app.register_error_handler(StoreAway, _say_store_is_away)


def left_open() -> Response | None:
    """Answer a button whose page was left open too long: that page again; None for any other."""
    if EmptyForm().validate():
        return None
    flash(STALE_PAGE, "info")
    return redirect(drafts.page_of_form() or url_for("site.index"))


def show_again(form: Form, step: str = drafts.CORRECTION, **facts: str) -> Response:
    """Answer a POST that cannot be taken: its page shows it again, filled, with what was said."""
    g.pop("taken", None)
    chosen = sum(bool(each.filename) for _, each in request.files.items(multi=True))
    told = any(field.errors for field in form if isinstance(field, MultipleFileField))
    # Of a single file that is wrong, its own sentence says enough.
    if chosen > told:
        form.form_errors.append(CHOOSE_AGAIN)
    fields = ((field.name, _typed_in(field)) for field in form)
    errors = {
        name: [str(sentence) for sentence in sentences]
        for name, sentences in form.errors.items()
        if name != "csrf_token"
    }
    return back_to_page(Draft(drafts.bounded(fields, MOST_CHARACTERS), errors, facts), step)


def refuse_flood(form: Form) -> Response:
    """Answer whoever asks for a mail where a network floods: that none left, whoever it is for."""
    form.form_errors.append(FLOODED)
    return show_again(form, flooded="yes")


def later_where_it_floods(form: Form, page: str) -> ResponseReturnValue:
    """Show the page of such a form, which says when to ask again if it was refused so."""
    if "flooded" not in form.facts:
        return page
    retry = {"Retry-After": str(int(ADDRESS_WINDOW.total_seconds()))}
    return page, HTTPStatus.TOO_MANY_REQUESTS, retry


def recalled() -> Draft | None:
    """Return what was kept of the form on this page, once for the request."""
    found: Draft | None
    g = here.g()
    try:
        found = g.recalled
    except AttributeError:
        found = g.recalled = _recalled()
    return found


def back_to_page(draft: Draft, step: str) -> Response:
    """Answer a POST: what it sent waits for the page of its form, at that step of it."""
    page = drafts.page_of_form()
    assert page is not None, f"{request.endpoint} does not say on which page its form stands"
    drafts.keep(owner(), page, draft)
    return drafts.to_page(page, step)


def _say_so(refusal: Refusal) -> Response:
    """Say on the page of its form that something is too much, and lose nothing of it."""
    taken = g.get("taken")
    if not isinstance(taken, Form) or refusal.reason is not Reason.TOO_MANY:
        return errors.show_refusal(refusal)
    if len(list(taken)) > 1:
        taken.form_errors.append(str(refusal))
        return show_again(taken)
    flash(str(refusal), "info")
    return redirect(drafts.page_of_form() or url_for("site.index"))


def _say_store_is_away(away: StoreAway) -> Response:
    """Say on the page of its form that files cannot be kept now, and lose nothing of it."""
    taken = g.get("taken")
    if not isinstance(taken, Form) or len(list(taken)) == 1:
        return errors.show_store_away(away)
    errors.note_store_away(away)
    taken.form_errors.append(STORE_AWAY)
    return show_again(taken, drafts.step() or drafts.CORRECTION)


def owner() -> Owner | None:
    """Return for whom the page is, None for those that anybody may open."""
    assert request.endpoint is not None
    audience = audience_of(request.endpoint)
    if audience is Audience.FAMILY:
        return Owner(current_account().account_id)
    return Owner(admitted_clerk().clerk_id, "clerk") if audience is Audience.TOWN_HALL else None


def _recalled() -> Draft | None:
    if request.method == "POST" or request.endpoint is None:
        return None
    # A link that gives the subject of a request begins a new one.
    if request.args and drafts.step() is None:
        return None
    if drafts.KEY not in session and drafts.SEALED not in session:
        return None
    page = drafts.page_of_form()
    return drafts.find(owner(), page) if page else None


def _forget_what_was_taken(response: Response) -> Response:
    taken = here.g().get("taken")
    is_redirect = HTTPStatus.MULTIPLE_CHOICES <= response.status_code < HTTPStatus.BAD_REQUEST
    # A button alone takes nothing that was typed elsewhere on its page.
    if isinstance(taken, Form) and is_redirect and len(list(taken)) > 1:
        page = drafts.page_of_form()
        if page and (drafts.KEY in session or drafts.SEALED in session):
            drafts.forget(owner(), page)
    return response


def _typed_in(field: Field) -> list[str]:
    if isinstance(field, MultipleFileField) or not field.data:
        return []
    if field.data is True:
        return ["y"]
    return field.data if isinstance(field.data, list) else [str(field.data)]


def _token() -> str:
    # The nine forms of a family's file ask for it.
    drawn: str | None = here.g().get("csrf_token_drawn")
    return drawn or signed_token()


def signed_token() -> str:
    """Sign a token once for the page, where the fields of its forms find it too."""
    g = here.g()
    token: str | None = g.get("csrf_token")
    if token is None:
        session = here.session()
        if "csrf_token" not in session:
            session["csrf_token"] = secrets.token_hex(SECRET_BYTES)
        signer = here.application().extensions[SIGNER]
        token = g.csrf_token = str(signer.dumps(session["csrf_token"]))
    return token
