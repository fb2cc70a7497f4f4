"""`flask services`: what the town offers, and until when a day is booked."""

from pathlib import Path

from flask import Flask

from app.bundled import bundled
from app.services.demonstration import offering
from tests.support.people import People

FOLDER = str(bundled("demo") / offering.FOLDER)


def run(app: Flask, *arguments: str, refused: bool = False) -> str:
    """Run a command; return what it says."""
    result = app.test_cli_runner().invoke(args=["services", *arguments])
    assert bool(result.exit_code) is refused, result.output
    return result.output


def test_files_are_read_shown_and_tried(app: Flask, people: People, tmp_path: Path) -> None:
    assert "Aucun service" in run(app, "montrer")
    (tmp_path / "service.csv").write_bytes((Path(FOLDER) / "service.csv").read_bytes())
    assert "4\u00a0services (dont 4 de plus)" in run(app, "importer", str(tmp_path))
    assert "Association" not in run(app, "montrer")
    assert "S-1 jeudi 24:00" in run(app, "montrer")
    tried = run(app, "essayer", "cantine", "30/11/2026")
    assert "Cantine, lundi 30\u00a0novembre 2026\u00a0: ouvert." in tried
    assert "Réserver\u00a0: jusqu’au jeudi 26\u00a0novembre à minuit" in tried
    assert "jamais le mercredi" in run(app, "essayer", "cantine", "02/12/2026", refused=True)


def test_what_is_wrong_is_told(app: Flask, people: People) -> None:
    """The children of the demonstration are not here: not even its services are."""
    assert "d’aucune famille" in run(app, "importer", FOLDER, refused=True)
    assert "Aucun service" in run(app, "montrer")
    assert "aucun service ne s’appelle" in run(app, "essayer", "x", "30/11/2026", refused=True)
    assert "comme 08/11/2016" in run(app, "essayer", "x", "demain", refused=True)
