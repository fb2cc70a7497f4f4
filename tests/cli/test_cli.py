"""The commands as a whole: what Click says itself, and when they are loaded."""

import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po
from flask import Flask

from app import cli

COMPILED = cli.TRANSLATIONS / "fr" / "LC_MESSAGES" / "messages.mo"
UNUSED = (
    "app.cli.",
    "app.services.importing",
    "app.services.profile.own_data",
    "app.services.town_hall.statistics.reading",
    "alembic",
    "dns",
    "prometheus_client",
    "sentry_sdk",
    "sqlalchemy.dialects.postgresql",
    "statistics",
    "weasyprint",
)
# What shows an import, or starts one, needs little.
SHOWN = {
    f"app.services.importing{each}"
    for each in (
        "", ".changes", ".closures", ".deciding", ".doing", ".going_back", ".headlines",
        ".history", ".images", ".recording", ".runs", ".spelling", ".uploading",
    )
}  # fmt: skip
LOADED = f"""import sys, wsgi
print([name for name in sys.modules if name.startswith({UNUSED}) and name not in {SHOWN}])"""


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        (["import"], "Il manque l’argument 'PATH'."),
        (["import", "a", "b"], "Argument de trop (b)"),
        (["mail", "lits"], "La commande lits n’existe pas."),
        (["mail", "list", "--rapide"], "L’option --rapide n’existe pas."),
        (["demandes", "accept", "douze"], "«\u00a0douze\u00a0» n’est pas un nombre."),
        (["imporrt"], "La commande imporrt n’existe pas."),
    ],
)
def test_a_slip_is_told_in_french(app_without_database: Flask, typed: list[str], told: str) -> None:
    """An ops person who mistypes reads what is wrong, and where the help is."""
    result = app_without_database.test_cli_runner().invoke(args=typed)
    assert result.exit_code != 0
    assert told in result.output
    assert "Error" not in result.output
    assert "Usage\u00a0:" in result.output


def test_help_is_in_french(app_without_database: Flask) -> None:
    help_ = app_without_database.test_cli_runner().invoke(args=["import", "--help"]).output
    assert help_.startswith("Usage\u00a0:")
    assert "Affiche cette aide." in help_


def test_the_translations_are_compiled() -> None:
    """`pybabel compile --directory app/cli/translations --locale fr` makes them anew."""
    with COMPILED.open("rb") as compiled, COMPILED.with_suffix(".po").open("rb") as written:
        assert words(read_mo(compiled)) == words(read_po(written))


def words(catalog: Catalog) -> dict[tuple[str, ...], tuple[str, ...]]:
    """Read what a catalog says, its header left out; a plural is two texts."""
    return {forms(message.id): forms(message.string) for message in catalog if message.id}


def forms(text: str | Iterable[str] | None) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else tuple(text or ())


def test_the_web_process_loads_no_command(tmp_path: Path) -> None:
    """Nor what jobs need: their memory would be taken in each worker, for nothing."""
    loaded = subprocess.check_output(
        [sys.executable, "-c", LOADED],
        env={"PORTAIL_ENV": "test", "PORTAIL_INSTANCE": str(tmp_path)},
        text=True,
    )
    assert loaded.strip() == "[]"
