"""`flask demo`: a small invented town, to see the portal without asking anybody for their data."""

import csv
import shutil
import tempfile
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path

import click

from app.bundled import bundled
from app.cli.context import with_appcontext
from app.cli.database import bring_up_to_date
from app.cli.imports import progress_bar, refuse
from app.formats import day, today
from app.services.town_texts import FOLDER
from app.settings import settings

# Whom to be, and what they show; README.md lists the same.
FAMILIES = (
    (
        "38162386",
        "Madame PAYS ZEST, la famille du guide : une somme en retard, une pièce à fournir, "
        "une semaine à réserver",
    ),
    ("38162394", "Élodie BENALI-ROUSSEAU : deux responsables, deux enfants, une facture à régler"),
    (
        "38162410",
        "Céline D’HAUTEFORT : une enfant une semaine sur deux, un jour laissé, une demande refusée",
    ),
    ("38162436", "Thị Mai NGUYỄN : une somme en sa faveur"),
    ("38162444", "François-Xavier DELACROIX : tout est réglé, une question sur une facture"),
    ("38162469", "Inès MARTINEZ : trois enfants, soixante factures, un justificatif d’absence"),
    ("38162477", "Germaine BŒUF : aucune adresse de courriel, à inviter par lettre"),
    ("38162485", "Aïssata OUÉDRAOGO : une facture en retard"),
    ("38162519", "Noémie SAINT-ANDRÉ : une place de garderie gardée pour sa fille"),
    ("38162493", "Loïc PERRIN : prélèvement automatique, un jumeau en liste d’attente"),
)
# What must be near today: number, family, child, in how many days it is dated, then due.
RECENT_INVOICES = (
    ("1301", "3816239", "7012", -45, -15),
    ("1302", "3816232", "7002", -6, 24),
)
RECENT_LINES = (
    ("Pause méridienne", "15,40", "14", "1,10"),
    ("Garderie du soir", "30,10", "14", "2,15"),
)
RECENT_AMOUNT = "45,50"


@click.command("demo")
@click.option("--if-empty", is_flag=True, help="Ne change rien quand une ville est déjà là.")
@with_appcontext
def demo(*, if_empty: bool) -> None:
    """Prépare la base et y charge une ville de démonstration, inventée."""
    if settings.env == "production":
        raise click.ClickException("la ville de démonstration n’a pas sa place en production.")
    from app.services.demonstration import booking, clerk, coming, offering, playing
    from app.services.importing import running

    bring_up_to_date()
    if not running.has_families():
        town = bundled("demo")
        _load(town)
        _write_texts(town)
        offering.offer(town)
        playing.play(town)
        booking.book(town)
        coming.come()
        clerk.settle()
        click.echo("La ville de démonstration est prête.")
    elif if_empty:
        click.echo("La ville est déjà là.")
    else:
        raise click.ClickException("la base contient déjà des familles : rien n’a été changé.")
    welcome()


def _load(town: Path) -> None:
    from app.services.importing import running
    from app.services.importing.faults import ImportRefused
    from app.services.importing.options import Options

    with tempfile.TemporaryDirectory() as temporary:
        dated = Path(temporary) / town.name
        shutil.copytree(town, dated)
        _add_recent_invoices(dated)
        try:
            with progress_bar() as progress:
                running.run(dated, Options(mail=False), progress)
        except ImportRefused as refused:
            refuse(refused)


def _write_texts(town: Path) -> None:
    """Let the town say how to pay, unless somebody already wrote something else."""
    kept = settings.instance / FOLDER
    kept.mkdir(parents=True, exist_ok=True)
    for text in (town / FOLDER).iterdir():
        if not (kept / text.name).exists():
            shutil.copy(text, kept)


def _add_recent_invoices(town: Path) -> None:
    now = today()
    for number, family, child, made, due in RECENT_INVOICES:
        dates = (day(now + timedelta(days=made)), day(now + timedelta(days=due)))
        invoice = (
            number,
            family,
            number,
            *dates,
            RECENT_AMOUNT,
            "FACTURE",
            "Accueil périscolaire",
            "",
        )
        lines = [
            (number, label, amount, child, quantity, price)
            for label, amount, quantity, price in RECENT_LINES
        ]
        _append(town / "facture.csv", [invoice])
        _append(town / "ligneFacture.csv", lines)


def _append(path: Path, rows: Iterable[tuple[str, ...]]) -> None:
    with path.open("a", encoding="utf-8", newline="") as file:
        csv.writer(file, delimiter=";").writerows(rows)


def welcome() -> None:
    """Say where to go, what to type, where the mail will be, and whom else to be."""
    from app.services.demonstration.clerk import EMAIL, PASSWORD

    click.echo(f"""
  Portail famille : {settings.public_url}

  1. Tapez l’identifiant {FAMILIES[0][0]}, puis « Mot de passe oublié ».
  2. {_where_mails_go()}
  3. Côté mairie : {settings.public_url.rstrip("/")}/mairie
     Adresse {EMAIL}, mot de passe {PASSWORD} ; le code arrive comme les courriels.

  Les familles à essayer, chacune par son identifiant :
""")
    for identifier, shown in FAMILIES:
        click.echo(f"  {identifier}  {shown}")
    click.echo()


def _where_mails_go() -> str:
    match settings.mail_backend:
        case "console":
            return "Le courriel s’affichera ici même, dans ce terminal."
        case "file":
            return f"Le courriel s’écrira dans le dossier {settings.mail_dir}."
        case "smtp":
            return f"Le courriel partira par {settings.smtp_host}:{settings.smtp_port}."
        case other:
            return f"Le courriel partira par {other}."
