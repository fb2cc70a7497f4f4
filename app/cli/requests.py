"""`flask demandes`: the town hall reads what families ask, and answers."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path

import click

from app.cli.context import refusals, town_hall, whoever_launched, with_appcontext
from app.cli.tables import ROW_NUMBER, limited, show_page
from app.formats import day, day_of, moment, plural
from app.models import Folder
from app.models.requests import WAIT_FOR_TOWN
from app.services.files import stored_files, uploads
from app.services.files.uploads import Accepted, CheckedFile, Upload, UploadRefused
from app.services.refusals import Reason, Refusal
from app.services.requests import desk, desk_listing, desk_reading
from app.services.requests.desk_line import DeskLine
from app.services.requests.desk_reading import DeskRequest

HEADINGS = ("N°", "Famille", "Qui", "Demande", "État", "Envoyée le", "Au plus tard", "À lire")
NUMBER = click.argument("number", metavar="N°", type=ROW_NUMBER)
NEW, LATE = " – à lire", " – en retard"
UNCHANGED = "Rien n’a changé\u00a0: {}"
TOLD = "La famille est prévenue."
TO_REPORT = "La liste «\u00a0À reporter\u00a0»\u00a0: flask reporting"
FILES = click.option(
    "--file", "paths", multiple=True, metavar="FICHIER",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Un PDF ou une image à joindre ; plusieurs fois pour plusieurs fichiers.",
)  # fmt: skip


@click.group()
def demandes() -> None:
    """Montre les demandes des familles, et y répond."""


@demandes.command("list")
@limited()
@click.option("--all", "everything", is_flag=True, help="Aussi celles qui ont leur réponse.")
@with_appcontext
def list_requests(*, limit: int, everything: bool) -> None:
    """Montre les demandes qui attendent, la plus urgente d’abord."""
    page = desk_listing.listed(size=limit, everything=everything)
    show_page(HEADINGS, page, _cells, "Aucune demande.")


@demandes.command()
@NUMBER
@with_appcontext
def show(number: int) -> None:
    """Montre une demande entière, et où sont ses pièces."""
    with refusals(UNCHANGED):
        for line in _describe(desk_reading.find(number)):
            click.echo(line)


@demandes.command()
@NUMBER
@with_appcontext
def take(number: int) -> None:
    """Prend une demande en charge."""
    with refusals(UNCHANGED):
        desk.take(number, whoever_launched())
    click.echo(f"Demande n° {number} prise en charge. {TOLD}")


@demandes.command()
@NUMBER
@click.argument("text", metavar="TEXTE", default="")
@with_appcontext
def ask(number: int, text: str) -> None:
    """Demande une pièce qui manque : la famille lira ce TEXTE."""
    with refusals(UNCHANGED):
        desk.ask(number, text, whoever_launched())
    click.echo(f"Pièce demandée pour la demande n° {number}. {TOLD}")


@demandes.command()
@NUMBER
@click.argument("text", metavar="TEXTE", default="")
@FILES
@with_appcontext
def tell(number: int, text: str, paths: tuple[Path, ...]) -> None:
    """Dit quelque chose à la famille ; la demande reste ouverte."""
    with refusals(UNCHANGED):
        desk.speak(number, text, whoever_launched(), checked(paths))
    click.echo(f"Message joint à la demande n° {number}. {TOLD}")


@demandes.command()
@NUMBER
@click.argument("text", metavar="TEXTE", default="")
@with_appcontext
def note(number: int, text: str) -> None:
    """Ajoute une note interne, que la famille ne voit pas."""
    with refusals(UNCHANGED):
        desk.note(number, text, whoever_launched())
    click.echo(f"Note ajoutée à la demande n° {number}. La famille ne la voit pas.")


@demandes.command()
@NUMBER
@click.argument("text", metavar="[TEXTE]", default="")
@FILES
@with_appcontext
def accept(number: int, text: str, paths: tuple[Path, ...]) -> None:
    """Accepte une demande, ou y répond ; fait ce que le portail peut faire."""
    with refusals(UNCHANGED):
        left = desk.accept(number, text, whoever_launched(), checked(paths)).left
        state = desk_reading.find(number).line.state_words.lower()
    click.echo(f"Demande n° {number} {state}. {TOLD}")
    click.echo(left.words)
    if left.to_report:
        click.echo(TO_REPORT)
    if left.photo:
        click.echo(f"  {stored_files.where(Folder.PHOTOS, left.photo)}")


@demandes.command()
@NUMBER
@click.argument("reason", metavar="RAISON", default="")
@with_appcontext
def refuse(number: int, reason: str) -> None:
    """Refuse une demande : la famille lira cette RAISON."""
    with refusals(UNCHANGED):
        desk.refuse(number, reason, whoever_launched())
    click.echo(f"Demande n° {number} refusée. {TOLD}")


def checked(paths: Iterable[Path]) -> list[CheckedFile]:
    """Read files to be joined. Raises Refusal."""
    try:
        return uploads.check([Upload(path.name, _read(path)) for path in paths], Accepted.PAPERS)
    except UploadRefused as refused:
        raise Refusal(Reason.UNFIT, str(refused)) from refused


def _read(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(uploads.LARGEST + 1)


def _cells(line: DeskLine) -> tuple[str, ...]:
    return (
        str(line.number),
        line.family_number,
        line.sender,
        line.label,
        line.state_words,
        _day(line.sent_at),
        _deadline(line),
        f"pièce reçue le {_day(line.piece_came_at)}" if line.piece_came_at else "",
    )


def _describe(request: DeskRequest) -> Iterator[str]:
    line, details = request.line, request.details
    yield f"Demande n°\u00a0{line.number}\u00a0: {line.label}"
    yield f"De {line.sender}, famille n°\u00a0{line.family_number}, le {moment(line.sent_at)}"
    yield f"{line.state_words}{_expected(line)}"
    yield ""
    for answer in details.answers:
        yield f"{answer.label}\u00a0: {answer.text}"
    yield ""
    yield plural(len(request.pieces), "pièce")
    for piece in request.pieces:
        yield f"  {piece.title}, reçue le {moment(piece.added_at)}{NEW if piece.is_new else ''}"
        yield f"    {_where(piece.file)}"
    yield ""
    for event in details.events:
        author = event.author or town_hall(event.acted_by)
        yield f"{moment(event.at)}\u00a0: {event.words}, par {author}"
        yield from (f"  {words}" for words in event.text.splitlines())
        yield from (f"  {file.title}\u00a0: {_where(file.file)}" for file in event.files)


def _where(stored_name: str) -> str:
    return stored_files.where(Folder.REQUESTS, stored_name)


def _expected(line: DeskLine) -> str:
    deadline = _deadline(line)
    return f", réponse attendue au plus tard le {deadline}" if deadline else ""


def _deadline(line: DeskLine) -> str:
    if line.state not in WAIT_FOR_TOWN:
        return ""
    return f"{day(line.expected_on)}{LATE if line.is_late else ''}"


def _day(instant: datetime) -> str:
    return day(day_of(instant))
