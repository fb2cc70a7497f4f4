"""`flask doctor`: what is well, what is to be seen to, what is broken, and the remedy."""

import json
import sys

import click

from app.cli.context import with_appcontext
from app.cli.tables import align
from app.services.doctor.examining import CHECKS, examine
from app.services.doctor.findings import Finding, Verdict


@click.command("doctor")
@click.option("--json", "as_json", is_flag=True, help="Une liste JSON, pour un programme.")
@with_appcontext
def doctor(*, as_json: bool) -> None:
    """Examine l’installation ; le code de sortie est 1 dès qu’une ligne dit PANNE."""
    found = list(examine())
    write = write_json if as_json else write_table
    write(found)
    if any(finding.verdict is Verdict.BROKEN for _, finding in found):
        sys.exit(1)


def write_table(found: list[tuple[str, Finding]]) -> None:
    """Write a line for each finding, its remedy below."""
    rows = [(finding.verdict, CHECKS[name][0], finding.said) for name, finding in found]
    for row, (_, finding) in zip(align(rows), found, strict=True):
        click.echo(row)
        if finding.remedy:
            click.echo(f"        → {finding.remedy}")


def write_json(found: list[tuple[str, Finding]]) -> None:
    """Write what a program reads."""
    lines = [
        {
            "check": name,
            "verdict": finding.verdict.name.lower(),
            "said": finding.said,
            "remedy": finding.remedy,
        }
        for name, finding in found
    ]
    click.echo(json.dumps(lines, ensure_ascii=False, indent=1))
