"""`flask documents`: what the town hall puts under « Infos/Documents » by hand."""

import sys
from pathlib import Path

import click

from app.cli.context import refusals, whoever_launched, with_appcontext


@click.group()
def documents() -> None:
    """Les documents à télécharger, pour toutes les familles ou pour une."""


@documents.command()
@click.argument("file", metavar="FICHIER", type=click.Path(path_type=Path))
@click.option("--title", required=True, metavar="TITRE", help="Le titre que lisent les parents.")
@click.option(
    "--category",
    required=True,
    metavar="RUBRIQUE",
    help="La rubrique, par exemple «\u00a0Cantine\u00a0».",
)
@click.option(
    "--family",
    default="",
    metavar="NUMÉRO",
    help="Pour cette famille seulement (par défaut, toutes).",
)
@click.option(
    "--date",
    "day",
    default="",
    metavar="JJ/MM/AAAA",
    help="Le jour de parution (par défaut, aujourd’hui).",
)
@with_appcontext
def add(file: Path, title: str, category: str, family: str, day: str) -> None:
    """Met un fichier PDF, PNG ou JPEG à la disposition des parents."""
    # The web process loads the commands too, and has no use for what checks files.
    from app.services.documents import publishing

    notice = publishing.Notice(title, category, family, day)
    try:
        with refusals("{}\nRien n’a été ajouté."):
            added = publishing.add(file, notice, whoever_launched())
    except OSError as error:
        click.echo(f"Le document n’a pas pu être gardé\u00a0: {error.strerror}.", err=True)
        sys.exit(1)
    if not added:
        click.echo("Ce document est déjà dans Infos/Documents\u00a0: rien n’a changé.")
        return
    readers = f"de la famille {family}" if family else "de toutes les familles"
    click.echo(f"Le document est dans les Infos/Documents {readers}.")
