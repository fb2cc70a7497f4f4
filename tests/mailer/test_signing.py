"""Mails signed by the portal: any mail server can tell that they come from the town's domain."""

import subprocess
import sys
from base64 import b64encode
from dataclasses import replace
from pathlib import Path

import dkim
import pytest

import config
from app import create_app
from app.mailer.failures import MailSettingsError
from app.testing import Outbox
from tests.support.databases import NewDatabase
from tests.support.mail_room import ask
from tests.support.people import settle_in

SELECTOR = "portail"


@pytest.fixture
def public_key(tmp_path: Path) -> bytes:
    """Make a pair of keys as docs/mail.md says; return what goes into the DNS."""
    made = f"openssl genrsa -out {tmp_path}/dkim.pem 2048"
    subprocess.run(made.split(), check=True, capture_output=True)
    shown = f"openssl rsa -in {tmp_path}/dkim.pem -pubout -outform DER"
    return subprocess.run(shown.split(), check=True, capture_output=True).stdout


@pytest.fixture
def settings(tmp_path: Path, new_sqlite: NewDatabase) -> config.Settings:
    """A town that signs its mails itself."""
    return config.Test(
        instance=tmp_path,
        database_url=new_sqlite(),
        mail_sender="Mairie <portail@commune.fr>",
        dkim_selector=SELECTOR,
        dkim_key="dkim.pem",
    )


def verified(raw: bytes, public_key: bytes) -> bool:
    """Ask dkimpy, as a receiving server would, with a DNS of our own."""

    def dns(name: bytes, timeout: int = 0) -> bytes:
        assert timeout
        assert name == b"portail._domainkey.commune.fr."
        return b"v=DKIM1; k=rsa; p=" + b64encode(public_key)

    return bool(dkim.verify(raw, dnsfunc=dns))


def test_a_signed_mail_is_verified_and_a_changed_one_is_not(
    settings: config.Settings, public_key: bytes
) -> None:
    """Of both kinds; what says whose it is, and what it says, cannot be changed on the way."""
    app = create_app(settings)
    people = settle_in(app)
    with app.app_context():
        ask(people.zest.identifier)
    raw = Outbox(app).latest.raw
    assert verified(raw, public_key)
    for honest, changed in (
        (b"From: Mairie", b"From: Banque"),
        (people.zest.identifier.encode(), b"99999999"),
        (b"Subject: ", b"Subject: Urgent "),
        (b"From: Mairie", b"From: Banque <b@exemple.fr>\r\nFrom: Mairie"),
    ):
        assert honest in raw
        assert not verified(raw.replace(honest, changed), public_key)
    app.extensions["portail.engine"].dispose()


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"dkim_selector": ""}, "vont ensemble"),
        ({"dkim_key": ""}, "vont ensemble"),
        ({"dkim_key": "none.pem"}, "none.pem"),
        ({"dkim_key": "portail.db"}, "n’est pas une clé"),
    ],
)
def test_a_key_that_cannot_sign_stops_the_start(
    settings: config.Settings, public_key: bytes, wrong: dict[str, str], words: str
) -> None:
    """Rather than send mails that nobody trusts."""
    assert public_key
    (settings.instance / "portail.db").write_bytes(b"not a key")
    with pytest.raises(MailSettingsError, match=words):
        create_app(replace(settings, **wrong))  # type: ignore[arg-type]


def test_who_does_not_sign_loads_nothing() -> None:
    """It is an option, and a tenth of a second."""
    loads = "import sys, app.mailer.courier; print('dkim' in sys.modules)"
    said = subprocess.run([sys.executable, "-c", loads], check=True, capture_output=True, text=True)
    assert said.stdout.strip() == "False"
