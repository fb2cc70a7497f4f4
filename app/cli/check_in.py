"""`flask pointage`: the link of a tablet that notes who is there."""

import click

from app.cli.context import refusals, whoever_launched, with_appcontext
from app.formats import today


@click.group()
def pointage() -> None:
    """Le pointage des présences, sur une tablette."""


@pointage.command("lien")
@click.argument("slug", metavar="SERVICE")
@with_appcontext
def link(slug: str) -> None:
    """Donne l’adresse où pointer un service aujourd’hui\u00a0; elle ne sert plus demain."""
    from app.services.bookings.morning import attendance
    from app.services.refusals import Reason, Refusal
    from app.services.tokens import day_links
    from app.settings import settings

    with refusals():
        roll = attendance.of_slug(slug, today())
        if roll is None:
            raise Refusal(Reason.UNKNOWN, f"aucun service ne s’appelle «\u00a0{slug}\u00a0»")
    attendance.note_link(whoever_launched(), roll)
    token = day_links.token_for(roll.service.number, roll.day)
    click.echo(f"{settings.public_url.rstrip('/')}/pointage/{token}")
