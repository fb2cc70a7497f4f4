"""Checks of what is around the database: settings, key, disk, modes, files, mail."""

import json
import os
import socket
import subprocess
from base64 import b64encode
from pathlib import Path

import pytest

from app.services.doctor import (
    disk,
    file_modes,
    file_store,
    mail_server,
    sender_domain,
    settings_in_use,
    signing_key,
)
from app.services.doctor.findings import Verdict
from tests.services.doctor.conftest import STRONG, Patient, verdicts
from tests.support import name_server
from tests.support.smtp_servers import (
    HOST,
    Mailbox,
    certificate,
    free_port,
    serve,
    server_context,
)

OK, LOOK, BROKEN = Verdict
OLD_KEY = STRONG[::-1]
DOMAIN = "saint-exemple.fr"
SPF, DMARC = "v=spf1 mx -all", "v=DMARC1; p=reject"
KEY_OF, DMARC_OF = f"2026._domainkey.{DOMAIN}", f"_dmarc.{DOMAIN}"
RIGHT = {DOMAIN: [SPF], KEY_OF: ["v=DKIM1; p=MCowBQYDK2Vw"], DMARC_OF: [DMARC]}


def test_a_town_that_set_everything(patient: Patient) -> None:
    [found] = patient.found(settings_in_use.check)
    assert (found.verdict, found.remedy) == (OK, "")


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"town_name": "Votre commune"}, "PORTAIL_TOWN_NAME"),
        ({"town_host": ""}, "PORTAIL_TOWN_HOST"),
        ({"mail_allow_insecure": True}, "PORTAIL_MAIL_ALLOW_INSECURE"),
        ({"mail_delivery": "inline"}, "PORTAIL_MAIL_DELIVERY"),
    ],
)
def test_a_setting_that_leaves_something_to_do(
    patient: Patient, changes: dict[str, object], told: str
) -> None:
    [found] = patient.found(settings_in_use.check, **changes)
    assert found.verdict is LOOK
    assert told in found.said
    assert found.remedy


def test_the_key_grows_old(patient: Patient) -> None:
    """Known since today; two years later it is to be replaced. The file gives nothing of it."""
    assert verdicts(patient.found(signing_key.check)) == [OK]
    notes = patient.instance / signing_key.FILE
    assert STRONG not in notes.read_text("utf-8")
    assert notes.stat().st_mode & 0o777 == 0o600
    [fingerprint] = json.loads(notes.read_text("utf-8"))
    notes.write_text(json.dumps({fingerprint: "2019-01-01"}))
    [found] = patient.found(signing_key.check)
    assert found.verdict is LOOK
    assert "01/01/2019" in found.said


def test_a_former_key_is_taken_away_in_the_end(patient: Patient) -> None:
    """It was the key, then a fallback, and stays long after; once it is gone, so is its note."""
    patient.found(signing_key.check, secret_key=OLD_KEY)
    notes = patient.instance / signing_key.FILE
    [former] = json.loads(notes.read_text("utf-8"))
    fallbacks = {"secret_key_fallbacks": (OLD_KEY,)}
    assert verdicts(patient.found(signing_key.check, **fallbacks)) == [OK]
    notes.write_text(json.dumps({former: "2019-01-01"}))
    found = patient.found(signing_key.check, **fallbacks)
    assert verdicts(found) == [OK, LOOK]
    assert "PORTAIL_SECRET_KEY_FALLBACKS" in found[1].said
    assert verdicts(patient.found(signing_key.check)) == [OK]
    assert former not in notes.read_text("utf-8")


def test_a_disk_that_fills_up(patient: Patient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(disk, "LITTLE_SHARE", 0)
    monkeypatch.setattr(disk, "TOO_LITTLE", 0)
    assert verdicts(patient.found(disk.check)) == [OK]
    monkeypatch.setattr(disk, "LITTLE", 1 << 60)
    monkeypatch.setattr(disk, "LITTLE_SHARE", 1)
    assert verdicts(patient.found(disk.check)) == [LOOK]
    monkeypatch.setattr(disk, "TOO_LITTLE", 1 << 60)
    assert verdicts(patient.found(disk.check)) == [BROKEN]


def test_what_others_may_read_is_told(patient: Patient) -> None:
    """Behind a closed folder nothing is; in an open one each private file counts."""
    secrets = patient.instance / "settings.toml"
    secrets.write_text("")
    secrets.chmod(0o644)
    assert verdicts(patient.found(file_modes.check)) == [OK]
    patient.instance.chmod(0o755)
    [found] = patient.found(file_modes.check)
    assert found.verdict is BROKEN
    assert str(secrets) in found.said
    assert f"chmod -R o-rwx {patient.instance}" in found.remedy
    secrets.chmod(0o640)
    assert verdicts(patient.found(file_modes.check)) == [OK]


def test_a_file_of_somebody_else_is_told(patient: Patient, monkeypatch: pytest.MonkeyPatch) -> None:
    """Root imported: its photos are closed to the portal, which is somebody else."""
    (patient.instance / "photos").mkdir()
    (patient.instance / "photos" / "a.jpg").touch()
    assert verdicts(patient.found(file_modes.check)) == [OK]
    monkeypatch.setattr(os, "geteuid", lambda: 54_321)
    [found] = patient.found(file_modes.check)
    assert found.verdict is BROKEN
    assert "ne sont pas au portail" in found.said
    assert f"chown -R 54321 {patient.instance}" in found.remedy


def test_the_store_keeps_and_gives_back(patient: Patient) -> None:
    """Nothing of the trial stays; a place that takes no file is told."""
    assert verdicts(patient.found(file_store.check)) == [OK]
    assert list((patient.instance / "requests").iterdir()) == []
    (patient.instance / "requests").rmdir()
    (patient.instance / "requests").touch()
    assert verdicts(patient.found(file_store.check)) == [BROKEN]


def test_a_bucket_that_does_not_answer_is_told(patient: Patient) -> None:
    [found] = patient.found(
        file_store.check,
        files_url="s3://ville",
        s3_endpoint=f"http://{HOST}:{free_port()}",
        s3_access_key_id="portail",
        s3_secret_access_key="secret",
    )
    assert found.verdict is BROKEN
    assert "PORTAIL_FILES_URL" in found.remedy


def test_the_mail_server_is_greeted_and_gets_no_mail(
    patient: Patient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Encrypted, signed in; a wrong password is told before any parent waits."""
    shown = certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(shown))
    account = ("portail", "soleil")
    with serve(Mailbox(), "starttls", server_context(shown), account=account) as mailbox:
        server = {
            "smtp_host": HOST,
            "smtp_port": mailbox.port,
            "smtp_security": "starttls",
            "smtp_username": "portail",
        }
        [found] = patient.found(mail_server.check, **server, smtp_password="soleil")
        assert (found.verdict, "mot de passe accepté" in found.said) == (OK, True)
        [found] = patient.found(mail_server.check, **server, smtp_password="lune")
        assert found.verdict is BROKEN
        assert "PORTAIL_SMTP_PASSWORD" in found.said
    assert mailbox.received == []


def test_a_mail_server_that_is_not_there(patient: Patient) -> None:
    [found] = patient.found(mail_server.check, smtp_port=free_port())
    assert found.verdict is BROKEN
    assert "refuse la connexion" in found.said


def test_mails_that_go_nowhere_are_told(patient: Patient) -> None:
    changes = {"mail_backend": "file", "mail_allow_insecure": True}
    assert verdicts(patient.found(mail_server.check, **changes)) == [LOOK]


@pytest.mark.parametrize(
    ("texts", "told"),
    [
        (RIGHT, [(OK, "SPF, DKIM et DMARC")]),
        (RIGHT | {DOMAIN: []}, [(LOOK, "pas de SPF")]),
        (RIGHT | {DOMAIN: ["google-site=1", SPF], DMARC_OF: []}, [(LOOK, "pas de DMARC")]),
        (RIGHT | {DOMAIN: [SPF, "v=spf1 a"]}, [(BROKEN, "2 enreg")]),
        (RIGHT | {DOMAIN: ["v=spf1 +all"]}, [(LOOK, "toute machine")]),
        ({DOMAIN: [SPF], DMARC_OF: [DMARC]}, [(LOOK, "aucune clé DKIM")]),
        ({}, [(LOOK, "pas de SPF"), (LOOK, "aucune clé DKIM"), (LOOK, "pas de DMARC")]),
    ],
)
def test_what_receivers_look_up(
    patient: Patient,
    monkeypatch: pytest.MonkeyPatch,
    texts: dict[str, list[str]],
    told: list[tuple[Verdict, str]],
) -> None:
    with name_server.serving(texts) as resolver:
        monkeypatch.setattr(sender_domain, "resolver", lambda: resolver)
        found = patient.found(sender_domain.check)
    assert verdicts(found) == [verdict for verdict, _ in told]
    assert all(words in each.said for (_, words), each in zip(told, found, strict=True))


def test_the_organisation_answers_for_the_names_below(
    patient: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = RIGHT | {f"portail.{DOMAIN}": [SPF]}
    with name_server.serving(texts) as resolver:
        monkeypatch.setattr(sender_domain, "resolver", lambda: resolver)
        sender = f"Portail <portail@portail.{DOMAIN}>"
        assert verdicts(patient.found(sender_domain.check, mail_sender=sender)) == [OK]


def test_a_closed_network_and_an_example_are_told(
    patient: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody answers: nothing can be said, and nothing is taken for missing."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:
        silent.bind((HOST, 0))
        monkeypatch.setattr(sender_domain, "PATIENCE_SECONDS", 0.05)
        monkeypatch.setattr(
            sender_domain, "resolver", lambda: name_server.asking(silent.getsockname()[1])
        )
        [found] = patient.found(sender_domain.check)
    assert (found.verdict, "ne répond pas" in found.said) == (LOOK, True)
    [found] = patient.found(sender_domain.check, mail_sender="Portail <portail@commune.fr>")
    assert (found.verdict, "exemple" in found.said) == (LOOK, True)


def test_the_key_that_signs_is_the_published_one(
    patient: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A signature of ours is verified as a receiver would; any other key is not enough."""
    published = []
    for name in ("dkim.pem", "other.pem"):
        made = f"openssl genrsa -out {patient.instance / name} 1024"
        subprocess.run(made.split(), check=True, capture_output=True)
        shown = f"openssl rsa -in {patient.instance / name} -pubout -outform DER"
        key = subprocess.run(shown.split(), check=True, capture_output=True).stdout
        published.append(f"v=DKIM1; k=rsa; p={b64encode(key).decode()}")
    ours, another = published
    for text, expected in ((ours, OK), (another, BROKEN), (None, BROKEN)):
        texts = RIGHT | ({f"mairie._domainkey.{DOMAIN}": [text]} if text else {})
        with name_server.serving(texts) as resolver:
            monkeypatch.setattr(sender_domain, "resolver", lambda: resolver)
            signing = {"dkim_selector": "mairie", "dkim_key": "dkim.pem"}
            [found] = patient.found(sender_domain.check, **signing)
        assert found.verdict is expected, found.said
