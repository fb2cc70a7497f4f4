"""`flask backup` and `flask restore`: everything of a town in one file, and back."""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import click

from app.cli.context import refusals, whoever_launched, with_appcontext
from app.formats import file_size, moment, plural
from app.services.backups import making, restoring
from app.services.backups.making import Backup
from app.services.backups.restoring import Place, Restored
from app.settings import settings

ADDRESS = re.compile(r"[a-z+]+://")
MOST_SHOWN = 5
NOT_MADE = "Rien n’a été sauvegardé\u00a0: {}."
NOT_RESTORED = "Rien n’a été restauré\u00a0: {}."
NOT_VERIFIED = "Cette sauvegarde ne vaut rien\u00a0: {}."

FILE = click.argument(
    "file", metavar="FICHIER", type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
IDENTITY = click.option(
    "--identity",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="La clé privée age (ou SSH) qui ouvre une sauvegarde chiffrée.",
)


class _Backup(click.Group):
    """`flask backup DIR` says what it does best; whatever is no other command is a folder."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put in the word that people leave out."""
        if args and args[0] not in {*self.commands, "--help"}:
            args = ["make", *args]
        return super().parse_args(ctx, args)


@click.group("backup", cls=_Backup, subcommand_metavar="DOSSIER | verify FICHIER")
def backup() -> None:
    """Sauvegarde la commune dans un dossier, ou vérifie une sauvegarde.

    Le mot make peut se taire (flask backup DOSSIER). Voir docs/sauvegarde.md.
    """


@backup.command()
@click.argument("folder", metavar="DOSSIER", type=click.Path(file_okay=False, path_type=Path))
@click.option("--keep", type=click.IntRange(1), metavar="N", help="Ne garde que les N dernières.")
@click.option(
    "--recipient", multiple=True, metavar="CLÉ",
    help="Chiffre pour cette clé publique age (ou SSH), à la place de PORTAIL_BACKUP_RECIPIENT.",
)  # fmt: skip
@with_appcontext
def make(folder: Path, *, keep: int | None, recipient: Sequence[str]) -> None:
    """Sauvegarde la commune dans un nouveau fichier de DOSSIER, pendant qu’elle sert."""
    recipients = recipient or settings.backup_recipient
    with refusals(NOT_MADE), disk_faults(NOT_MADE):
        made = making.make(folder, whoever_launched(), recipients, keep)
    for line in describe(made):
        click.echo(line)


@backup.command()
@FILE
@IDENTITY
@click.option(
    "--into", "url", default="", metavar="URL",
    help="Une base PostgreSQL vide, prêtée le temps de vérifier.",
)  # fmt: skip
@with_appcontext
def verify(file: Path, *, identity: Path | None, url: str) -> None:
    """Restaure une sauvegarde ailleurs et compare tout, sans rien garder."""
    with refusals(NOT_VERIFIED), disk_faults(NOT_VERIFIED):
        found = restoring.verify(file, identity, url)
    click.echo(f"Cette sauvegarde est bonne\u00a0: {contents(found)}.")
    for line in shortcomings(found.missing):
        click.echo(line)


@click.command()
@FILE
@IDENTITY
@click.option(
    "--into", multiple=True, required=True, metavar="DOSSIER|URL",
    help="Un dossier d’instance vide, une base PostgreSQL vide, ou les deux.",
)  # fmt: skip
@with_appcontext
def restore(file: Path, *, identity: Path | None, into: Sequence[str]) -> None:
    """Remet une sauvegarde dans un endroit vide. Voir docs/sauvegarde.md."""
    place = place_of(into)
    with refusals(NOT_RESTORED), disk_faults(NOT_RESTORED):
        found = restoring.restore(file, identity, place, whoever_launched())
    click.echo(f"Restauré\u00a0: {contents(found)}.")
    for line in (*shortcomings(found.missing), *what_next(found, place)):
        click.echo(line)


@contextmanager
def disk_faults(said: str) -> Iterator[None]:
    """Say what the disk, or the network behind it, answers."""
    try:
        yield
    except OSError as error:
        raise click.ClickException(said.format(error).rstrip(".")) from error


def place_of(into: Sequence[str]) -> Place:
    """Tell folders from addresses. Raises click.UsageError for two of one sort."""
    urls = [each for each in into if ADDRESS.match(each)]
    folders = [Path(each).resolve() for each in into if not ADDRESS.match(each)]
    if len(urls) > 1 or len(folders) > 1:
        raise click.UsageError("--into : un dossier, une adresse, ou l’un et l’autre.")
    return Place(folders[0] if folders else None, urls[0] if urls else "")


def describe(made: Backup) -> Iterator[str]:
    """Say what was made, and what it lacks."""
    encrypted = "chiffrée" if made.encrypted else "non chiffrée"
    yield f"Sauvegarde faite\u00a0: {made.path} ({file_size(made.size)}, {encrypted})"
    yield f"  {figures(made.tables, made.rows, made.files)}"
    yield from shortcomings(made.missing)
    if made.removed:
        old = plural(made.removed, "ancienne sauvegarde", "anciennes sauvegardes")
        yield f"Effacé\u00a0: {old}."


def contents(found: Restored) -> str:
    """Say of whom a backup is, of when, and how much is in it."""
    when = moment(datetime.fromisoformat(found.made_at))
    return f"{found.town}, {when}, {figures(found.tables, found.rows, found.files)}"


def figures(tables: int, rows: int, files: int) -> str:
    """Count what a backup holds."""
    return f"{plural(tables, 'table')}, {plural(rows, 'ligne')}, {plural(files, 'fichier')}"


def shortcomings(missing: Sequence[str]) -> Iterator[str]:
    """Name the files that were not where the database says."""
    if missing:
        count = plural(
            len(missing),
            "fichier que la base nomme manquait",
            "fichiers que la base nomme manquaient",
        )
        more = " …" if len(missing) > MOST_SHOWN else ""
        yield f"À VOIR\u00a0: {count} déjà\u00a0: {', '.join(missing[:MOST_SHOWN])}{more}"


def what_next(found: Restored, place: Place) -> Iterator[str]:
    """Say what a restore does not bring back, and what is left to do."""
    yield (
        "Personne n’est connecté, et plus aucun mot de passe temporaire, lien ni changement "
        "d’adresse d’avant ne sert."
    )
    yield "Les courriels qui attendaient sont retenus\u00a0: flask mail list --unsent"
    if place.folder:
        yield f"Une clé neuve est dans {place.folder / 'settings.toml'}."
    if found.left_out:
        names = ", ".join(f"PORTAIL_{name.upper()}" for name in found.left_out)
        yield f"À redonner, car une sauvegarde n’a pas de secret\u00a0: {names}"
    yield "Ensuite\u00a0: flask db upgrade, puis l’effacement des familles effacées depuis."
