"""A setting chooses how mails leave: printed, written to files, kept, or by a town's own class."""

import io
import os
import sys
from email import message_from_bytes, policy
from pathlib import Path

import pytest

import config
from app import create_app
from app.mailer import backends
from app.mailer.backends.console import ConsoleBackend
from app.mailer.backends.file import FileBackend
from app.mailer.backends.memory import MemoryBackend
from app.mailer.backends.smtp import SmtpBackend
from app.mailer.failures import MailSettingsError, Unavailable
from app.mailer.message import Message, Sender
from tests.support.mail_room import courier_of

SECRET = "2dd150fa6be4410f966601e379bf8d79"


def mail() -> Message:
    """Write a mail with a secret."""
    return Message(
        sender=Sender("Portail famille", "portail@commune.fr"),
        recipient="zest@exemple.fr",
        subject="Envoi de vos identifiants de connexion",
        text=f"Bonjour,\n\n- Mot de passe\u00a0:\n{SECRET}\n\nL’équipe",
        html=f"<p>{SECRET}",
        domain="commune.fr",
    )


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("console", ConsoleBackend),
        ("file", FileBackend),
        ("memory", MemoryBackend),
        ("smtp", SmtpBackend),
        ("tests.support.mail_room:Scripted", None),
    ],
)
def test_a_backend_is_chosen_by_its_name(tmp_path: Path, name: str, kind: type | None) -> None:
    """Four have a name; any class has its path."""
    app = create_app(config.Test(instance=tmp_path, mail_backend=name))
    assert type(courier_of(app).backend).__name__ == (kind.__name__ if kind else "Scripted")


@pytest.mark.parametrize("name", ["smpt", "", "nulle.part:Rien", "app.mailer:Rien", "app.mailer"])
def test_a_wrong_name_is_told_at_start(tmp_path: Path, name: str) -> None:
    """The setting has a mistake: one sentence says what to write."""
    with pytest.raises(MailSettingsError, match="PORTAIL_MAIL_BACKEND vaut « "):
        create_app(config.Test(instance=tmp_path, mail_backend=name))


class Demanding:
    """A town's own backend, which cannot do without a setting of its own."""

    own_settings = ("service_url",)

    def __init__(self, settings: config.Settings) -> None:
        """Ask for it."""
        self.url = settings.own_settings["service_url"]


def test_a_setting_that_a_backend_misses_is_told_at_start(tmp_path: Path) -> None:
    """It declares the name, nobody set it: a sentence, no traceback."""
    name = f"{__name__}:Demanding"
    with pytest.raises(MailSettingsError, match="PORTAIL_SERVICE_URL manque"):
        create_app(config.Test(instance=tmp_path, mail_backend=name))
    settings = config.Test(instance=tmp_path, mail_backend=name, own_settings={"service_url": "x"})
    assert type(courier_of(create_app(settings)).backend).__name__ == "Demanding"


def test_the_console_shows_the_secret_alone_on_its_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A developer copies the temporary password from the terminal with a double click."""
    with ConsoleBackend(config.Test(instance=tmp_path)).connect() as send:
        send(mail())
    lines = capsys.readouterr().out.splitlines()
    assert lines.count(SECRET) == 1
    assert "À\u00a0: zest@exemple.fr" in lines
    assert "Objet\u00a0: Envoi de vos identifiants de connexion" in lines


def test_a_poor_terminal_does_not_lose_a_mail(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The terminal knows ASCII only: accents are replaced, the secret is there."""
    terminal = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    monkeypatch.setattr(sys, "stdout", terminal)
    with ConsoleBackend(config.Test(instance=tmp_path)).connect() as send:
        send(mail())
    terminal.seek(0)
    assert SECRET in terminal.read().splitlines()


def test_a_file_is_a_mail_that_only_its_owner_reads(tmp_path: Path) -> None:
    """Two mails: two .eml files, mode 0600, in a folder that is made for them."""
    settings = config.Test(instance=tmp_path, mail_dir=tmp_path / "courrier")
    with FileBackend(settings).connect() as send:
        send(mail())
        send(mail())
    files = list(settings.mail_dir.iterdir())
    assert [path.suffix for path in files] == [".eml", ".eml"]
    assert {path.stat().st_mode & 0o777 for path in files} == {0o600}
    assert settings.mail_dir.stat().st_mode & 0o777 == 0o700
    parsed = message_from_bytes(files[0].read_bytes(), policy=policy.default)
    assert parsed["To"] == "zest@exemple.fr"


def test_a_folder_that_cannot_be_written_holds_the_mails(tmp_path: Path) -> None:
    """A file stands where the folder should: nothing is lost, operators read why."""
    (tmp_path / "courrier").write_text("")
    settings = config.Test(instance=tmp_path, mail_dir=tmp_path / "courrier")
    with (
        pytest.raises(Unavailable, match="ne peut pas être créé"),
        FileBackend(settings).connect(),
    ):
        pass


def test_a_full_disk_holds_the_mails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Writing fails half way: no half mail is left to be read."""
    settings = config.Test(instance=tmp_path, mail_dir=tmp_path / "courrier")

    def full(*_arguments: object) -> None:
        raise OSError(28, "No space left on device")

    with FileBackend(settings).connect() as send:
        monkeypatch.setattr(os, "fdopen", full)
        with pytest.raises(Unavailable, match="ne peut pas être écrit"):
            send(mail())
    assert list(settings.mail_dir.glob("[!.]*")) == []


def test_a_send_limit_leaves_time_before_the_lease_ends() -> None:
    """The contract of every backend is shorter than what senders count on."""
    from app.mailer import delivery

    assert backends.SEND_LIMIT < delivery.LAST_START < delivery.LEASE
