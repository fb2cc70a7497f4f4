"""`flask town NOM …`, `flask all-towns …`: every command, for a town among others or for all."""

import difflib
import signal
import sys
from collections.abc import Callable, Sequence
from threading import Event

import click
from flask import Flask, current_app
from flask.cli import AppGroup, ScriptInfo, with_appcontext

from app.background import Watcher
from app.cli import COMMANDS, LazyGroup
from app.formats import plural
from app.mailer.courier import EXTENSION as COURIER
from app.services.jobs.queue import EXTENSION as WORKSHOP
from app.towns.hosted import Town, TownBroken
from app.towns.lobby import EXTENSION, Towns
from app.towns.watching import Rounds

# What is asked before there is a town, or of none.
OF_NO_TOWN = frozenset({"instance", "static", "version"})
WATCH = ("mail", "deliver", "--watch")
# A mail server that does not answer holds one of them for its timeout.
MAIL_THREADS, JOB_THREADS = 8, 2
WORDS = {"ignore_unknown_options": True, "help_option_names": []}
FAILED = 1


class TownsGroup(LazyGroup):
    """The commands of a process that has many towns: each is said for one, or for all."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Name those that are not a town's."""
        return sorted({*AppGroup.list_commands(self, ctx), *OF_NO_TOWN})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Find one; of a town's, say how it is asked here."""
        if cmd_name in COMMANDS and cmd_name not in OF_NO_TOWN:
            raise click.UsageError(
                "pour quelle commune\u00a0? "
                f"flask town NOM {cmd_name}, ou flask all-towns {cmd_name}. "
                "Leurs noms\u00a0: flask towns."
            )
        return super().get_command(ctx, cmd_name)


def init_app(lobby: Flask) -> None:
    """Give the lobby its commands."""
    lobby.cli = TownsGroup(lobby.name)
    for command in OF_MANY:
        lobby.cli.add_command(command)


@click.command("towns")
@with_appcontext
def list_towns() -> None:
    """Montre les communes de ce portail, leur adresse, et ce qui empêche l’une de servir."""
    broken = 0
    for each in _towns().all:
        try:
            each.app()
        except TownBroken as why:
            broken += 1
            click.echo(f"{each.name}  {each.host}  EN PANNE\u00a0: {why}")
        else:
            click.echo(f"{each.name}  {each.host}")
        each.forget()
    if broken:
        sys.exit(FAILED)


@click.command("town", context_settings=WORDS)
@click.argument("name", metavar="NOM")
@click.argument("words", metavar="COMMANDE…", nargs=-1, type=click.UNPROCESSED)
@with_appcontext
def town(name: str, words: tuple[str, ...]) -> None:
    """Lance une commande pour la commune NOM, le nom de son dossier."""
    found = _towns().by_name.get(name)
    if found is None:
        near = difflib.get_close_matches(name, _towns().by_name, n=1)
        hint = f" (vouliez-vous dire {near[0]}\u00a0?)" if near else ""
        raise click.BadParameter(f"aucune commune ne s’appelle «\u00a0{name}\u00a0»{hint}.")
    sys.exit(_run(found, words))


@click.command("all-towns", context_settings=WORDS)
@click.argument("words", metavar="COMMANDE…", nargs=-1, required=True, type=click.UNPROCESSED)
@with_appcontext
def all_towns(words: tuple[str, ...]) -> None:
    """Lance une commande pour chaque commune, l’une après l’autre.

    Avec mail deliver --watch, une seule commande s’occupe de toutes à la fois. Une commune en
    panne n’arrête pas les autres. Celles en échec sont nommées à la fin, et le statut le dit.
    """
    if sorted(words) == sorted(WATCH):
        watch_over_all(_towns().all)
        return
    failed = []
    for each in _towns().all:
        click.echo(f"— {each.name}")
        if _run(each, words):
            failed.append(each.name)
        each.forget()
    if failed:
        count = plural(len(failed), "commune en échec", "communes en échec")
        click.echo(f"{count}\u00a0: {', '.join(failed)}.", err=True)
        sys.exit(FAILED)


OF_MANY = (town, all_towns, list_towns)


def watch_over_all(towns: Sequence[Town]) -> None:
    """Send the mails of every town and do its jobs, until told to stop."""
    told = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: told.set())
    rounds = [
        Rounds(towns, watcher_of(COURIER), MAIL_THREADS),
        Rounds(towns, watcher_of(WORKSHOP), JOB_THREADS),
    ]
    for each in rounds:
        each.start()
    count = plural(len(towns), "commune")
    click.echo(f"J’envoie les courriels et je fais les travaux de fond de {count}.")
    click.echo("Ctrl+C pour arrêter.")
    told.wait()
    for each in rounds:
        each.stop()
    click.echo("Arrêté\u00a0: ce qui attend partira, ou sera fait, au prochain démarrage.")


def watcher_of(extension: str) -> Callable[[Flask], Watcher]:
    """Find one of the watchers of each town."""

    def find(app: Flask) -> Watcher:
        found: Watcher = app.extensions[extension]
        return found

    return find


def _run(town: Town, words: Sequence[str]) -> int:
    """Run a command as `flask` would in a process of this town alone; return its status."""
    try:
        app = town.app()
    except TownBroken as why:
        click.echo(f"{town.name} ne peut pas servir\u00a0: {why}.", err=True)
        return FAILED
    info = ScriptInfo(create_app=lambda: app)
    try:
        with app.app_context():
            app.cli.main(list(words), prog_name=f"flask town {town.name}", obj=info)
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else bool(end.code)
    return 0


def _towns() -> Towns:
    found: Towns = current_app.extensions[EXTENSION]
    return found
