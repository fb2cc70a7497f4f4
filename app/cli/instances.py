"""`flask instance`: the folder of a town, from nothing."""

import json
import os
import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import click

from app.mailer.failures import MailSettingsError
from app.mailer.message import Sender
from app.services.doctor.mail_server import OWN_MACHINE
from app.services.town_texts import FOLDER
from configuring import town_file
from configuring.shapes import SHAPES
from configuring.sources import FILE, ConfigurationError
from configuring.towns import Place

READ_ME = "LISEZ-MOI.txt"
HTTPS = "https://"
SECURITIES = ("none", "starttls", "tls")
PORTS = {"none": "25", "starttls": "587", "tls": "465"}

Answers = dict[str, str]


# Where the files of nginx that come with the portal show the folder of a town.
X_ACCEL_PREFIX = "/prive"


@dataclass(frozen=True, slots=True)
class Question:
    """A setting that only the town knows: how it is asked for, and what is taken."""

    name: str
    words: str
    # Computed from what was answered before; None where an answer is needed.
    default: Callable[[Answers], str] | None = lambda _answers: ""
    # Says what is wanted instead, or nothing.
    fault: Callable[[str], str] = lambda _value: ""
    secret: bool = False

    @property
    def option(self) -> str:
        """Name its option."""
        return f"--{self.name.replace('_', '-')}"


def _sender_fault(value: str) -> str:
    try:
        Sender.parse(value)
    except MailSettingsError:
        return "une adresse comme « Portail famille <portail@commune.fr> » est attendue"
    return ""


def _url_fault(value: str) -> str:
    if not value.startswith(HTTPS):
        return "doit commencer par https://"
    return SHAPES["public_url"](value)


def _database_fault(value: str) -> str:
    return SHAPES["database_url"](value) if value else ""


def _security_fault(value: str) -> str:
    return "" if value in SECURITIES else f"choisissez parmi {', '.join(SECURITIES)}"


def _port_fault(value: str) -> str:
    fits = value.isascii() and value.isdigit() and 0 < int(value) < 2**16
    return "" if fits else "un nombre de 1 à 65535 est attendu"


def _sender(answers: Answers) -> str:
    host = answers["public_url"].removeprefix(HTTPS).strip("/").partition(":")[0]
    return f"Portail famille <portail@{host.partition('.')[2] or host}>"


def _security(answers: Answers) -> str:
    return "none" if answers["smtp_host"] in OWN_MACHINE else "starttls"


QUESTIONS = (
    Question("town_name", "Nom de la commune", default=None),
    Question("public_url", "Adresse du portail (https://…)", default=None, fault=_url_fault),
    Question("database_url", "Base PostgreSQL (rien\u00a0: SQLite)", fault=_database_fault),
    Question("town_phone", "Téléphone de la mairie"),
    Question("town_address", "Adresse de la mairie, sur une ligne"),
    Question("town_hours", "Horaires de la mairie"),
    Question("mail_sender", "Expéditeur des courriels", default=_sender, fault=_sender_fault),
    Question("smtp_host", "Serveur de courrier", lambda _answers: "127.0.0.1", SHAPES["smtp_host"]),
    Question(
        "smtp_security",
        "Sécurité de ce serveur (none, starttls, tls)",
        _security,
        _security_fault,
    ),
    Question("smtp_port", "Son port", lambda answers: PORTS[answers["smtp_security"]], _port_fault),
    Question("smtp_username", "Identifiant auprès de ce serveur"),
    Question("smtp_password", "Mot de passe auprès de ce serveur", secret=True),
)


def options(command: Callable[..., None]) -> Callable[..., None]:
    """Let each question be answered by an option too."""
    for question in reversed(QUESTIONS):
        described = click.option(question.option, metavar="…", help=f"{question.words}.")
        command = described(command)
    return command


@click.group()
def instance() -> None:
    """Prépare le dossier d’une commune."""


@instance.command()
@click.argument("folder", metavar="DOSSIER", type=click.Path(file_okay=False, path_type=Path))
@click.option("--defaults", is_flag=True, help="Ne demande que ce qui n’a pas de réponse usuelle.")
@options
def create(folder: Path, *, defaults: bool, **given: str | None) -> None:
    """Crée dans DOSSIER ce qu’il faut à une commune, avec une clé neuve.

    Demande ce que les options ne disent pas.
    """
    if (folder / FILE).exists():
        raise click.ClickException(
            f"{folder} est déjà le dossier d’une commune\u00a0: rien n’y a été changé."
        )
    common = _common(folder)
    answers: Answers = {}
    for question in QUESTIONS:
        name = question.name
        if given[name] is None and name in common:
            answers[name] = str(common[name])
        else:
            answers[name] = _answer(question, given[name], answers, defaults)
    try:
        _write(folder, answers, common)
    except OSError as error:
        raise click.ClickException(
            f"{error.filename} est inutilisable ({error.strerror})."
        ) from error
    click.echo(f"""Le dossier de la commune est prêt\u00a0: {folder}
Une clé neuve est dans {FILE}, que vous seul pouvez lire.
Ensuite\u00a0: {_next(folder, common)}.""")


def _common(folder: Path) -> dict[str, object]:
    """Read what the towns beside it have in common, which is not asked again."""
    if not (folder.parent / FILE).exists():
        return {}
    try:
        return Place(folder.name, folder).common()
    except ConfigurationError as error:
        raise click.ClickException(f"{folder.parent / FILE}\u00a0: {error}.") from error


def _next(folder: Path, common: Mapping[str, object]) -> str:
    command = f"flask town {folder.name}" if common else "flask"
    return f"{command} db upgrade, {command} mail test ADRESSE, {command} doctor"


def _answer(question: Question, given: str | None, before: Answers, defaults: bool) -> str:
    """Take what was given, or ask until the answer can be used."""
    usual = question.default(before) if question.default else None
    if given is None and defaults:
        given = usual
    if given is None:
        return str(
            click.prompt(
                question.words,
                default=usual,
                show_default=bool(usual),
                hide_input=question.secret,
                value_proc=lambda value: _checked(question, value),
            )
        )
    return _checked(question, given)


def _checked(question: Question, value: str) -> str:
    fault = question.fault(value.strip())
    if fault:
        raise click.UsageError(f"{question.words}\u00a0: {fault}.")
    return value.strip()


def _write(folder: Path, answers: Answers, common: Mapping[str, object]) -> None:
    """Make the folders and the two files; nobody else may read the key."""
    # nginx, in the group of the portal, reads the files of families.
    for each in (folder, folder / FOLDER):
        each.mkdir(mode=0o750, parents=True, exist_ok=True)
    (folder / READ_ME).write_text(_read_me(folder, answers), "utf-8")
    of_the_town = {name: answers.pop(name) for name in town_file.NAMES if name in answers}
    _write_for_oneself(folder / FILE, _settings(answers, common))
    _write_for_oneself(folder / town_file.FILE, _said(of_the_town, common))


def _write_for_oneself(path: Path, lines: Iterable[str]) -> None:
    descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.writelines(f"{line}\n" for line in lines)


def _settings(answers: Answers, common: Mapping[str, object]) -> Iterator[str]:
    yield "# Les réglages de cette commune. Ce que chacun veut dire : docs/settings.md."
    yield "# À relire après chaque changement : systemctl reload portail@…, restart portail-mail@…"
    fixed: dict[str, str | int] = {
        "env": "production",
        "secret_key": secrets.token_hex(32),
        "proxies": 1,
        "x_accel_prefix": X_ACCEL_PREFIX,
        "mail_delivery": "worker",
    }
    own = {name: value for name, value in fixed.items() if name not in common} | answers
    yield from _said(own, common)


def _said(own: Mapping[str, str | int], common: Mapping[str, object]) -> Iterator[str]:
    """Write what differs from what the towns have in common."""
    for name, value in own.items():
        if value != "" and value != str(common.get(name)):
            # What JSON writes of a text or a number, TOML reads.
            said = int(value) if name == "smtp_port" else value
            yield f"{name} = {json.dumps(said, ensure_ascii=False)}"


def _read_me(folder: Path, answers: Answers) -> str:
    return f"""Portail famille de {answers["town_name"]} : {answers["public_url"]}

{FILE}    les réglages, et la clé qui signe tout : à ne montrer à personne
{town_file.FILE}     ce que la mairie dit d’elle-même, et change dans ses réglages
{FOLDER}/          les textes de la commune, que l’on peut changer à tout moment
portail.db       la base, quand ce n’est pas PostgreSQL
documents/, invoices/, messages/, photos/, requests/    les fichiers des familles

Ce dossier se sauvegarde par « flask backup » : une copie ne suffit pas pendant qu’il sert.
Le mode d’emploi est docs/exploitation.md ; ce dossier est {folder}.
"""
