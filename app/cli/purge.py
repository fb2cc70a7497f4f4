"""`flask purge`: remove what was kept long enough."""

import click

from app.cli.context import whoever_launched, with_appcontext
from app.formats import plural
from app.services import retention


@click.command("purge")
@with_appcontext
def purge() -> None:
    """Efface ce qui a fait son temps, selon docs/retention.md. À lancer chaque nuit."""
    removed = [each for each in retention.purge(whoever_launched()) if each.count]
    for each in removed:
        click.echo(f"Effacé : {plural(each.count, each.name, each.plural)}.")
    if not removed:
        click.echo("Rien à effacer.")
