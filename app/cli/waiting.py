"""`flask attente`: who waits for a place, and giving one to somebody."""

from typing import TYPE_CHECKING

import click

from app.cli.context import refusals, whoever_launched, with_appcontext
from app.cli.tables import align
from app.formats import day, moment

if TYPE_CHECKING:
    from app.services.bookings.waiting_list.waiting_lists import Waiter

HEADINGS = ("Jour", "Service", "Rang", "Enfant", "École", "Depuis", "Référence")
UNCHANGED = "Rien n’a changé\u00a0: {}"


@click.group()
def attente() -> None:
    """Les listes d’attente de la cantine et des garderies."""


@attente.command("montrer")
@click.option("--service", "slug", metavar="SERVICE", default="", help="Ce service seulement.")
@with_appcontext
def show(slug: str) -> None:
    """Montre qui attend une place, jour par jour, dans l’ordre."""
    from app.services.bookings.waiting_list import waiting_lists

    found = waiting_lists.queues(slug)
    if not found:
        click.echo("Personne n’attend de place.")
        return
    rows = [_cells(each, rank) for queue in found for rank, each in queue.ranked]
    for row in align([HEADINGS, *rows]):
        click.echo(row)


@attente.command("attribuer")
@click.argument("public_id", metavar="RÉFÉRENCE")
@with_appcontext
def give(public_id: str) -> None:
    """Donne une place à qui l’attend, quel que soit son rang\u00a0; sa famille a un courriel."""
    from app.services.bookings.waiting_list import answering_waiters, waiting_lists

    waiter = waiting_lists.find(public_id)
    with refusals(UNCHANGED):
        answering_waiters.give(public_id, whoever_launched())
    assert waiter is not None
    click.echo(f"{waiter.child} a une place\u00a0: {waiter.service}, le {day(waiter.day)}.")


def _cells(waiter: "Waiter", rank: int) -> tuple[str, ...]:
    return (
        day(waiter.day),
        waiter.service,
        str(rank) if rank else "proposée",
        waiter.child,
        waiter.school,
        moment(waiter.since) if waiter.since else "",
        waiter.public_id,
    )
