"""`flask credentials`: invite parents to the portal, by mail or by letter."""

import sys
from typing import IO

import click

from app.cli.context import whoever_launched, with_appcontext
from app.formats import plural
from app.services.accounts import invitations as service
from app.services.accounts.invitations import Person, Selection
from app.web.access_letters import write_letters


@click.group()
def credentials() -> None:
    """Envoie aux parents de quoi choisir leur mot de passe."""


@credentials.command()
@click.argument("identifiers", metavar="IDENTIFIANT…", nargs=-1)
@click.option("--all-new", is_flag=True, help="Tous ceux qui n’ont jamais choisi de mot de passe.")
@click.option("--dry-run", is_flag=True, help="Dit qui recevrait un courriel, sans rien envoyer.")
@with_appcontext
def send(identifiers: tuple[str, ...], *, all_new: bool, dry_run: bool) -> None:
    """Met un courriel par compte dans la file d’envoi."""
    selection = select(identifiers, all_new=all_new)
    mailing = service.prepare(selection)
    if not dry_run:
        service.send(mailing, whoever_launched())
    verb = "à envoyer" if dry_run else "dans la file d’envoi"
    activations, reminders = len(mailing.activations), len(mailing.reminders)
    click.echo(f"{plural(activations, 'courriel')} de première connexion {verb}.")
    if reminders:
        click.echo(f"{plural(reminders, 'courriel')} d’identifiants perdus {verb}.")
    name("Un courriel attend déjà de partir pour :", mailing.waiting)
    name("Sans adresse de courriel, à joindre par lettre :", mailing.without_address)
    complain_about(selection.unknown)
    if identifiers and mailing.without_address:
        sys.exit(1)


@credentials.command()
@click.argument("identifiers", metavar="IDENTIFIANT…", nargs=-1)
@click.option("--all-new", is_flag=True, help="Tous ceux qui n’ont jamais choisi de mot de passe.")
@click.option(
    "--without-address", is_flag=True, help="Seulement ceux qui n’ont pas d’adresse de courriel."
)
@click.option(
    "--output", type=click.File("w", encoding="utf-8", lazy=True), default="-", metavar="FICHIER",
    help="Le fichier HTML à écrire (par défaut, la sortie standard).",
)  # fmt: skip
@with_appcontext
def letter(
    identifiers: tuple[str, ...], *, all_new: bool, without_address: bool, output: IO[str]
) -> None:
    """Écrit une lettre à imprimer : une page A4 par compte, sans mot de passe."""
    selection = select(identifiers, all_new=all_new)
    people = [person for person in selection.people if not (without_address and person.has_address)]
    output.write(write_letters(people))
    click.echo(f"{plural(len(people), 'lettre')} à imprimer.", err=True)
    complain_about(selection.unknown)


def select(identifiers: tuple[str, ...], *, all_new: bool) -> Selection:
    """Find the accounts that the command line names; leave when it names none, or both ways."""
    if bool(identifiers) == all_new:
        click.echo("Donnez des identifiants, ou --all-new.", err=True)
        sys.exit(2)
    return service.all_new() if all_new else service.named(identifiers)


def name(title: str, people: list[Person]) -> None:
    """List people below a title, when there are some."""
    if people:
        click.echo(f"\n{title}")
        for person in people:
            click.echo(f"  {person.identifier}  {person.name}")


def complain_about(unknown: list[str]) -> None:
    """Say which identifiants nobody has, and leave with a status that says so."""
    if unknown:
        click.echo(f"\nAucun compte ouvert pour : {', '.join(unknown)}.", err=True)
        sys.exit(1)
