"""`flask garde`: in which weeks each home of a child books, and pays."""

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import click

from app.booking_kinds import CustodyPattern
from app.cli.context import refusals, whoever_launched, with_appcontext
from app.formats import WEEKDAYS, day_and_month, today

if TYPE_CHECKING:
    from app.services.bookings.homes import OfHome

CHILD = click.argument("child", metavar="ENFANT")
FAMILY = click.argument("family_number", metavar="N°_FAMILLE")
UNCHANGED = "Rien n’a changé\u00a0: {}"
EVERY = "toutes"
PATTERNS = {
    "paires": CustodyPattern.ISO_EVEN,
    "impaires": CustodyPattern.ISO_ODD,
    "alternees": CustodyPattern.ALTERNATE,
}


class _Day(click.ParamType[date]):
    """A day, as one writes it."""

    name = "jour"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> date:
        try:
            return datetime.strptime(str(value), "%d/%m/%Y").replace(tzinfo=UTC).date()
        except ValueError:
            self.fail(f"«\u00a0{value}\u00a0» n’est pas un jour, comme 30/11/2026.", param, ctx)


@click.group()
def garde() -> None:
    """Les semaines de chaque foyer, quand les parents d’un enfant sont séparés."""


@garde.command("dire")
@CHILD
@FAMILY
@click.argument("weeks", metavar="SEMAINES", type=click.Choice([*PATTERNS, EVERY]))
@click.option(
    "--passage",
    "handover",
    type=click.Choice(WEEKDAYS),
    default="lundi",
    help="Le jour où l’enfant change de foyer (lundi, si rien n’est dit).",
)
@click.option(
    "--comme-le",
    "anchor",
    metavar="JJ/MM/AAAA",
    type=_Day(),
    help="Un jour d’une semaine de ce foyer, pour compter une semaine sur deux\u00a0; aujourd’hui, "
    "si rien n’est dit.",
)
@with_appcontext
def say(child: str, family_number: str, weeks: str, handover: str, anchor: date | None) -> None:
    """Dit en quelles semaines un foyer réserve pour un enfant.

    Semaines paires ou impaires de l’année, alternees (une sur deux), ou toutes. Ce qui est déjà
    réservé reste. Dites aussi celles de l’autre foyer.
    """
    from app.services.bookings import homes
    from app.services.bookings.judge.custody import Turns

    turns = None
    if weeks != EVERY:
        turns = Turns(PATTERNS[weeks], WEEKDAYS.index(handover), anchor or today())
    with refusals(UNCHANGED):
        of_home = homes.say(child, family_number, turns, whoever_launched())
    _show(of_home, family_number)


@garde.command("jour")
@CHILD
@FAMILY
@click.argument("on", metavar="JJ/MM/AAAA", type=_Day())
@with_appcontext
def say_day(child: str, family_number: str, on: date) -> None:
    """Donne un jour à un foyer, quelle que soit la semaine, et l’écrit aux foyers.

    Donné de nouveau au foyer dont c’est la semaine, il n’est plus une exception. Ce qu’un autre
    foyer a réservé ce jour-là s’annule d’abord.
    """
    from app.services.bookings import leaving

    with refusals(UNCHANGED):
        of_home = leaving.say(child, family_number, on, whoever_launched())
    _show(of_home, family_number)


@garde.command("montrer")
@CHILD
@FAMILY
@with_appcontext
def show(child: str, family_number: str) -> None:
    """Montre les prochaines semaines d’un foyer, et les jours laissés par l’un à l’autre."""
    from app.services.bookings import homes

    with refusals():
        of_home = homes.read(child, family_number)
    _show(of_home, family_number)


def _show(of_home: "OfHome", family_number: str) -> None:
    click.echo(f"{of_home.child}, famille n°\u00a0{family_number}\u00a0: {of_home.pattern}.")
    for first, last in of_home.weeks(today()):
        click.echo(f"  du {day_and_month(first)} au {day_and_month(last)}")
    _show_days(of_home)
    warned = of_home.warning(today())
    if warned:
        click.echo(warned)


def _show_days(of_home: "OfHome") -> None:
    from app.services.bookings import leaving

    for words, days in (
        ("Laissé à un autre foyer", leaving.left(of_home.turns)),
        ("Laissé par un autre foyer", leaving.received(of_home.turns)),
    ):
        for on in days:
            click.echo(f"{words}\u00a0: {day_and_month(on)}.")
