"""`flask mail`: send what waits in the queue, and look after it."""

import signal
import sys
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from threading import Thread

import click
from sqlalchemy.exc import OperationalError

from app.cli.context import unexpected, whoever_launched, with_appcontext
from app.cli.tables import ROW_NUMBER, limited, show
from app.formats import day, day_of, hour, plural
from app.mailer.courier import Courier, courier
from app.mailer.delivery import Fate, Tally, plain, send_now
from app.mailer.failures import MailError
from app.models import MailState
from app.services.jobs.running import workshop
from app.services.mail import bounces, letters, outbox, refused_addresses
from app.services.mail.bounces import Verdict
from app.services.mail.kinds import IN_FRENCH, MailKind
from app.services.mail.outbox import MailLine, Waiting
from app.settings import settings

HEADINGS = (
    "N°", "Identifiant", "Nom", "Adresse", "Courriel", "État", "Essais", "Quand", "Dernière erreur",
)  # fmt: skip

REFUSED_HEADINGS = ("Famille", "Nom", "Identifiant", "Adresse", "Refusée le", "Pourquoi")
TO_HELP = "L’adresse à laquelle il est revenu, si le serveur ne l’écrit pas dans le courriel."
VERDICTS = {
    Verdict.REFUSED: ("courriel refusé", "courriels refusés"),
    Verdict.DELAYED: ("courriel retardé, rien à faire", "courriels retardés, rien à faire"),
    Verdict.UNKNOWN: ("retour d’aucun courriel à nous", "retours d’aucun courriel à nous"),
    Verdict.OTHER: ("courriel qui n’est pas un retour", "courriels qui ne sont pas des retours"),
}
# EX_TEMPFAIL of sysexits.h: any other status would send the bounce back to its server.
TRY_LATER = 75


@click.group()
def mail() -> None:
    """Envoie les courriels en attente, et dit ce qu’ils deviennent."""


@mail.command()
@click.option(
    "--watch",
    is_flag=True,
    help="Continue jusqu’à ce qu’on l’arrête, et fait aussi les travaux de fond.",
)
@with_appcontext
def deliver(*, watch: bool) -> None:
    """Envoie les courriels en attente."""
    if watch:
        watch_over_everything()
        return
    tally = courier().deliver()
    waiting = outbox.waiting()
    for line in describe(tally, waiting):
        click.echo(line)
    if waiting.count or not tally.complete:
        sys.exit(1)


@mail.command("list")
@click.argument("words", metavar="[NOM…]", nargs=-1)
@limited("Combien, à partir du plus récent.")
@click.option("--unsent", is_flag=True, help="Seulement ceux qui ne sont pas partis.")
@with_appcontext
def list_mails(words: tuple[str, ...], *, limit: int, unsent: bool) -> None:
    """Montre les courriels : à qui, quoi, et ce qu’ils sont devenus.

    NOM en cherche : un nom, une adresse ou un identifiant, en entier ou en partie.
    """
    lines = outbox.latest(limit, only_unsent=unsent, words=" ".join(words))
    show(HEADINGS, map(cells, lines), "Aucun courriel.")


@mail.command()
@click.argument("ids", metavar="N°…", type=ROW_NUMBER, nargs=-1)
@click.option(
    "--all", "everything", is_flag=True, help="Tous ceux qui ont échoué ou qui attendent."
)
@with_appcontext
def retry(ids: tuple[int, ...], *, everything: bool) -> None:
    """Remet des courriels dans la file d’envoi, par leur numéro."""
    if bool(ids) == everything:
        click.echo("Donnez des numéros de courriels (flask mail list), ou --all.", err=True)
        sys.exit(2)
    taken = outbox.retry(whoever_launched(), None if everything else ids)
    click.echo(f"{plural(len(taken), 'courriel')} dans la file d’envoi.")
    left = sorted(set(ids) - set(taken))
    if left:
        numbers = ", ".join(map(str, left))
        click.echo(f"Déjà partis, en cours d’envoi ou inconnus : {numbers}.", err=True)
        sys.exit(1)


@mail.command("test")
@click.argument("address", metavar="ADRESSE")
@with_appcontext
def send_trial(address: str) -> None:
    """Envoie tout de suite un vrai courriel d’essai à ADRESSE, et dit ce qui s’est passé."""
    recipient = letters.Recipient(account_id=0, identifier="", address=address)
    try:
        message = letters.write(MailKind.TRIAL, recipient, None, datetime.now(UTC), {})
        send_now(courier().backend, message)
    except MailError as error:
        raise click.ClickException(f"rien n’est parti. {plain(error)}.") from error
    server = f"{settings.smtp_host}:{settings.smtp_port}"
    way = server if settings.mail_backend == "smtp" else settings.mail_backend
    click.echo(f"Parti pour {message.recipient}, de la part de {settings.mail_sender}, par {way}.")
    click.echo(
        "Ouvrez cette boîte. S’il est parmi les indésirables, ou n’y est pas\u00a0: SPF, DKIM et "
        "DMARC, dans docs/mail.md."
    )


@mail.command("refused")
@with_appcontext
def list_refused() -> None:
    """Montre les familles dont l’adresse refuse nos courriels, et pourquoi."""
    rows = (
        (
            each.family,
            f"{each.first_name} {each.last_name}".strip(),
            each.identifier,
            each.address,
            day(day_of(each.refused_at)),
            each.reason,
        )
        for each in refused_addresses.lines()
    )
    show(REFUSED_HEADINGS, rows, "Aucune adresse refusée.")


@mail.command("bounces")
@click.option("--to", "came_back_to", default="", metavar="ADRESSE", help=TO_HELP)
@click.option(
    "--maildir",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Lit les nouveaux courriels de cette boîte, au lieu d’en recevoir un.",
)
@with_appcontext
def take_bounces(came_back_to: str, *, maildir: Path | None) -> None:
    """Prend ce qui revient à PORTAIL_MAIL_BOUNCES, un courriel reçu ou toute une boîte."""
    if maildir and not (maildir / "new").is_dir():
        raise click.ClickException(
            f"{maildir} n’est pas une boîte Maildir\u00a0: elle n’a pas de dossier new."
        )
    try:
        verdicts = (
            bounces.receive_all(maildir, whoever_launched())
            if maildir
            else Counter([bounces.receive(_received(), whoever_launched(), came_back_to)])
        )
    except OperationalError as error:
        click.echo(unexpected(error), err=True)
        # The mail server keeps the mail, and gives it again.
        sys.exit(TRY_LATER)
    for verdict, words in VERDICTS.items():
        if verdicts[verdict]:
            click.echo(f"{plural(verdicts[verdict], *words)}.")
    if not verdicts:
        click.echo("Rien n’est revenu.")


def _received() -> bytes:
    return sys.stdin.buffer.read(bounces.MOST_BYTES)


def cells(line: MailLine) -> tuple[str, ...]:
    """Write the line of one mail."""
    state = letters.STATES[line.state]
    if line.state is MailState.QUEUED and line.due_at > line.created_at:
        state = f"{state}, nouvel essai à {hour(line.due_at)}"
    when = line.settled_at or line.created_at
    return (
        str(line.id),
        line.identifier,
        f"{line.first_name} {line.last_name}".strip(),
        line.address,
        IN_FRENCH.get(line.kind, line.kind),
        state,
        str(line.attempts),
        f"{day(day_of(when))} {hour(when)}",
        line.last_error,
    )


def describe(tally: Tally, waiting: Waiting) -> list[str]:
    """Say what a pass did, and what is left."""
    sent, refused = tally.fates[Fate.SENT], tally.fates[Fate.REFUSED]
    lines = [f"{plural(sent, 'courriel parti', 'courriels partis')}."]
    if refused:
        lines.append(f"{plural(refused, 'courriel refusé', 'courriels refusés')}.")
    if tally.unavailable:
        lines.append(f"{tally.unavailable}.")
    if waiting.count:
        lines.append(f"{left(waiting)}.")
    if len(lines) > 1:
        lines.append("Le détail\u00a0: flask mail list --unsent")
    return lines


def left(waiting: Waiting) -> str:
    """Say how many mails wait, and until when."""
    count = plural(waiting.count, "courriel attend encore", "courriels attendent encore")
    if waiting.due_at is None or waiting.due_at <= datetime.now(UTC):
        return f"{count}, à essayer au prochain passage"
    return f"{count}, prochain essai à {hour(waiting.due_at)}"


def watch_over_everything() -> None:
    """Send mails and do jobs until told to stop; a job has a thread, so that no mail waits."""
    workshop().start()
    stop_when_told(courier())
    click.echo("J’envoie les courriels dès qu’ils arrivent, et je fais les travaux de fond.")
    click.echo("Ctrl+C pour arrêter.")
    courier().watch()
    workshop().stop()
    click.echo("Arrêté\u00a0: ce qui attend partira, ou sera fait, au prochain démarrage.")


def stop_when_told(courier: Courier) -> None:
    """Finish the mail in hand when the system or somebody stops the worker."""

    def stop(_number: int, _frame: object) -> None:
        # The interrupted code may hold the very lock that stopping needs: another thread waits.
        Thread(target=courier.stop).start()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
