"""The portal's application: `create_app` is its table of contents."""

import os
from collections.abc import Mapping
from pathlib import Path

from flask import Flask

import config
from app import blueprints, cli, db, formats
from app import settings as app_settings
from app.mailer import courier
from app.services import retention
from app.services.bookings.waiting_list import lapsing
from app.services.erasure import erasing
from app.services.families import words
from app.services.importing import doing
from app.services.inbox import sending
from app.services.jobs import running as jobs
from app.services.jobs.kinds import JobKind
from app.services.mail import dispatch
from app.services.town_hall import inviting, telling
from app.web import (
    access,
    assets,
    clerk_access,
    errors,
    failed_posts,
    forms,
    forwarding,
    logs,
    menu,
    metrics,
    printing,
    security,
    sentry,
    strangers,
    templating,
    viewing,
)
from app.web.application import Application


def _tell_of_opening(task: jobs.Task) -> None:
    """Tell whoever asked; what reads a service is loaded when one opens."""
    from app.services.bookings import openings

    openings.tell_due(task)


def _go_on_closing(task: jobs.Task) -> None:
    """Take away what was booked of closed days, or give it back; loaded when a day closes."""
    from app.services.bookings.closings import closing_work

    closing_work.do(task)


def _follow_groups(task: jobs.Task) -> None:
    """Have what is booked follow its groups; loaded when a service has others."""
    from app.services.bookings.groups import group_work

    group_work.do(task)


# Who does each kind of job.
HANDLERS = {
    JobKind.CLERK_MORNING: telling.tell_in_the_morning,
    JobKind.CLERK_NEWS: telling.tell_at_once,
    JobKind.CLOSING: _go_on_closing,
    JobKind.ERASURE: erasing.erase_by_night,
    JobKind.GROUPS: _follow_groups,
    JobKind.IMPORT: doing.do,
    JobKind.INVITATIONS: inviting.do,
    JobKind.MESSAGE: sending.send_due,
    JobKind.OFFERS: lapsing.lapse_due,
    JobKind.OPENING: _tell_of_opening,
    JobKind.PURGE: retention.purge_by_night,
    JobKind.WORDS: words.refresh_by_night,
}


def _remind() -> None:
    """Remind parents of weeks to book; what judges them is loaded when it is asked."""
    from app.services.bookings.reminders import reminding

    reminding.remind()


def _tell_of_presences() -> None:
    from app.services.bookings.morning import unbooked

    unbooked.tell()


CHORES = (_remind, _tell_of_presences)


def create_app(settings: config.Settings | None = None) -> Flask:
    """Build the application from these settings, or from the environment's.

    Raises config.ConfigurationError when the settings cannot be used.
    """
    settings = settings or config.load()
    app = Application(__name__, instance_path=str(settings.instance))
    following = app_settings.init_app(app, settings)
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SECRET_KEY_FALLBACKS=list(settings.secret_key_fallbacks),
        # Flask-WTF knows no fallbacks, but hands this to itsdangerous, which signs with the last.
        WTF_CSRF_SECRET_KEY=[*settings.secret_key_fallbacks, settings.secret_key],
        TRUSTED_HOSTS=settings.trusted_hosts,
        TESTING=settings.env == "test",
    )
    logs.init_app(app, settings.env, settings.proxies)
    sentry.init_app(app, settings.sentry_dsn, settings.env)
    metrics.init_app(app, settings.instance, settings.metrics_token, unavailable=db.Unavailable)
    db.init_app(app, settings.database_url, settings.most_connections)
    templating.init_app(app)
    templating.draw_anew(app)
    following.when_changed.append(templating.draw_anew)
    formats.init_app(app, settings.timezone)
    assets.init_app(app)
    security.init_app(
        app,
        settings.secure,
        settings.proxies,
        own_machine=settings.env == "development" and settings.key_is_weak,
    )
    forwarding.init_app(app, settings.proxies, unavailable=db.Unavailable)
    access.init_app(app, admit_clerk=clerk_access.admit, viewing=viewing)
    clerk_access.init_app(app)
    viewing.init_app(app)
    menu.init_app(app)
    forms.init_app(app)
    strangers.init_app(app)
    printing.init_app(app, before=db.let_go)
    errors.init_app(app, unavailable=db.Unavailable, busy=db.Busy)
    failed_posts.init_app(app)
    blueprints.init_app(app)
    courier.init_app(app, settings, queue=dispatch)
    jobs.init_app(app, settings.mail_delivery, handlers=HANDLERS, chores=CHORES)
    cli.init_app(app)
    following.look_now()
    return app


def create_portal(environ: Mapping[str, str] | None = None) -> Flask:
    """Build what gunicorn and `flask` load: the application of a town, or the lobby of many.

    Raises config.ConfigurationError when it cannot be; of many towns, one that cannot stops nobody.
    """
    environ = os.environ if environ is None else environ
    folder = environ.get("PORTAIL_TOWNS")
    if not folder:
        return create_app(config.load(environ))
    from app.cli.towns import init_app
    from app.towns.hosted import Town
    from app.towns.lobby import open_lobby
    from configuring.towns import Place, Settling, places

    settling = Settling(environ, config.load)

    def host(place: Place) -> Town:
        return Town(place.name, settling.host(place), lambda: create_app(settling.settle(place)))

    opened = open_lobby([host(place) for place in places(Path(folder).resolve())])
    logs.init_app(opened, environ.get("PORTAIL_ENV", ""), proxies=0)
    init_app(opened)
    return opened
