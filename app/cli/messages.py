"""`flask messages`: read what families answered to the town hall's messages, and answer them."""

import sys

import click

from app.cli.context import refusals, town_hall, whoever_launched, with_appcontext
from app.cli.tables import limited, show_page
from app.formats import day_in_full, moment
from app.services.inbox import desk, withdrawing
from app.services.inbox.desk import DeskMessage, Thread, ThreadLine

HEADINGS = ("N°", "Famille", "Écrit par", "Quand", "État", "Objet")
EVERY_FAMILY = "toutes"
LONGEST_SUBJECT = 60
WAITS, ANSWERED, NOTHING_YET = "attend votre réponse", "répondu", "aucune réponse"


@click.group()
def messages() -> None:
    """Montre ce que les familles répondent aux messages de la mairie, et leur répond."""


@messages.command("list")
@click.option(
    "--all", "everything", is_flag=True,
    help="Ajoute ce qui a reçu sa réponse, et les messages auxquels personne n’a répondu.",
)  # fmt: skip
@click.option("--published", is_flag=True, help="Tous les messages que les familles peuvent lire.")
@limited("Combien, à partir de qui attend depuis le plus longtemps.")
@with_appcontext
def list_threads(*, everything: bool, published: bool, limit: int) -> None:
    """Montre les familles qui attendent une réponse, la plus ancienne attente d’abord."""
    page = desk.listed(size=limit, everything=everything, published=published)
    none = "Aucune famille n’attend de réponse."
    show_page(HEADINGS, page, cells, "Aucun message à suivre." if everything or published else none)


@messages.command()
@click.argument("number", metavar="N°", type=int)
@with_appcontext
def show(number: int) -> None:
    """Montre un message, et ce que chaque famille a répondu."""
    with refusals():
        message = desk.find(number)
    write_message(message)
    for thread in message.threads:
        write_thread(thread)


@messages.command()
@click.argument("number", metavar="N°", type=int)
@click.argument("text", metavar="TEXTE")
@click.option(
    "--family", "family_number", required=True, metavar="N°_FAMILLE",
    help="Le numéro de la famille\u00a0: elle seule lira la réponse.",
)  # fmt: skip
@with_appcontext
def answer(number: int, text: str, family_number: str) -> None:
    """Répond à une famille, qui retrouve le message non lu. Si TEXTE est -, lit l’entrée."""
    if text == "-":
        text = sys.stdin.buffer.read().decode("utf-8", "replace")
    with refusals():
        sent = desk.answer(number, family_number, text, whoever_launched())
    if sent:
        click.echo(
            f"Votre réponse est dans la boîte de réception de la famille n°\u00a0{family_number}."
        )
    else:
        click.echo("Cette réponse est déjà envoyée\u00a0: rien n’est fait de plus.")


@messages.command()
@click.argument("number", metavar="N°", type=int)
@with_appcontext
def withdraw(number: int) -> None:
    """Retire un message donné par erreur, que plus aucune famille ne peut lire."""
    with refusals():
        withdrawn = withdrawing.withdraw(number, whoever_launched())
    if withdrawn:
        click.echo(
            f"Plus aucune famille ne voit le message n°\u00a0{number}, ni ses pièces jointes."
        )
    else:
        click.echo(f"Le message n°\u00a0{number} est déjà retiré\u00a0: rien n’a changé.")


def cells(line: ThreadLine) -> tuple[str, ...]:
    """Write the line of one thread."""
    if line.written_at is None:
        return (str(line.number), line.family_number or EVERY_FAMILY, "", "", NOTHING_YET,
                shorten(line.subject))  # fmt: skip
    return (
        str(line.number),
        line.family_number or "",
        line.name or "la mairie",
        moment(line.written_at),
        WAITS if line.waits else ANSWERED,
        shorten(line.subject),
    )


def shorten(subject: str) -> str:
    """Keep a line of the table on one line."""
    if len(subject) <= LONGEST_SUBJECT:
        return subject
    return subject[: LONGEST_SUBJECT - 1].rstrip() + "…"


def write_message(message: DeskMessage) -> None:
    """Write a message as the families read it."""
    addressee = (
        f"famille n°\u00a0{message.family_number}"
        if message.family_number
        else message.target_words or "toutes les familles"
    )
    click.echo(f"Message n°\u00a0{message.number} – {message.subject}")
    click.echo(f"{message.service}, {day_in_full(message.sent_on)}, à {addressee}")
    click.echo(f"\n{message.body}")
    if message.withdrawn_at:
        click.echo(
            f"\nRetiré {moment(message.withdrawn_at)}\u00a0: aucune famille ne le voit plus."
        )
    elif message.unsent:
        click.echo("\nAucune famille ne l’a encore\u00a0: il n’est pas envoyé.")
    elif not message.answerable:
        click.echo("\nCe message ne prend pas de réponse.")
    elif not message.threads:
        click.echo("\nPersonne n’a répondu pour le moment.")


def write_thread(thread: Thread) -> None:
    """Write what one family and the town hall said."""
    click.echo(f"\nFamille n°\u00a0{thread.family_number} – {WAITS if thread.waits else ANSWERED}")
    for written in thread.written:
        author = written.name or town_hall(written.acted_by)
        click.echo(f"\n  {author[:1].upper()}{author[1:]}, {moment(written.written_at)}\u00a0:")
        for line in written.body.split("\n"):
            click.echo(f"  {line}".rstrip())
