"""`flask enfants`: take a child out of a family where it is shown by mistake."""

import click

from app.cli.context import refusals, whoever_launched, with_appcontext
from app.formats import ended
from app.services.families import keeping_out

CHILD = click.argument("child", metavar="ENFANT")
FAMILY = click.argument("family_number", metavar="N°_FAMILLE")
UNCHANGED = "Rien n’a changé\u00a0: {}"


@click.group()
def enfants() -> None:
    """Retire un enfant d’une famille où il est montré par erreur."""


@enfants.command("retirer")
@CHILD
@FAMILY
@with_appcontext
def take_out(child: str, family_number: str) -> None:
    """Retire aussitôt d’une famille un enfant, donné par son nom ou par son numéro.

    Un import ne l’y remet pas tant que vos fichiers l’y mettent encore. Corrigez-les, et
    l’enfant pourra y revenir plus tard.
    """
    with refusals(UNCHANGED):
        name = keeping_out.take_out(child, family_number, whoever_launched())
    click.echo(
        ended(f"La famille n°\u00a0{family_number} ne voit plus {name}")
        + " Corrigez aussi votre logiciel\u00a0: en attendant, aucun import ne l’y remet."
    )


@enfants.command("remettre")
@CHILD
@FAMILY
@with_appcontext
def put_back(child: str, family_number: str) -> None:
    """Remet un enfant retiré par erreur, donné par son nom ou par son numéro."""
    with refusals(UNCHANGED):
        name = keeping_out.put_back(child, family_number, whoever_launched())
    click.echo(ended(f"La famille n°\u00a0{family_number} voit de nouveau {name}"))
