"""`flask import`: what the town hands over becomes what parents see; and the last one undone."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click
from sqlalchemy.exc import DBAPIError

from app.cli.context import (
    refusals,
    store_away,
    unexpected,
    whoever_launched,
    with_appcontext,
)
from app.formats import plural
from app.services.files.store import StoreAway

if TYPE_CHECKING:
    from app.services.importing.deciding import Decisions
    from app.services.importing.faults import ImportRefused

STEPS = 1_000
# --archive-missing without a number.
UNSAID = -1


@click.command("import")
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--dry-run", is_flag=True, help="Dit ce que ferait l’import, sans rien écrire.")
@click.option(
    "--archive-missing", type=int, is_flag=False, flag_value=UNSAID, metavar="[N]",
    help="Archive les familles absentes des fichiers, et dit combien d’accès ferment.",
)  # fmt: skip
@click.option(
    "--closing", type=int, metavar="N",
    help="Confirme que N accès ferment, sans archiver les familles absentes.",
)  # fmt: skip
@click.option(
    "--remove-missing", is_flag=True,
    help="Retire les factures et règlements absents d’un fichier qui couvre leur date.",
)  # fmt: skip
@click.option(
    "--keep-accepted", is_flag=True,
    help="Garde ce que la mairie a accepté, même si les fichiers disent autre chose de nouveau.",
)  # fmt: skip
@click.option(
    "--replace-confirmed", is_flag=True,
    help="Remplace par celle des fichiers une adresse que le parent a confirmée.",
)  # fmt: skip
@click.option(
    "--keep-children", is_flag=True,
    help="Laisse dans leur famille les enfants que les fichiers n’y mettent plus.",
)  # fmt: skip
@click.option("--no-mail", is_flag=True, help="N’écrit à aucun parent.")
@with_appcontext
def import_files(
    path: Path,
    *,
    archive_missing: int | None,
    closing: int | None,
    dry_run: bool,
    no_mail: bool,
    **decided: bool,
) -> None:
    """Importe un dossier ou un ZIP de fichiers CSV : PATH.

    Le même import peut être relancé sans risque. À la moindre erreur, rien n’est écrit.
    Voir docs/import.md.
    """
    # The web process loads the commands too, and has no use for all that an import needs.
    from app.services.importing import running
    from app.services.importing.faults import ImportRefused
    from app.services.importing.options import Options

    options = Options(
        dry_run=dry_run,
        archive_missing=archive_missing is not None,
        closing=closing if archive_missing in {None, UNSAID} else archive_missing,
        decisions=_decisions(**decided),
        mail=not no_mail,
        actor=whoever_launched(),
    )
    try:
        with refusals("{}\nRien n’a été importé."), progress_bar() as progress:
            report = running.run(path, options, progress)
    except ImportRefused as refused:
        refuse(refused)
    except DBAPIError as error:
        raise click.ClickException(f"rien n’a été importé, {unexpected(error)}") from error
    except StoreAway as error:
        raise click.ClickException(f"rien n’a été importé, {store_away(error)}") from error
    except OSError as error:
        raise click.ClickException(f"rien n’a été importé, le disque dit : {error}.") from error
    for line in report.lines():
        click.echo(line)
    if report.number:
        click.echo(f"Pour l’annuler, pendant 30 jours\u00a0: flask imports undo {report.number}")


@click.group()
def imports() -> None:
    """Défait le dernier import."""


@imports.command("undo")
@click.argument("number", type=int)
@with_appcontext
def undo(number: int) -> None:
    """Annule le dernier import, par son numéro, pendant 30 jours.

    Tout redevient comme avant lui, sauf ce que quelqu’un a changé depuis.
    """
    from app.services.importing import service_undoing

    with refusals("{}\nRien n’a été annulé."), progress_bar("Annulation") as progress:
        undone = service_undoing.whichever(number, whoever_launched(), progress)
    for line in undone.lines():
        click.echo(line)


def _decisions(
    *, keep_accepted: bool, replace_confirmed: bool, remove_missing: bool, keep_children: bool
) -> "Decisions":
    """Decide the same of all rows."""
    from app.services.importing.deciding import Decision, Subject

    return {
        Subject.ACCEPTED: Decision(not keep_accepted),
        Subject.ADDRESS: Decision(replace_confirmed),
        Subject.INVOICE: Decision(remove_missing),
        Subject.PAYMENT: Decision(remove_missing),
        Subject.CHILD: Decision(not keep_children),
    }


def refuse(refused: "ImportRefused") -> None:
    """Print every fault, then leave with a status that says so."""
    from app.services.importing.report import set_aside_lines

    faults = refused.faults
    for fault in faults:
        click.echo(str(fault), err=True)
    if faults.count > len(faults.kept):
        click.echo(
            f"… et {plural(faults.count - len(faults.kept), 'autre erreur', 'autres erreurs')}.",
            err=True,
        )
    for line in set_aside_lines(refused.set_aside):
        click.echo(line, err=True)
    click.echo("", err=True)
    click.echo(f"{plural(faults.count, 'erreur')} : rien n’a été importé.", err=True)
    sys.exit(1)


@contextmanager
def progress_bar(label: str = "Import") -> Iterator[Callable[[int, int], None]]:
    """Show how far it is, on a terminal only."""
    if not sys.stderr.isatty():
        yield lambda _done, _total: None
        return
    with click.progressbar(length=STEPS, label=label, file=sys.stderr) as bar:
        yield lambda done, total: bar.update(done * STEPS // total - bar.pos)
