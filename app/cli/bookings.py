"""`flask reservations`: who comes on a day, and whether places are counted right."""

import sys
from datetime import date

import click

from app import spreadsheets
from app.cli.context import refusals, whoever_launched, with_appcontext
from app.cli.services import Day
from app.cli.tables import align
from app.formats import day, day_in_full, plural
from app.services.bookings.day_list import DayList, Heads, Line
from app.spreadsheets import harmless

HEADINGS = ("Service", "École", "Classe", "Nom", "Prénom", "Remarque")


@click.group()
def reservations() -> None:
    """Les réservations de la cantine et des garderies."""


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
    from app.services.bookings import day_list

    with refusals():
        found = day_list.of_day(on, slug)
    if format_ == "csv":
        _write_csv(found)
        return
    if not found.lines:
        click.echo(f"Personne n’est attendu le {day_in_full(on)}.")
        return
    for row in align([HEADINGS, *map(_cells, found.lines)]):
        click.echo(row)
    for heads in found.heads():
        click.echo(_counted(heads))


@reservations.command("controler")
@click.option("--corriger", "mends", is_flag=True, help="Remet les comptes des jours à venir.")
@with_appcontext
def check(*, mends: bool) -> None:
    """Recompte les places prises, et échoue si un compte gardé dit autre chose."""
    from app.services.bookings import recounting

    found = recounting.put_right(whoever_launched()) if mends else recounting.differences()
    for each in found:
        click.echo(
            f"{each.service}, {day(each.day)}\u00a0: {each.kept} au compte, "
            f"{each.counted} en réalité."
        )
    if mends:
        mended = f"{plural(len(found), 'compte remis', 'comptes remis')}."
        click.echo(mended if found else "Rien à remettre pour les jours à venir.")
    elif not found:
        click.echo("Les comptes de places sont justes.")
    else:
        click.echo("Pour les remettre\u00a0: flask reservations controler --corriger")
        sys.exit(1)


def _counted(heads: Heads) -> str:
    schools = ", ".join(f"{name or 'sans école'} {count}" for name, count in heads.by_school)
    absent = plural(heads.absent, "absence déclarée", "absences déclarées")
    return (
        f"{heads.service}\u00a0: {plural(heads.coming, 'enfant')}"
        + (f", {absent}" if heads.absent else "")
        + (f" ({schools})" if schools else "")
        + "."
    )


def _cells(line: Line) -> tuple[str, ...]:
    return (
        line.service, line.school, line.class_name, line.last_name, line.first_name, line.remark,
    )  # fmt: skip


def _write_csv(found: DayList) -> None:
    sys.stdout.write("\N{ZERO WIDTH NO-BREAK SPACE}")
    writer = spreadsheets.writer(sys.stdout)
    writer.writerow(HEADINGS)
    writer.writerows(map(harmless, _cells(line)) for line in found.lines)
