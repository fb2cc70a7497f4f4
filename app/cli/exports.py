"""`flask export`: everything of a town, in the shape of what it imports."""

import os
from pathlib import Path

import click

from app.cli.context import refusals, whoever_launched, with_appcontext
from app.formats import file_size, plural
from app.services.exporting import packing

OWNER_ONLY = 0o600


@click.command("export")
@click.argument("file", metavar="FICHIER", type=click.Path(dir_okay=False, path_type=Path))
@click.option(
    "--without-files", is_flag=True, help="Les tables seules, sans photos, PDF ni pièces."
)
@with_appcontext
def export(file: Path, *, without_files: bool) -> None:
    """Écrit toute la commune dans un ZIP que flask import relit. Voir docs/export.md."""
    try:
        # Nobody else reads it, even before it is whole.
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_ONLY)
    except FileExistsError:
        raise click.ClickException(f"{file} existe déjà\u00a0: rien n’a été écrit.") from None
    with os.fdopen(handle, "wb") as out, refusals():
        missing = packing.write(out, whoever_launched(), with_files=not without_files)
    click.echo(f"La commune est dans {file} ({file_size(file.stat().st_size)}).")
    for name in missing:
        click.echo(f"Le portail n’a plus ce fichier\u00a0: {name}", err=True)
    if missing:
        click.echo(f"{plural(len(missing), 'fichier manque', 'fichiers manquent')}.", err=True)
