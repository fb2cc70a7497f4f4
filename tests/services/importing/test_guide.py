"""docs/import.md tells a secretary exactly what the code takes."""

import re
import shlex
from pathlib import Path

from flask import Flask

from app.services.importing import tables
from tests.services.importing.town import PDF, Town

ROOT = Path(__file__).parents[3]
GUIDE = (ROOT / "docs" / "import.md").read_text(encoding="utf-8")


def test_the_guide_names_every_file_and_column() -> None:
    """In bold what is required, and nothing that the code does not read."""
    told = {
        file: tuple(columns.split(", "))
        for file, columns in re.findall(r"^\| (\w+\.csv) \| (.+) \|$", GUIDE, re.MULTILINE)
    }
    assert told == {
        file.name: tuple(
            f"**{column.name}**" if column.required else column.name for column in file.columns
        )
        for file in tables.ALL
    }


def test_every_command_of_the_guide_works(app: Flask, tmp_path: Path, town: Town) -> None:
    """Typed as it is written, where the files are."""
    commands = [
        line.strip()
        for block in re.findall(r"```console\n(.*?)```", GUIDE, re.DOTALL)
        for line in block.strip().splitlines()
    ]
    assert len(commands) > 7
    archive = town.archive(tmp_path / "export.zip")
    letters = str(tmp_path / "lettres.html")
    demonstration = str(ROOT / "demo")
    places = {"export.zip": str(archive), "demo": demonstration, "lettres.html": letters}
    for name in ("menus.pdf", "echeancier.pdf"):
        (tmp_path / name).write_bytes(PDF + name.encode())
        places[name] = str(tmp_path / name)
    # The archive's town is another one, and archives the demonstration's: that one comes back.
    first = next(n for n, each in enumerate(commands) if "flask adresse" in each)
    commands.insert(first, "flask import demo")
    for command in commands:
        program, *arguments = shlex.split(command)
        assert program == "flask"
        result = app.test_cli_runner().invoke(args=[places.get(each, each) for each in arguments])
        if "tapez" in result.stderr:
            # The demonstration's families are not in the archive: it asks how many it is to close.
            [asked] = [line for line in result.stderr.splitlines() if line.startswith("  flask")]
            result = app.test_cli_runner().invoke(args=shlex.split(asked)[1:])
        assert result.exit_code == 0, (command, result.output)


def test_the_fault_that_the_guide_shows_is_one_that_the_code_says(
    app: Flask, tmp_path: Path, town: Town
) -> None:
    """Word for word."""
    for number in range(10):
        town.add(
            "facture.csv",
            id=f"9{number}",
            numero=f"9{number}",
            montant="douze" if number == 6 else "1",
        )
    del town.files["ligneFacture.csv"]
    result = app.test_cli_runner().invoke(args=["import", str(town.folder(tmp_path / "files"))])
    assert result.stderr.splitlines()[0] in GUIDE
