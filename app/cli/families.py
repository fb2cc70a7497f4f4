"""`flask familles`: a family's data are erased, with a day to change one's mind."""

import sys
from collections.abc import Iterator

import click

from app.cli.context import refusals, whoever_launched, with_appcontext
from app.cli.tables import show
from app.services.erasure import preview
from app.services.erasure.preview import Preview
from app.services.requests import erasures

UNCHANGED = "Rien n’a changé\u00a0: {}"
NUMBER = click.argument("number", metavar="NUMÉRO")


@click.group()
def familles() -> None:
    """Efface les données d’une famille, ou dit lesquelles vont l’être."""


@familles.command("effacer")
@NUMBER
@click.option("--yes", is_flag=True, help="Sans demander de confirmer.")
@with_appcontext
def erase(number: str, *, yes: bool) -> None:
    """Prévoit l’effacement d’une famille, après avoir montré ce qui part et ce qui reste."""
    with refusals(UNCHANGED):
        family_id = erasures.family_of(number)
        erasures.check(family_id)
    for line in describe(number, preview.of_family(family_id)):
        click.echo(line)
    if not yes and not confirmed(number):
        click.echo(UNCHANGED.format("ce n’est pas le numéro de la famille."), err=True)
        sys.exit(1)
    with refusals(UNCHANGED):
        when = erasures.plan_now(family_id, whoever_launched())
    click.echo(f"Ce sera fait {when}.")
    click.echo(f"Pour y renoncer d’ici là\u00a0: flask familles annuler-effacement {number}")


@familles.command("annuler-effacement")
@NUMBER
@with_appcontext
def cancel(number: str) -> None:
    """Renonce à effacer une famille, tant que ce n’est pas fait."""
    with refusals(UNCHANGED):
        erasures.cancel_now(erasures.family_of(number), whoever_launched())
    click.echo(f"La famille n°\u00a0{number} ne sera pas effacée.")


@familles.command("list")
@with_appcontext
def list_planned() -> None:
    """Montre les familles qui vont être effacées."""
    rows = (
        (each.number, each.when, each.acted_by, each.obstacle or "") for each in erasures.planned()
    )
    headings = ("Famille", "Quand", "Demandé par", "Ce qui l’empêche")
    show(headings, rows, "Aucun effacement prévu.")


def describe(number: str, family: Preview) -> Iterator[str]:
    """Say what goes and what stays."""
    yield f"Effacer la famille n°\u00a0{number}\u00a0: {', '.join(family.guardians)}"
    yield ""
    yield "Ce qui part\u00a0:"
    yield from (f"  {each}" for each in family.goes)
    yield ""
    yield "Ce que la loi garde dix ans, sous «\u00a0Famille effacée\u00a0»\u00a0:"
    yield from (f"  {each}" for each in family.stays)
    if family.shared_children:
        yield ""
        yield f"Ce qui est aussi à une autre famille\u00a0: {', '.join(family.shared_children)}"
    yield ""


def confirmed(number: str) -> bool:
    """Ask for the number once more."""
    typed: str = click.prompt("Tapez le numéro de la famille pour confirmer")
    return typed.strip() == number
