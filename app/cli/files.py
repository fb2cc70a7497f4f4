"""`flask files`: where the stored files lie."""

import sys
from importlib.util import find_spec

import click

from app.cli.context import with_appcontext
from app.cli.imports import progress_bar
from app.formats import plural
from app.services.files import copying
from app.services.files.stores import BUCKET
from app.settings import settings

INSTANCE = "instance"
MOST_TOLD = 10


@click.group()
def files() -> None:
    """Déplace les fichiers du portail (photos, factures, documents, pièces jointes)."""


@files.command()
@click.argument("target", metavar="ADRESSE")
@click.option(
    "--from", "source", metavar="ADRESSE", help="D’où, si ce n’est pas là que le portail les lit."
)
@with_appcontext
def copy(target: str, source: str | None) -> None:
    """Copie tous les fichiers vers une autre ADRESSE, et vérifie chaque copie.

    ADRESSE est instance, pour le dossier de l’instance, ou s3://espace/dossier. Les fichiers
    restent aussi où ils sont. Relancer la commande copie ce qui est arrivé entre-temps.
    """
    begins = settings.files_url if source is None else _address(source)
    ends = _address(target)
    if begins == ends:
        raise click.BadParameter("c’est là que les fichiers sont déjà.")
    with progress_bar("Fichiers") as progress:
        done = copying.copy(begins, ends, progress)
    copied = plural(done.copied, "fichier copié et vérifié", "fichiers copiés et vérifiés")
    held = f", {done.held} déjà là" if done.held else ""
    click.echo(f"{copied}{held}.")
    if ends != settings.files_url:
        click.echo(_what_next(begins, ends))
    if done.missing:
        _tell_missing(done.missing)


def _address(typed: str) -> str:
    if typed == INSTANCE:
        return ""
    if not typed.startswith(BUCKET):
        raise click.BadParameter(f"«\u00a0{typed}\u00a0» n’est ni instance, ni s3://…")
    if find_spec("obstore") is None:
        raise click.ClickException("la bibliothèque obstore manque (requirements-full.txt).")
    if not (settings.s3_access_key_id and settings.s3_secret_access_key):
        raise click.ClickException(
            "PORTAIL_S3_ACCESS_KEY_ID et PORTAIL_S3_SECRET_ACCESS_KEY manquent."
        )
    return typed


def _what_next(begins: str, ends: str) -> str:
    setting = f"mettez PORTAIL_FILES_URL={ends}" if ends else "retirez PORTAIL_FILES_URL"
    return (
        f"Le portail lit encore les anciens\u00a0: {setting} et redémarrez-le. Puis, pour ce qui "
        f"est arrivé entre-temps\u00a0:\n"
        f"    flask files copy --from {begins or INSTANCE} {ends or INSTANCE}"
    )


def _tell_missing(missing: list[str]) -> None:
    count = plural(len(missing), "fichier manquait", "fichiers manquaient")
    click.echo(f"{count} déjà, que la base de données nomme\u00a0:", err=True)
    for where in missing[:MOST_TOLD]:
        click.echo(f"  {where}", err=True)
    sys.exit(1)
