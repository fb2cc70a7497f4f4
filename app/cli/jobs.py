"""`flask jobs`: what is done in the background, and doing it now."""

import sys
from collections import Counter

import click

from app.cli.context import with_appcontext
from app.cli.tables import limited, show
from app.formats import day, day_of, hour, plural
from app.models import JobState
from app.services.jobs import listing
from app.services.jobs.kinds import IN_FRENCH, STATES
from app.services.jobs.listing import JobLine
from app.services.jobs.running import workshop

HEADINGS = ("N°", "Travail", "État", "Essais", "Avancement", "Quand", "Dernière erreur")


@click.group()
def jobs() -> None:
    """Fait les travaux de fond, et dit ce qu’ils deviennent."""


@jobs.command("list")
@limited("Combien, à partir du plus récent.")
@click.option("--unfinished", is_flag=True, help="Seulement ceux qui ne sont pas faits.")
@with_appcontext
def list_jobs(*, limit: int, unfinished: bool) -> None:
    """Montre les travaux de fond : faits, en cours, en attente, abandonnés."""
    lines = listing.latest(limit, only_unfinished=unfinished)
    show(HEADINGS, map(cells, lines), "Aucun travail.")


@jobs.command()
@with_appcontext
def run() -> None:
    """Fait les travaux qui sont à faire maintenant."""
    fates = workshop().run()
    for line in describe(fates):
        click.echo(line)
    if fates.keys() - {JobState.DONE}:
        sys.exit(1)


def cells(line: JobLine) -> tuple[str, ...]:
    """Write the line of one job."""
    state = STATES[line.state]
    if line.state is JobState.QUEUED and line.attempts:
        state = f"{state}, nouvel essai"
    # The date of one that goes on says how long it is left alone, nothing of use to operators.
    when = None if line.state is JobState.RUNNING else line.settled_at or line.due_at
    return (
        str(line.id),
        IN_FRENCH.get(line.kind, line.kind),
        state,
        str(line.attempts),
        f"{line.done} sur {line.total}" if line.total else "",
        f"{day(day_of(when))} {hour(when)}" if when else "",
        line.last_error,
    )


def describe(fates: Counter[JobState]) -> list[str]:
    """Say what a pass did."""
    done, deferred, failed = (
        fates[state] for state in (JobState.DONE, JobState.QUEUED, JobState.FAILED)
    )
    lines = [f"{plural(done, 'travail fait', 'travaux faits')}."]
    if deferred:
        lines.append(f"{plural(deferred, 'travail', 'travaux')} à réessayer plus tard.")
    if failed:
        lines.append(f"{plural(failed, 'travail abandonné', 'travaux abandonnés')}.")
    if len(lines) > 1:
        lines.append("Le détail\u00a0: flask jobs list --unfinished")
    return lines
