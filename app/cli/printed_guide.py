"""`flask guide`: the guide on paper."""

import sys
from pathlib import Path

import click
from flask import current_app

from app import background
from app.cli.context import with_appcontext
from app.settings import settings

NO_PANGO = (
    "Aucun PDF ne peut être fait sur cette machine\u00a0: installez Pango "
    "(Debian\u00a0: libpango-1.0-0, libpangoft2-1.0-0, libharfbuzz-subset0)."
)


@click.group()
def guide() -> None:
    """Le guide de connexion, pour les parents."""


@guide.command()
@click.option(
    "--output", type=click.Path(dir_okay=False, path_type=Path), default=Path("guide.pdf"),
    metavar="FICHIER", help="Le PDF à écrire (par défaut, guide.pdf).",
)  # fmt: skip
@with_appcontext
def build(output: Path) -> None:
    """Écrit le guide de cette commune en PDF, à imprimer en A4."""
    # The page that parents see, asked for as they do; what waits in the queues is the server's.
    for watcher in background.watchers():
        watcher.rest()
    answer = current_app.test_client(use_cookies=False).get(
        "/guide.pdf", base_url=settings.public_url
    )
    if answer.mimetype != "application/pdf":
        click.echo(NO_PANGO, err=True)
        sys.exit(1)
    try:
        output.write_bytes(answer.data)
    except OSError as error:
        click.echo(f"{output} ne peut pas être écrit\u00a0: {error.strerror}.", err=True)
        sys.exit(1)
    click.echo(f"Le guide est écrit dans {output}.")
