"""What a secretary reads after an import."""

from pathlib import Path

from flask import Flask

from tests.services.importing.town import Town, hand_over


def test_the_report_is_a_table_with_one_line_a_kind(app: Flask, tmp_path: Path, town: Town) -> None:
    """Figures are aligned under their headings."""
    lines = list(hand_over(app, town.folder(tmp_path / "files")).lines())
    assert lines[0] == "Import de « files »"
    table = lines[2:13]
    assert table[0].split() == ["créés", "modifiés", "inchangés", "absents", "retirés"]
    assert table[1].split() == ["familles", "2", "0", "0", "0", "0"]
    assert len({len(line) for line in table}) == 1
    assert lines[-1] == "L’import est terminé."


def test_a_dry_run_says_what_would_be(app: Flask, tmp_path: Path, town: Town) -> None:
    """And that nothing was."""
    lines = list(hand_over(app, town.folder(tmp_path / "files"), dry_run=True).lines())
    assert lines[0] == "Simulation de l’import de « files »"
    assert "à créer" in lines[2]
    assert "1 nouvel identifiant à attribuer." in lines
    assert lines[-1] == "Rien n’a été écrit."


def test_a_file_in_windows_1252_is_told(app: Flask, tmp_path: Path, town: Town) -> None:
    """It was read, but somebody should look at the accents."""
    folder = town.folder(tmp_path / "files")
    (folder / "enfant.csv").write_bytes(town.bytes_of("enfant.csv", encoding="cp1252"))
    assert (
        "enfant.csv n’est pas en UTF-8 : il a été lu en Windows-1252. Vérifiez les accents."
        in list(hand_over(app, folder).lines())
    )


def test_a_file_that_nobody_reads_is_told(app: Flask, tmp_path: Path, town: Town) -> None:
    """A slip in its name would pass for an import without it."""
    folder = town.folder(tmp_path / "files")
    (folder / "factures.csv").write_bytes(b"id\n")
    (folder / "lisez-moi.txt").write_bytes(b"")
    notices = [line for line in hand_over(app, folder).lines() if "ignoré" in line]
    assert notices == ["factures.csv ne fait pas partie des fichiers attendus : il a été ignoré."]
