"""`flask journal`: who did what, and when."""

import json
import sys
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

import click

from app import spreadsheets
from app.cli.context import with_appcontext
from app.cli.tables import align, show
from app.formats import day, day_of, fold, hour, town_zone
from app.services import past_acts
from app.services.noted_acts import ACTS
from app.services.past_acts import PastAct, Wanted
from app.services.town_hall.act_words import details, words
from app.spreadsheets import harmless
from app.typed_text import one_line

HEADINGS = ("Quand", "Acte", "Identifiant", "Famille", "Par", "Depuis", "Requête", "Détails")
FORMATS = ("table", "csv", "json")
DAYS = ("%Y-%m-%d", "%d/%m/%Y")
MOMENTS = tuple(f"{day_}{between}%H:%M" for day_ in DAYS for between in ("T", " "))
# What a table on a screen shows, unless asked for more.
SCREENFUL = 100


class Moment(click.ParamType[datetime]):
    """A day, or an hour of a day, in the town; a day alone is its first or its last moment."""

    name = "jour"

    def __init__(self, days_later: int = 0) -> None:
        """Take a day alone for its beginning, or for that of the next."""
        self._later = timedelta(days=days_later)

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> datetime:
        """Read it as it is written in France, or as computers do."""
        for format_ in (*DAYS, *MOMENTS):
            with suppress(ValueError, OverflowError):
                found = datetime.strptime(value, format_).replace(tzinfo=town_zone())
                return found + self._later if format_ in DAYS else found
        message = (
            f"«\u00a0{value}\u00a0» n’est pas une date, par exemple 27/11/2026, 2026-11-27 "
            "ou 2026-11-27T14:30."
        )
        raise click.BadParameter(message, ctx, param)


class Act(click.ParamType[str]):
    """A kind of act, by its code or in French."""

    name = "acte"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Find its code."""
        for code, said in ACTS.items():
            if fold(value) in {code, fold(said)}:
                return code
        message = (
            f"«\u00a0{value}\u00a0» n’est pas un acte\u00a0: flask journal --kinds les montre."
        )
        raise click.BadParameter(message, ctx, param)


def show_kinds(ctx: click.Context, _param: click.Parameter, asked: bool) -> None:
    """List the kinds of acts, and leave."""
    if asked and not ctx.resilient_parsing:
        for row in align(sorted(ACTS.items())):
            click.echo(row)
        ctx.exit()


@click.command("journal")
@click.option("--since", type=Moment(), help="Depuis ce jour, ou cette heure.")
@click.option("--until", type=Moment(days_later=1), help="Jusqu’à ce jour compris, ou cette heure.")
@click.option("--identifier", metavar="IDENTIFIANT", default="", help="Ce qui touche ce compte.")
@click.option("--account", metavar="N°", type=int, help="Le même compte, par le n° du portail.")
@click.option("--family", metavar="NUMÉRO", default="", help="Ce qui touche cette famille.")
@click.option(
    "--kind", "kinds", type=Act(), multiple=True, help="Cet acte ; plusieurs fois pour plusieurs."
)
@click.option("--actor", metavar="NOM", default="", help="Ce qu’a fait cette personne en mairie.")
@click.option(
    "--format", "format_", type=click.Choice(FORMATS), default="table", show_default=True,
    help="Un tableau, un fichier pour tableur, ou une ligne JSON par acte.",
)  # fmt: skip
@click.option(
    "--limit", type=click.IntRange(1),
    help=f"Combien, à partir du plus récent ({SCREENFUL} dans un tableau, sinon tous).",
)  # fmt: skip
@click.option(
    "--kinds", "listed", is_flag=True, is_eager=True, expose_value=False, callback=show_kinds,
    help="Montre les actes que le journal connaît.",
)  # fmt: skip
@with_appcontext
def journal(*, format_: str, limit: int | None, **filters: Any) -> None:
    """Montre qui a fait quoi, et quand : connexions, échecs, envois, imports, changements…"""
    most = SCREENFUL if limit is None and format_ == "table" else limit
    WRITERS[format_](past_acts.find(Wanted(**filters), most))


def write_table(acts: Iterable[PastAct]) -> None:
    """Write for a terminal."""
    show(HEADINGS, map(cells, acts), "Aucun acte.")


def write_csv(acts: Iterable[PastAct]) -> None:
    """Write for a spreadsheet."""
    sys.stdout.write("\N{ZERO WIDTH NO-BREAK SPACE}")
    writer = spreadsheets.writer(sys.stdout)
    writer.writerow(HEADINGS)
    writer.writerows(map(harmless, cells(act)) for act in acts)


def write_json(acts: Iterable[PastAct]) -> None:
    """Write for programs: codes and UTC, with the words beside."""
    for act in acts:
        line = {
            "at": act.at.isoformat(timespec="seconds"),
            "kind": act.kind,
            "words": words(act),
            "account": act.account,
            "identifier": act.identifier,
            "family": act.family,
            "actor": act.actor,
            "address": act.address,
            "request": act.request,
            "details": act.details,
        }
        click.echo(json.dumps(line, ensure_ascii=False))


WRITERS: dict[str, Callable[[Iterable[PastAct]], None]] = {
    "table": write_table,
    "csv": write_csv,
    "json": write_json,
}


def cells(act: PastAct) -> tuple[str, ...]:
    """Write the line of one act."""
    told = (act.identifier, act.family, act.actor, act.address, act.request)
    return (
        f"{day(day_of(act.at))} {hour(act.at)}",
        words(act),
        *map(one_line, told),
        ", ".join(details(act)),
    )
