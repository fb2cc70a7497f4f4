"""`flask documents`: what the town hall puts under « Infos/Documents » by hand."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from app.cli.context import refusals, whoever_launched, with_appcontext
from app.cli.tables import ROW_NUMBER, limited, show_page
from app.formats import day

if TYPE_CHECKING:
    from app.services.documents.desk import DeskDocument

HEADINGS = ("N°", "Titre", "Rubrique", "Date", "Famille", "Origine")
NUMBER = click.argument("number", metavar="N°", type=ROW_NUMBER)
UNCHANGED = "{}\nRien n’a changé."


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
    with refusals("{}\nRien n’a été ajouté."), kept():
        added = publishing.add(file, notice, whoever_launched())
    if not added:
        click.echo("Ce document est déjà dans Infos/Documents\u00a0: rien n’a changé.")
        return
    readers = f"de la famille {family}" if family else "de toutes les familles"
    click.echo(f"Le document est dans les Infos/Documents {readers}.")


@documents.command("list")
@limited()
@with_appcontext
def list_documents(*, limit: int) -> None:
    """Montre les documents que les familles peuvent télécharger."""
    from app.services.documents import desk

    show_page(HEADINGS, desk.listed(size=limit), _cells, "Aucun document.")


@documents.command()
@NUMBER
@click.argument("file", metavar="FICHIER", type=click.Path(path_type=Path))
@with_appcontext
def replace(number: int, file: Path) -> None:
    """Remplace le fichier d’un document ajouté à la main, sous le même titre."""
    from app.services.documents import publishing

    with refusals(UNCHANGED), kept():
        replaced = publishing.replace(number, file, whoever_launched())
    if replaced:
        click.echo(
            f"Les familles lisent maintenant le nouveau fichier du document n°\u00a0{number}."
        )
    else:
        click.echo("C’est déjà ce fichier\u00a0: rien n’a changé.")


@documents.command()
@NUMBER
@with_appcontext
def withdraw(number: int) -> None:
    """Retire un document donné par erreur, que plus aucune famille ne peut télécharger."""
    from app.services.documents import desk

    with refusals(UNCHANGED):
        withdrawn = desk.withdraw(number, whoever_launched())
    if withdrawn:
        click.echo(f"Plus aucune famille ne voit le document n°\u00a0{number}.")
    else:
        click.echo(f"Le document n°\u00a0{number} est déjà retiré\u00a0: rien n’a changé.")


@contextmanager
def kept() -> Iterator[None]:
    """Say it when the disk does not take a file, and leave with a status that says so."""
    try:
        yield
    except OSError as error:
        click.echo(f"Le document n’a pas pu être gardé\u00a0: {error.strerror}.", err=True)
        sys.exit(1)


def _cells(document: "DeskDocument") -> tuple[str, ...]:
    return (
        str(document.number),
        document.title,
        document.category,
        day(document.day) if document.day else "",
        document.family_number or "toutes",
        "à la main" if document.by_hand else "fichiers",
    )
