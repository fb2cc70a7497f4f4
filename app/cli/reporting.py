"""`flask reporting`: what is to be changed in the town's software too."""

from collections.abc import Iterable
from datetime import datetime

import click

from app.cli.context import with_appcontext
from app.cli.tables import align
from app.formats import day, day_of
from app.models import Folder
from app.services.families import reporting as service
from app.services.families.reporting import Accepted
from app.services.files import stored_files

TO_REPORT = "À reporter dans votre logiciel\u00a0:"
OVERRULED = "Vos fichiers ont dit autre chose de nouveau, et l’ont emporté\u00a0:"
NOTHING = "Rien à reporter\u00a0: vos fichiers disent tout ce que la mairie a accepté."


@click.command("reporting")
@with_appcontext
def reporting() -> None:
    """Montre ce que la mairie a accepté, et que ses fichiers ne disent pas encore."""
    waiting, overruled = service.to_report(), service.overruled()
    if waiting:
        show(
            TO_REPORT,
            ("Famille", "Qui", "Quoi", "Vos fichiers disent", "À mettre", "Depuis le", "Pourquoi"),
            (
                (*whose(each), each.said, to_put(each), on(each.accepted_at), each.why)
                for each in waiting
            ),
        )
    else:
        click.echo(NOTHING)
    if overruled:
        click.echo()
        show(
            OVERRULED,
            ("Famille", "Qui", "Quoi", "La mairie avait accepté", "Vos fichiers disent", "Le"),
            ((*whose(each), each.wanted, each.said, on(each.settled_at)) for each in overruled),
        )


def show(title: str, headings: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> None:
    """Write a table below its title."""
    click.echo(title)
    for row in align([headings, *rows]):
        click.echo(f"  {row}")


def whose(each: Accepted) -> tuple[str, str, str]:
    """Say of whom, and what of them."""
    return ", ".join(each.families), each.whose, each.label


def to_put(each: Accepted) -> str:
    """Write what was accepted; of a photo, where it lies."""
    if each.field == "photo" and each.value:
        return stored_files.where(Folder.PHOTOS, each.value)
    return each.wanted


def on(instant: datetime | None) -> str:
    """Write a day."""
    return day(day_of(instant)) if instant else ""
