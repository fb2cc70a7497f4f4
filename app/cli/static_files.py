"""`flask static`: the stylesheet, the scripts and the pictures, for the server in front."""

import gzip
from pathlib import Path

import click

from app.cli.context import with_appcontext
from app.formats import plural
from app.web import assets

# What is compressed already gains nothing.
TEXTS = frozenset({".css", ".js", ".svg", ".txt"})


@click.group()
def static() -> None:
    """Prépare les fichiers fixes des pages pour le serveur placé devant le portail."""


@static.command()
@click.argument("folder", metavar="DOSSIER", type=click.Path(file_okay=False, path_type=Path))
@with_appcontext
def compress(folder: Path) -> None:
    """Écrit les fichiers fixes dans DOSSIER, chacun sous sa version, et compressés.

    Ceux des versions d’avant y restent, pour qui lit encore une page d’avant.
    """
    found = {folder / version / "static" / name: path for name, version, path in assets.files()}
    missing = {target: path for target, path in found.items() if not target.exists()}
    for target, path in missing.items():
        content = path.read_bytes()
        if path.suffix in TEXTS:
            _write(target.with_name(f"{target.name}.gz"), gzip.compress(content, mtime=0))
        _write(target, content)
    count = plural(len(found), "fichier fixe prêt", "fichiers fixes prêts")
    new = plural(len(missing), "nouveau", "nouveaux")
    click.echo(f"{count} dans {folder}, {new}.")


def _write(target: Path, content: bytes) -> None:
    """Write it beside, then rename: the server reads meanwhile."""
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_name(f"{target.name}.partial")
    partial.write_bytes(content)
    partial.rename(target)
