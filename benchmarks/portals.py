"""Portals under measure: a town in an instance of its own, and parents who are signed in there."""

import re
import subprocess
import sys
from collections.abc import Iterable
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from secrets import token_hex
from tempfile import TemporaryDirectory

from alembic import command
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

import config
from app import create_app, db
from app.cli.database import alembic_config
from app.models import Account, ClerkAccount
from app.services.accounts.passwords import hash_password
from app.services.actors import NOWHERE
from app.services.clerks import sessions
from app.services.clerks.rights import Role
from app.settings import EXTENSION
from app.web import clerk_access
from benchmarks import town

HOST = "127.0.0.1"
ROOT = Path(__file__).parents[1]
PASSWORD = "Tramontane66"
# The identifiant of Madame PAYS ZEST, in `flask demo`.
OF_THE_DEMONSTRATION = 38162386
# Stands for a family where cookies are asked for: somebody of the town hall, who may everything.
CLERK = -1
SIGN_IN, HOME, DAY = "/connexion", "/accueil", "/mairie"
# Without Babel, which tests need, no town installs, and Flask-WTF loads where it is: what gunicorn
# serves; and a start, of any commit.
APPLICATION = "benchmarks.installed:app"
AS_INSTALLED = "import sys; sys.modules['babel'] = None; import wsgi"
TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


def environment(instance: Path, port: int) -> dict[str, str]:
    """Return the settings of a town's portal in production."""
    return {
        "PATH": "/usr/bin:/bin",
        "PORTAIL_ENV": "production",
        "PORTAIL_INSTANCE": str(instance),
        "PORTAIL_SECRET_KEY": "d3aebd8f5b8c2f64e0a9b1c7f2635e48",
        "PORTAIL_PUBLIC_URL": f"http://{HOST}:{port}",
        "PORTAIL_MAIL_DELIVERY": "worker",
        "PORTAIL_TOWN_NAME": "Saint-Exemple-sur-Isère",
        "PORTAIL_TOWN_PHONE": "04 76 00 00 00",
        "PORTAIL_TOWN_ADDRESS": "1 place de la Mairie, 38590 Saint-Exemple-sur-Isère",
        # As deploy/systemd/portail@.service says.
        "MALLOC_ARENA_MAX": "2",
        "PYTHONNODEBUGRANGES": "1",
    }


def load(settings: dict[str, str], families: int, checkout: Path = ROOT) -> None:
    """Migrate the instance that these settings name, and import a town of this many families."""
    instance = Path(settings["PORTAIL_INSTANCE"])
    instance.mkdir(parents=True, exist_ok=True)
    (instance / "portail.db").write_bytes(_imported(families, checkout))


@cache
def _imported(families: int, checkout: Path) -> bytes:
    """Import a town once for all who measure the same."""
    with TemporaryDirectory(prefix="portail-bench-") as folder:
        instance = Path(folder)
        town.write(instance / "town", families, whole=True)
        settings = environment(instance, port=8000)
        if checkout == ROOT:
            _import_here(instance, settings)
        else:
            _import_by(checkout, instance, settings)
        return (instance / "portail.db").read_bytes()


def _import_here(instance: Path, settings: dict[str, str]) -> None:
    (instance / "portail.db").write_bytes(migrated_file())
    app = create_app(config.load(settings))
    imported = app.test_cli_runner().invoke(args=["import", str(instance / "town")])
    assert imported.exit_code == 0, imported.output
    app.extensions[db.EXTENSION].dispose()


def _import_by(checkout: Path, instance: Path, settings: dict[str, str]) -> None:
    """Do it by the code of another commit."""
    for each in ("db upgrade", f"import {instance / 'town'}"):
        _flask(each, checkout, settings)


def _flask(command: str, checkout: Path, settings: dict[str, str]) -> None:
    subprocess.run(
        [sys.executable, "-m", "flask", *command.split()],
        cwd=checkout,
        env=settings,
        stdout=subprocess.DEVNULL,
        check=True,
    )


@cache
def migrated_file() -> bytes:
    """Migrate one SQLite file for all."""
    with TemporaryDirectory(prefix="portail-bench-") as folder:
        path = Path(folder) / "portail.db"
        migrate(f"sqlite:///{path}")
        return path.read_bytes()


def migrate(url: str) -> None:
    """Bring a database to the newest schema."""
    with TemporaryDirectory(prefix="portail-bench-") as folder:
        app = create_app(config.Test(instance=Path(folder), database_url=url))
        with app.app_context():
            command.upgrade(alembic_config(), "head")
        app.extensions[db.EXTENSION].dispose()


def load_demonstration(settings: dict[str, str], checkout: Path = ROOT) -> None:
    """Make the instance that these settings name the one of `flask demo`."""
    # It refuses production.
    _flask("demo", checkout, settings | {"PORTAIL_ENV": "development"})


def settle_in(app: Flask) -> dict[int | None, str]:
    """Give the parents under measure what no file brings; return their cookies, by family."""
    with app.app_context(), db.transaction() as session:
        for family in town.MEASURED:
            town.act(session, _with_password(session, town.identifier_of(family)))
        key = _open_session_of_a_clerk(session)
    cookie = f"{clerk_access.COOKIE.name}={key}"
    url = app.extensions[EXTENSION].public_url
    # The first page makes the token of all that follow.
    page = app.test_client(use_cookies=False).get(DAY, base_url=url, headers={"Cookie": cookie})
    return sign_in(app) | {CLERK: f"{cookie}; {_cookies(page)}"}


def settle_in_demonstration(app: Flask) -> dict[int | None, str]:
    """Sign in the parent of the demonstration, whose family is known by her identifiant."""
    with app.app_context(), db.transaction() as session:
        _with_password(session, str(OF_THE_DEMONSTRATION))
    return {None: "", OF_THE_DEMONSTRATION: _sign_in(app, str(OF_THE_DEMONSTRATION))}


def _open_session_of_a_clerk(session: Session) -> str:
    now = datetime.now(UTC)
    clerk = ClerkAccount(
        public_id=db.new_public_id(),
        email="mairie@exemple.fr",
        name="Nadia Roche",
        roles=list(Role),
        link_salt=token_hex(16),
        created_at=now,
        invited_at=now,
    )
    session.add(clerk)
    session.flush()
    return sessions.open_session(session, clerk, NOWHERE)


def _with_password(session: Session, identifier: str) -> Account:
    account = session.scalars(select(Account).where(Account.identifier == identifier)).one()
    account.password_hash = hash_password(PASSWORD)
    return account


def sign_in(app: Flask, families: Iterable[int] = town.MEASURED) -> dict[int | None, str]:
    """Sign the parents of these families in as browsers do; return their cookies.

    Nobody is the family of a stranger, whose cookie is empty.
    """
    cookies: dict[int | None, str] = {None: ""}
    return cookies | {family: _sign_in(app, town.identifier_of(family)) for family in families}


def come(app: Flask) -> tuple[str, str]:
    """Open the page of signing in as a stranger; return the token of its form, and the cookie."""
    page = app.test_client().get(SIGN_IN, base_url=app.extensions[EXTENSION].public_url)
    return _token(page), _cookies(page)


def _sign_in(app: Flask, identifier: str) -> str:
    client = app.test_client()
    url = app.extensions[EXTENSION].public_url
    token = _token(client.get(SIGN_IN, base_url=url))
    form = {"csrf_token": token, "identifier": identifier, "password": PASSWORD}
    signed_in = client.post(SIGN_IN, base_url=url, data=form)
    assert signed_in.location.endswith(HOME), signed_in.location
    # The first page makes the token of all that follow, and leaves it in the cookie.
    return _cookies(signed_in, client.get(HOME, base_url=url))


def _token(page: TestResponse) -> str:
    found = TOKEN.search(page.text)
    assert found is not None
    return found[1]


def _cookies(*answers: TestResponse) -> str:
    cookies: dict[str, str] = {}
    for answer in answers:
        for given in answer.headers.getlist("Set-Cookie"):
            name, _, value = given.partition(";")[0].partition("=")
            cookies[name] = value
    return "; ".join(f"{name}={value}" for name, value in cookies.items())
