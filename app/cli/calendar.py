"""`flask calendrier`: school holidays and public holidays, which every limit is counted by."""

import click

from app.calendar import school_years
from app.calendar.school_years import SchoolYear
from app.cli.context import refusals, whoever_launched, with_appcontext
from app.cli.tables import align
from app.formats import day, day_in_words, ended, plural, today
from app.settings import settings

HEADINGS = ("Du", "Au", "Quoi", "Sorte", "Source")
UNCHANGED = "Rien n’a changé\u00a0: {}"


class _Year(click.ParamType[SchoolYear]):
    """A school year, as one writes it."""

    name = "année"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> SchoolYear:
        found = school_years.parse(str(value))
        if found is None:
            self.fail(
                f"«\u00a0{value}\u00a0» n’est pas une année scolaire, comme 2026-2027.", param, ctx
            )
        return found


YEAR = click.argument("year", metavar="[ANNÉE]", required=False, type=_Year())


@click.group()
def calendrier() -> None:
    """Les vacances et les jours fériés, d’après lesquels se comptent les réservations."""


@calendrier.command("charger")
@YEAR
@with_appcontext
def load(year: SchoolYear | None) -> None:
    """Charge les vacances et les jours fériés d’une année scolaire (celle-ci, si rien n’est dit).

    Les lignes déjà là restent comme la mairie les a corrigées. Une année dont l’arrêté n’est pas
    paru est refusée.
    """
    from app.services.bookings.setting_up import calendar

    year = year or school_years.of(today())
    zone = settings.school_zone
    with refusals(UNCHANGED):
        loaded = calendar.load(year, zone, settings.public_holidays, whoever_launched())
    click.echo(
        f"Année {year.label}\u00a0: {plural(loaded.added, 'ligne ajoutée', 'lignes ajoutées')}."
    )
    for each in loaded.kept:
        click.echo(ended(f"Gardé comme la mairie l’a mis, l’arrêté dit autre chose\u00a0: {each}"))
    if not zone:
        click.echo(
            "Sans zone (PORTAIL_SCHOOL_ZONE), seuls les jours fériés sont chargés\u00a0: tapez les "
            "vacances de votre académie."
        )


@calendrier.command("montrer")
@YEAR
@with_appcontext
def show(year: SchoolYear | None) -> None:
    """Montre le calendrier d’une année scolaire."""
    from app.services.bookings.setting_up import calendar

    year = year or school_years.of(today())
    lines = calendar.listed(year)
    if not lines:
        click.echo(f"Rien pour {year.label}\u00a0: flask calendrier charger {year.label}")
        return
    rows = [
        (
            day(each.first),
            day(each.last),
            each.name,
            each.kind_words + ("" if each.is_confirmed else ", à confirmer"),
            each.source or "la mairie",
        )
        for each in lines
    ]
    for row in align([HEADINGS, *rows]):
        click.echo(row)


@calendrier.command("verifier")
@with_appcontext
def check() -> None:
    """Échoue quand les vacances ne sont pas connues six mois à l’avance."""
    from app.services.bookings.setting_up import calendar

    with refusals():
        until = calendar.check()
    click.echo(f"Les vacances sont connues jusqu’au {day_in_words(until)}.")
