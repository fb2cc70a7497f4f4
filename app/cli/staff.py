"""`flask staff`: who signs in at the town hall."""

from collections.abc import Iterable

import click
from flask.cli import AppGroup

from app.cli.context import refusals, whoever_launched, with_appcontext
from app.cli.tables import show
from app.formats import near_moment
from app.services.clerks import rights, serving
from app.services.clerks import team as service
from app.services.clerks.rights import Role
from app.services.clerks.serving import Served
from app.services.clerks.team import Colleague
from app.services.refusals import Reason, Refusal
from app.settings import settings

HEADINGS = ("Nom", "Adresse", "Rôles", "Services", "Accès")
SENT = "{} Ou ouvrez ce lien, valable 72 heures\u00a0:\n{}/mairie/invitation/{}"
NOBODY = "Personne de la mairie n’a l’adresse {}."


@click.group("staff", cls=AppGroup)
def staff() -> None:
    """Les accès de la mairie."""


@staff.command("add")
@click.argument("email", metavar="ADRESSE")
@click.option("--name", required=True, metavar="NOM", help="Prénom et nom.")
@click.option(
    "--role",
    "roles",
    required=True,
    multiple=True,
    type=click.Choice([role.value for role in Role]),
    help="Ce que cette personne fait\u00a0; plusieurs rôles s’ajoutent.",
)
@click.option(
    "--service",
    "services",
    multiple=True,
    metavar="SERVICE",
    help="Ne voir que ce service, par son nom d’adresse (cantine)\u00a0; plusieurs s’ajoutent.",
)
@with_appcontext
def add(email: str, name: str, roles: tuple[str, ...], services: tuple[str, ...]) -> None:
    """Donne un accès à quelqu’un, et l’invite par courriel."""
    with refusals():
        token = service.invite(whoever_launched(), email, name, roles, services)
    _echo_link("Invitation envoyée.", token)


@staff.command("list")
@with_appcontext
def list_staff() -> None:
    """Montre qui entre à la mairie, et avec quels rôles."""
    served = serving.of_everybody()
    everybody = [_cells(each, served.get(each.public_id, ())) for each in service.colleagues()]
    show(HEADINGS, everybody, "Personne n’a encore d’accès\u00a0: flask staff add --help")


@staff.command("reset")
@click.argument("email", metavar="ADRESSE")
@with_appcontext
def reset(email: str) -> None:
    """Fait choisir de nouveau un mot de passe et un code\u00a0; rouvre un accès fermé."""
    with refusals():
        who = _named(email)
        act = service.reopen if who.is_closed else service.reset
        token = act(whoever_launched(), who.public_id)
    _echo_link(f"Un lien part à {who.email}.", token)


@staff.command("close")
@click.argument("email", metavar="ADRESSE")
@with_appcontext
def close(email: str) -> None:
    """Ferme l’accès de quelqu’un, tout de suite."""
    with refusals("Rien n’a changé\u00a0: {}"):
        who = _named(email)
        service.close(whoever_launched(), who.public_id)
    click.echo(f"L’accès de {who.name} est fermé.")


def _echo_link(said: str, token: str) -> None:
    click.echo(SENT.format(said, settings.public_url.rstrip("/"), token))


def _named(email: str) -> Colleague:
    """Find somebody by their address. Raises Refusal."""
    found = [each for each in service.colleagues() if each.email == email.strip().casefold()]
    if not found:
        raise Refusal(Reason.UNKNOWN, NOBODY.format(email))
    return found[0]


def _cells(who: Colleague, served: Iterable[Served]) -> tuple[str, ...]:
    return (
        who.name,
        who.email,
        ", ".join(rights.IN_FRENCH[role] for role in who.roles),
        serving.ALL if who.reads_all else ", ".join(each.words for each in served) or serving.ALL,
        _access(who),
    )


def _access(who: Colleague) -> str:
    if who.is_closed:
        return "fermé"
    if not who.has_come:
        return f"en attente, lien envoyé {near_moment(who.invited_at)}"
    if who.second_factor is None:
        return "code à choisir"
    return f"actif, vu {near_moment(who.last_seen_at)}" if who.last_seen_at else "actif"
