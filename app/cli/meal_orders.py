"""`flask reservations commander`: the figures of a day, or of a week, go to whoever cooks."""

import sys
from collections.abc import Iterator, Sequence
from datetime import date
from typing import TYPE_CHECKING

import click

from app.calendar import ONE_DAY
from app.cli.context import refusals, whoever_launched, with_appcontext
from app.cli.services import Day
from app.formats import day_and_month, near_moment, plural

if TYPE_CHECKING:
    from app.services.bookings.morning.head_counts import WeekHeads
    from app.services.bookings.morning.meal_orders import Order

NOT_ORDERED = "Rien n’est commandé\u00a0: {}"
NO_SERVICE = "aucun service ne se réserve encore"


@click.command("commander")
@click.argument("on", metavar="JJ/MM/AAAA", type=Day())
@click.option("--semaine", "all_week", is_flag=True, help="Et les jours suivants de la semaine.")
@click.option(
    "--service",
    "slug",
    metavar="SERVICE",
    default="",
    help="Ce service\u00a0; sans lui la cantine.",
)
@click.option(
    "--adresse", "address", metavar="ADRESSE", default="",
    help="De qui cuisine\u00a0; sans elle, celle de la dernière commande.",
)  # fmt: skip
@click.option("--yes", is_flag=True, help="Sans demander de confirmer.")
@with_appcontext
def order(on: date, slug: str, address: str, *, all_week: bool, yes: bool) -> None:
    """Garde les nombres d’un jour tels qu’ils sont, et les envoie à qui cuisine.

    Montre d’abord ce qui part, ce qui était déjà commandé et ce qui a changé depuis. Le courriel
    ne nomme aucun enfant\u00a0; il compte les régimes, qui ne se lisent pas ici.
    """
    from app.services.bookings.morning import meal_orders

    with refusals(NOT_ORDERED):
        heads = _read(on, slug, with_health=False)
        orders = meal_orders.read(heads)
        days = [day for day in orders.days if day >= on] if all_week else [on]
        address = meal_orders.ready(heads, days, address or orders.address)
    before = {each.day: each for each in orders.of_days}
    for line in _lines(heads, days, before):
        click.echo(line)
    if not yes and not click.confirm(f"Commander à {address}\u00a0?"):
        click.echo(NOT_ORDERED.format("vous y renoncez."), err=True)
        sys.exit(1)
    with refusals(NOT_ORDERED):
        heads = _read(on, slug, with_health=True)
        meal_orders.place(heads, days, address, whoever_launched())
    click.echo(f"Commandé\u00a0: un courriel part à {address}.")


def _read(on: date, slug: str, *, with_health: bool) -> "WeekHeads":
    """Read the week of a day; what health asks is for whoever cooks. Raises Refusal."""
    from app.services.bookings.morning import head_counts
    from app.services.refusals import Reason, Refusal

    heads = head_counts.read(on - on.weekday() * ONE_DAY, slug, with_health=with_health)
    if heads is None:
        raise Refusal(Reason.UNKNOWN, NO_SERVICE)
    return heads


def _lines(heads: "WeekHeads", days: Sequence[date], before: "dict[date, Order]") -> Iterator[str]:
    """Write what is ordered of each day by school, and what was before."""
    for day in days:
        count = plural(heads.coming.figures[heads.days.index(day)], "repas", "repas")
        schools = ", ".join(f"{name} {n}" for name, n in heads.of_day(heads.schools, day).items())
        told = f"{heads.service.name}, {day_and_month(day)}\u00a0: {count}"
        yield f"{told} ({schools})." if schools else f"{told}."
        if ordered := before.get(day):
            changed = ", ".join(ordered.changed)
            since = f"Depuis\u00a0: {changed}." if changed else "Rien n’a changé depuis."
            yield (
                f"  Déjà commandé {near_moment(ordered.at)} par {ordered.by}, à {ordered.address}"
                f"\u00a0: {ordered.total}. {since}"
            )
