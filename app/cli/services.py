"""`flask services`: what the town offers day by day, and until when one may book it."""

import sys
from datetime import date
from pathlib import Path

import click

from app.cli.context import refusals, whoever_launched, with_appcontext
from app.cli.imports import refuse
from app.cli.tables import align
from app.formats import day_in_full, plural, today

# Of what is left as it is, so many are told.
SHOWN = 20
HEADINGS = ("Identifiant", "Nom", "Jours", "Places", "Inscrits", "Réserver", "Annuler", "Absence")
LETTERS = ("L", "Ma", "Me", "J", "V", "S", "D")


class Day(click.ParamType[date]):
    """A day, as people write it."""

    name = "jour"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> date:
        """Read it."""
        from app.services.importing.days import parse_day
        from app.services.importing.faults import FieldRefused

        try:
            return date.fromisoformat(parse_day(str(value)))
        except FieldRefused as refused:
            self.fail(str(refused), param, ctx)


@click.group()
def services() -> None:
    """Les services que l’on réserve jour par jour\u00a0: cantine, garderies."""


@services.command("importer")
@click.argument("path", metavar="DOSSIER", type=click.Path(path_type=Path))
@click.option("--dry-run", is_flag=True, help="Dit ce qui changerait, sans rien écrire.")
@with_appcontext
def import_(path: Path, *, dry_run: bool) -> None:
    """Lit les services, leur calendrier et leurs réservations, d’un dossier ou d’un ZIP.

    Tout ou rien\u00a0: service.csv, vacances.csv, tarif.csv, groupe.csv, inscription.csv,
    garde.csv, quotient.csv, reservation.csv et fermeture.csv, chacun s’il est là.
    """
    from app.services.importing import service_files
    from app.services.importing.faults import ImportRefused

    try:
        done = service_files.run(path, whoever_launched(), rehearses=dry_run)
    except ImportRefused as refused:
        refuse(refused)
    click.echo(", ".join(done.words) + ".")
    if done.left:
        left = plural(len(done.left), "jour laissé comme il est", "jours laissés comme ils sont")
        click.echo(f"{left}\u00a0:")
    for line in done.left[:SHOWN]:
        click.echo(f"  {line}")
    if len(done.left) > SHOWN:
        click.echo(f"  … et {plural(len(done.left) - SHOWN, 'autre jour', 'autres jours')}.")
    if dry_run:
        click.echo("Rien n’a été écrit.")
    elif done.is_undoable:
        click.echo(f"Pour l’annuler, pendant 30 jours\u00a0: flask imports undo {done.number}")


@services.command("montrer")
@with_appcontext
def show() -> None:
    """Montre les services, leurs jours et leurs limites."""
    from app.services.bookings.setting_up import reading

    listed = reading.listed(today())
    if not listed:
        click.echo("Aucun service\u00a0: flask services importer DOSSIER")
        return
    rows = [
        (
            each.slug,
            each.described.name,
            " ".join(LETTERS[day] for day in sorted(each.described.weekdays)),
            each.places or "sans limite",
            str(each.enrolled),
            each.described.book_rule or "sans limite",
            each.described.cancel_rule or "de même",
            each.described.absence_rule or "jamais",
        )
        for each in listed
    ]
    for row in align([HEADINGS, *rows]):
        click.echo(row)


@services.command("essayer")
@click.argument("slug", metavar="SERVICE")
@click.argument("on", metavar="JJ/MM/AAAA", type=Day())
@with_appcontext
def try_(slug: str, on: date) -> None:
    """Dit jusqu’à quand un jour se réserve, et pourquoi."""
    from app.services.bookings.setting_up import trying

    with refusals():
        tried = trying.on(slug, on)
    click.echo(f"{tried.name}, {day_in_full(tried.day)}\u00a0: {tried.standing}.")
    for words in tried.limits:
        click.echo(f"  {words}")
    if not tried.is_served:
        sys.exit(1)
