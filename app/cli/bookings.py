"""`flask reservations`: who comes on a day, and whether places are counted right."""

import sys
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING

import click

from app import spreadsheets, whole_files
from app.cli.context import refusals, whoever_launched, with_appcontext
from app.cli.meal_orders import order
from app.cli.services import Day
from app.cli.tables import align
from app.formats import day, day_in_full, near_moment, plural
from app.services.bookings.closings.closing_extent import Extent
from app.services.bookings.closings.closing_moves import Changed
from app.spreadsheets import harmless

if TYPE_CHECKING:
    from app.services.bookings.morning.day_heads import Heads

UNCHANGED = "Rien n’a changé\u00a0: {}"


@click.group()
def reservations() -> None:
    """Les réservations de la cantine et des garderies."""


reservations.add_command(order)


@reservations.command("liste")
@click.argument("on", metavar="JJ/MM/AAAA", type=Day())
@click.option("--service", "slug", metavar="SERVICE", default="", help="Ce service seulement.")
@click.option(
    "--format", "format_", type=click.Choice(["table", "csv"]), default="table", show_default=True,
    help="Un tableau, ou un fichier pour tableur.",
)  # fmt: skip
@with_appcontext
def list_(on: date, slug: str, format_: str) -> None:
    """Montre qui vient un jour, par service, école et classe, et les effectifs."""
    from app.services.bookings.morning import beside, day_list, day_table

    with refusals():
        found = day_list.of_day(on, slug)
    rows = day_table.of(found, beside.unbooked(on, slug))
    if format_ == "csv":
        _write_csv(rows)
        return
    if not rows[1:]:
        click.echo(f"Personne n’est attendu le {day_in_full(on)}.")
        return
    for row in align(rows):
        click.echo(row)
    for heads in found.heads():
        click.echo(_counted(heads))


class _Month(click.ParamType[date]):
    """A month, as one writes it."""

    name = "mois"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> date:
        try:
            return datetime.strptime(str(value), "%Y-%m").replace(tzinfo=UTC).date()
        except ValueError:
            self.fail(f"«\u00a0{value}\u00a0» n’est pas un mois, comme 2026-11.", param, ctx)


@reservations.command("exporter")
@click.argument("month", metavar="AAAA-MM", type=_Month())
@click.argument("folder", metavar="DOSSIER", type=click.Path(file_okay=False, path_type=Path))
@with_appcontext
def export(month: date, folder: Path) -> None:
    """Écrit un mois pour votre logiciel\u00a0: réservations, effectifs, codes à facturer."""
    from app.services.bookings.month_end import month_files

    folder.mkdir(parents=True, exist_ok=True)
    label = f"{month:%Y-%m}"
    for name, content in (
        (f"reservations-{label}.csv", month_files.bookings(month)),
        (f"effectifs-{label}.csv", month_files.heads(month)),
        (f"presences-{label}.csv", month_files.presences(month)),
    ):
        whole_files.write(folder / name, content)
        lines = content.count(b"\n") - 1
        click.echo(f"{folder / name}\u00a0: {plural(lines, 'ligne')}")


@reservations.command("controler")
@click.option("--corriger", "mends", is_flag=True, help="Remet les comptes des jours à venir.")
@with_appcontext
def check(*, mends: bool) -> None:
    """Recompte les places prises, et échoue si un compte gardé dit autre chose."""
    from app.services.bookings import recounting

    found = recounting.put_right(whoever_launched()) if mends else recounting.differences()
    for each in found:
        click.echo(
            f"{each.name}, {day(each.day)}\u00a0: {each.kept} au compte, {each.counted} en réalité."
        )
    if mends:
        mended = f"{plural(len(found), 'compte remis', 'comptes remis')}."
        click.echo(mended if found else "Rien à remettre pour les jours à venir.")
    elif not found:
        click.echo("Les comptes de places sont justes.")
    else:
        click.echo("Pour les remettre\u00a0: flask reservations controler --corriger")
        sys.exit(1)


@reservations.command("rappeler")
@with_appcontext
def remind() -> None:
    """Écrit aux parents qui n’ont pas réservé une semaine dont la limite est proche.

    Le portail le fait de lui-même toutes les dix minutes, de 7 h à 21 h.
    Chacun n’est averti qu’une fois.
    """
    from app.services.bookings.reminders import reminding

    sent = reminding.remind()
    click.echo(f"{plural(sent, 'rappel')}." if sent else "Personne à avertir maintenant.")


CLOSED_DAY = click.argument("on", metavar="JJ/MM/AAAA", type=Day())
SERVICES = click.option(
    "--service", "slugs", metavar="SERVICE", multiple=True,
    help="Ce service\u00a0; plusieurs fois pour plusieurs, sans lui tous.",
)  # fmt: skip
SCHOOLS = click.option(
    "--ecole", "schools", metavar="ÉCOLE", multiple=True,
    help="Pour cette école seulement\u00a0; plusieurs fois pour plusieurs.",
)  # fmt: skip
UNTIL = click.option("--jusqu-au", "last", metavar="JJ/MM/AAAA", type=Day(), help="Dernier jour.")


def on_days(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command what is closed or opened: days, services, schools."""

    @CLOSED_DAY
    @UNTIL
    @SERVICES
    @SCHOOLS
    @wraps(command)
    def wrapped(
        *, on: date, last: date | None, slugs: tuple[str, ...], schools: tuple[str, ...],
        **rest: object,
    ) -> None:  # fmt: skip
        from app.services.bookings.closings import closing_days

        with refusals(UNCHANGED):
            extent = closing_days.between(on, last or on, slugs, schools)
        command(extent, **rest)

    return wrapped


MORE = click.option("--texte", "more", default="", help="Ajouté à ce que les familles lisent.")


@reservations.command("fermer")
@on_days
@click.option("--motif", "reason", required=True, help="Pourquoi, comme les familles le lisent.")
@MORE
@click.option("--yes", is_flag=True, help="Sans demander de confirmer.")
@with_appcontext
def close(extent: Extent, reason: str, more: str, *, yes: bool) -> None:
    """Ferme des services un jour ou plusieurs, retire ce qui y est réservé et l’écrit aux familles.

    Montre d’abord qui est concerné. Le message part dix minutes plus tard.
    """
    from app.services.bookings.closings import closing

    with refusals(UNCHANGED):
        _say(closing.preview(extent), "à retirer")
    if not yes and not click.confirm("Fermer\u00a0?"):
        click.echo(UNCHANGED.format("vous y renoncez."), err=True)
        sys.exit(1)
    by = whoever_launched()
    with refusals(UNCHANGED):
        changed = closing.close(extent, reason, by, more)
    _say(changed, "retirées")
    _say_when(changed.due_at)
    options = [f"--jusqu-au {day(extent.days[-1])}"] if len(extent.days) > 1 else []
    options += [f"--service {slug}" for slug in extent.slugs]
    options += [f'--ecole "{school}"' for school in extent.schools]
    again = ["flask reservations rouvrir", day(extent.days[0]), *options]
    click.echo(f"Pour rouvrir\u00a0: {' '.join(again)}")


@reservations.command("rouvrir")
@on_days
@MORE
@with_appcontext
def reopen(extent: Extent, more: str) -> None:
    """Rouvre des services fermés\u00a0; ce qui y était réservé l’est de nouveau."""
    from app.services.bookings.closings import closing

    by = whoever_launched()
    with refusals(UNCHANGED):
        changed = closing.reopen(extent, by, more)
    _say(changed, "remises")
    _say_when(changed.due_at, changed.bookings)


def _say(changed: Changed, what: str) -> None:
    click.echo(
        f"{changed.words[:1].upper()}{changed.words[1:]}\u00a0: "
        f"réservations {what}, {changed.bookings}\u00a0; "
        f"{plural(changed.children, 'enfant')}, {plural(changed.families, 'famille')}, "
        f"{plural(changed.meals, 'repas', 'repas')}."
    )


def _say_when(due_at: datetime | None, bookings: int = 0) -> None:
    if due_at is None and bookings:
        click.echo("Le message de fermeture n’était pas encore parti\u00a0: il ne part plus.")
    elif due_at is None:
        click.echo("Personne n’avait réservé\u00a0: aucun message ne part.")
    else:
        click.echo(f"Le message aux familles part {near_moment(due_at)}.")


def _counted(heads: "Heads") -> str:
    schools = ", ".join(f"{name or 'sans école'} {count}" for name, count in heads.by_school)
    groups = ", ".join(f"{name or 'sans groupe'} {count}" for name, count in heads.by_group)
    absent = plural(heads.absent, "absence déclarée", "absences déclarées")
    return (
        f"{heads.service}\u00a0: {plural(heads.coming, 'enfant')}"
        + (f", {absent}" if heads.absent else "")
        + (f" ({schools})" if schools else "")
        + (f"\u00a0; par groupe\u00a0: {groups}" if groups else "")
        + "."
    )


def _write_csv(rows: Iterable[Sequence[str]]) -> None:
    sys.stdout.write("\N{ZERO WIDTH NO-BREAK SPACE}")
    writer = spreadsheets.writer(sys.stdout)
    writer.writerows(map(harmless, row) for row in rows)
