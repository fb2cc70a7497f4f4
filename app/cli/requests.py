"""`flask demandes`: the town hall reads what families ask, and answers."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

import click
from flask.cli import with_appcontext

from app.formats import PARIS, day, moment, plural
from app.services.requests import desk
from app.services.requests.desk import AnswerRefused, DeskLine, DeskRequest
from app.services.requests.moving import STATES

HEADINGS = ("N°", "Famille", "Qui", "Demande", "État", "Envoyée le", "Avant le")
HIGHEST = 2**31 - 1
NUMBER = click.argument("number", metavar="N°", type=click.IntRange(1, HIGHEST))
TOLD = "La famille est prévenue."


@click.group()
def demandes() -> None:
    """Montre les demandes des familles, et y répond."""


@demandes.command("list")
@click.option("--limit", default=50, show_default=True, help="Combien, au plus.")
@click.option("--all", "everything", is_flag=True, help="Aussi celles qui ont leur réponse.")
@with_appcontext
def list_requests(*, limit: int, everything: bool) -> None:
    """Montre les demandes qui attendent, la plus urgente d’abord."""
    lines = desk.listed(limit, everything=everything)
    if not lines:
        click.echo("Aucune demande.")
        return
    table = [HEADINGS, *(_cells(line) for line in lines)]
    widths = [max(len(row[column]) for row in table) for column in range(len(HEADINGS))]
    for row in table:
        padded = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        click.echo("  ".join(padded).rstrip())


@demandes.command()
@NUMBER
@with_appcontext
def show(number: int) -> None:
    """Montre une demande entière, et où sont ses pièces."""
    with _refusals():
        for line in _describe(desk.find(number)):
            click.echo(line)


@demandes.command()
@NUMBER
@with_appcontext
def take(number: int) -> None:
    """Prend une demande en charge."""
    with _refusals():
        desk.take(number)
    click.echo(f"Demande n° {number} prise en charge. {TOLD}")


@demandes.command()
@NUMBER
@click.argument("text", metavar="TEXTE", default="")
@with_appcontext
def ask(number: int, text: str) -> None:
    """Demande une pièce qui manque : la famille lira ce TEXTE."""
    with _refusals():
        desk.ask(number, text)
    click.echo(f"Pièce demandée pour la demande n° {number}. {TOLD}")


@demandes.command()
@NUMBER
@click.argument("text", metavar="[TEXTE]", default="")
@with_appcontext
def accept(number: int, text: str) -> None:
    """Accepte une demande ; fait ce que le portail peut faire."""
    with _refusals():
        left = desk.accept(number, text)
    click.echo(f"Demande n° {number} acceptée. {TOLD}")
    click.echo(left)


@demandes.command()
@NUMBER
@click.argument("reason", metavar="RAISON", default="")
@with_appcontext
def refuse(number: int, reason: str) -> None:
    """Refuse une demande : la famille lira cette RAISON."""
    with _refusals():
        desk.refuse(number, reason)
    click.echo(f"Demande n° {number} refusée. {TOLD}")


@contextmanager
def _refusals() -> Iterator[None]:
    try:
        yield
    except AnswerRefused as refused:
        click.echo(f"Rien n’a changé : {refused}", err=True)
        sys.exit(1)


def _cells(line: DeskLine) -> tuple[str, ...]:
    return (
        str(line.number),
        line.family_number,
        line.sender,
        line.label,
        STATES[line.state],
        _day(line.sent_at),
        day(line.expected_on),
    )


def _describe(request: DeskRequest) -> Iterator[str]:
    line, details = request.line, request.details
    yield f"Demande n° {line.number} : {line.label}"
    yield f"De {line.sender}, famille {line.family_number}, le {moment(line.sent_at)}"
    yield f"{STATES[line.state]}, réponse attendue avant le {day(line.expected_on)}"
    yield ""
    for answer in details.answers:
        yield f"{answer.label} : {answer.text}"
    yield ""
    yield plural(len(details.files), "pièce")
    for file, path in zip(details.files, request.paths, strict=True):
        yield f"  {file.title} : {path}"
    yield ""
    for event in details.events:
        yield f"{moment(event.at)} : {event.words}, par {event.author or 'la mairie'}"
        if event.text:
            yield f"  {event.text}"


def _day(instant: datetime) -> str:
    return day(instant.astimezone(PARIS).date())
