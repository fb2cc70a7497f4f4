"""`flask adresse`: the town hall corrects where a parent is written to."""

import click

from app.cli.context import refusals, whoever_launched, with_appcontext
from app.formats import ended
from app.services.accounts import address_correction as service

WARNED = "L’ancienne adresse ({}) est prévenue par un courriel."
ENDED = (
    "Ses appareils sont déconnectés, et ce qui avait été envoyé à l’ancienne adresse ne sert plus."
)


@click.command("adresse")
@click.argument("identifier", metavar="IDENTIFIANT")
@click.argument("address", metavar="ADRESSE")
@with_appcontext
def correct(identifier: str, address: str) -> None:
    """Change l’adresse de courriel d’un responsable, même s’il avait confirmé l’ancienne."""
    with refusals("Rien n’a changé\u00a0: {}"):
        done = service.correct(identifier, address, whoever_launched())
    click.echo(f"{done.whose} recevra ses courriels à {done.new}.")
    if done.old:
        click.echo(WARNED.format(done.old))
    click.echo(ENDED)
    if done.shared_with:
        click.echo(ended(f"C’est aussi l’adresse de\u00a0: {', '.join(done.shared_with)}"))
    click.echo("À changer aussi dans votre logiciel\u00a0: flask reporting le rappelle.")
    click.echo(f"Pour lui envoyer un mot de passe\u00a0: flask credentials send {identifier}")
