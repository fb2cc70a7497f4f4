"""« Guide »: the way in, step by step, shown with the real screens."""

from collections.abc import Callable
from datetime import date
from functools import lru_cache, partial

from flask import Response, abort, current_app, flash, make_response, render_template
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from app.blueprints.auth.blueprint import auth
from app.blueprints.auth.forms import ChoosePasswordForm, SignInForm
from app.services import guide as service
from app.services.accounts import passwords, signing_in
from app.settings import settings
from app.web import printing
from app.web.forms import EmptyForm
from app.web.new_passwords import SAVED
from app.web.site_map import labelled

# A new day, or another town in the same process: the guide is drawn anew.
GUIDES_KEPT = 64
# As templates ask for them: nobody is signed in, nothing is sent.
PARENT = {
    "display_name": f"{service.FIRST_NAME} {service.LAST_NAME}",
    "account": {"first_name": service.FIRST_NAME, "last_name": service.LAST_NAME},
}
NOTHING_TYPED = {"form_errors": (), "sending_key": {"data": ""}}


@auth.get("/guide")
@labelled("Guide", place=3)
def guide() -> ResponseReturnValue:
    """The steps of a first connection and of a lost password."""
    return render_template(
        "auth/guide.html",
        screens=_screens(settings.public_url, settings.town_name, service.sample_day()),
        takes_bookings=service.tells_of_bookings(),
        code=_code(settings.public_url),
        address=settings.public_url.rstrip("/"),
        sender=settings.mail_sender,
        subject=signing_in.CREDENTIALS_SUBJECT,
        printable=printing.available(),
    )


@auth.get("/guide.pdf")
def guide_pdf() -> ResponseReturnValue:
    """The same on A4 paper."""
    if not printing.available():
        abort(404)
    response: Response = make_response(
        _pdf(
            settings.public_url,
            settings.town_name,
            service.sample_day(),
            service.tells_of_bookings(),
        )
    )
    response.mimetype = "application/pdf"
    response.headers["Content-Disposition"] = "inline; filename=guide-portail-famille.pdf"
    return response


@lru_cache(maxsize=GUIDES_KEPT)
def _pdf(public_url: str, _town: str, _day: date, _takes_bookings: bool) -> bytes:
    stranger = current_app.test_client(use_cookies=False)
    with printing.making.passing():
        return printing.to_pdf(stranger.get("/guide", base_url=public_url).text)


@lru_cache(maxsize=GUIDES_KEPT)
def _code(address: str) -> Markup:
    # Two hundredths of a second, and only whoever opens the guide needs it.
    import segno

    drawing = segno.make(address, error="m").svg_inline(omitsize=True, border=0)
    # The address stands beside it, in letters.
    return Markup(drawing.replace("<svg ", '<svg aria-hidden="true" ', 1))  # noqa: S704


@lru_cache(maxsize=GUIDES_KEPT)
def _screens(public_url: str, _town: str, day: date) -> dict[str, Markup]:
    """Draw each screen from its real template, as somebody meets it on the way."""
    from app.web.facsimile import facsimile_of

    days = service.sample_days(day)
    pages: dict[str, Callable[[], str]] = {
        "sign_in": _sign_in_page,
        "sent": _sent_page,
        "choose": _choose_page,
        "saved": _saved_page,
        "home": partial(_home_page, day),
        "first_mail": partial(service.sample_mail, day, first_time=True),
        "mail": partial(service.sample_mail, day, first_time=False),
        "week": partial(_booking_page, "family/bookings/week.html", week=service.sample_week(days)),
        "check": partial(
            _booking_page, "family/bookings/check.html", summary=service.sample_summary(days)
        ),
        "booked": partial(
            _booking_page, "family/bookings/saved.html", outcome=service.sample_outcome(days)
        ),
    }
    return {name: facsimile_of(public_url, page) for name, page in pages.items()}


def _saved_page() -> str:
    flash(SAVED, "success")
    return _sign_in_page()


def _sign_in_page() -> str:
    form = SignInForm()
    form.identifier.data = service.IDENTIFIER
    return render_template("auth/sign_in.html", form=form)


def _sent_page() -> str:
    return render_template(
        "auth/forgotten_password_sent.html",
        form=EmptyForm(),
        resend_after_seconds=0,
        sender=settings.mail_sender,
        subject=signing_in.CREDENTIALS_SUBJECT,
    )


def _choose_page() -> str:
    form = ChoosePasswordForm(lambda _clear: [])
    # Who came by a mail has an address.
    del form.email
    return render_template(
        "auth/choose_password.html",
        form=form,
        identifier=service.IDENTIFIER,
        rules=passwords.policy(),
    )


def _home_page(day: date) -> str:
    home = service.sample_home(day)
    return render_template("family/home.html", home=home, current_user=PARENT)


def _booking_page(template: str, **shown: object) -> str:
    return render_template(template, form=NOTHING_TYPED, current_user=PARENT, **shown)
