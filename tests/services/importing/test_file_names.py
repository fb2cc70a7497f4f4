"""The same names, as computers that never met write them."""

import unicodedata
import zipfile
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Literal

import pytest
from flask import Flask

from app.services.importing import sources
from tests.services.importing.town import PDF, Town, faults_of, hand_over


class Written(zipfile.ZipInfo):
    """An entry whose name is these bytes, under no flag that says what letters they are."""

    def __init__(self, name: bytes) -> None:
        super().__init__(name.decode("latin-1"))
        self.written = name

    def _encodeFilenameFlags(self) -> tuple[bytes, int]:  # noqa: N802
        return self.written, 0


def zipped(path: Path, contents: Mapping[bytes, bytes]) -> Path:
    """Write a ZIP as a program does that says nothing of the letters of its names."""
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in contents.items():
            archive.writestr(Written(name), content)
    return path


def in_bytes(contents: Mapping[str, bytes], letters: str = "utf-8") -> dict[bytes, bytes]:
    """Write the names of files in these letters."""
    return {name.encode(letters): content for name, content in contents.items()}


def spelt(contents: dict[str, bytes], spell: Callable[[str], str]) -> dict[str, bytes]:
    """Rename every file."""
    return {spell(name): content for name, content in contents.items()}


SPELLINGS: list[Callable[[str], str]] = [
    lambda name: f"export/{name}",
    lambda name: f"export de juin/Nouveau dossier/{name}",
    str.upper,
    str.capitalize,
    lambda name: name.replace("/", "\\"),
    lambda name: f"Export\\{name.upper()}",
]


def read(path: Path, names: Iterable[str]) -> dict[str, bytes]:
    """Read the files of a set, by the names that the format has for them."""
    found = {}
    with sources.opened(path) as source:
        for name in filter(source.has, names):
            with source.open(name) as stream:
                found[name] = stream.read()
            assert source.size(name) == len(found[name])
    return found


@pytest.mark.parametrize("spell", SPELLINGS)
@pytest.mark.parametrize("in_a_zip", [True, False])
def test_a_set_is_found_however_its_names_are_spelt(
    tmp_path: Path, town: Town, spell: Callable[[str], str], *, in_a_zip: bool
) -> None:
    """In a folder of a folder, in capitals, with the slashes of Windows."""
    contents = spelt(town.contents(), spell)
    path = tmp_path / "set"
    if in_a_zip:
        extra = {"__MACOSX/._famille.csv": b"x", ".DS_Store": b"x", spell("photos/"): b""}
        zipped(path, in_bytes({**contents, **extra}))
    else:
        for name, content in contents.items():
            file = path / name.replace("\\", "/")
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content)
    assert read(path, town.contents()) == town.contents()


def test_names_of_the_format_in_capitals_are_no_strangers(
    app: Flask, tmp_path: Path, town: Town
) -> None:
    """They were read: the report does not say that they were ignored."""
    folder = town.folder(tmp_path / "files")
    (folder / "enfantFamille.csv").rename(folder / "ENFANTFAMILLE.CSV")
    report = hand_over(app, folder)
    assert report.ignored_files == []
    assert report.counts["enfants dans leur famille"].created == 3


NAME = "documents/règlement d’été n° 2.pdf"
WRITTEN = [
    NAME.encode(),
    unicodedata.normalize("NFD", NAME).encode(),
    NAME.encode("cp1252"),
    NAME.upper().encode(),
    NAME.replace(" 2", "\u202f2").encode(),
]


@pytest.mark.parametrize("written", WRITTEN)
def test_a_name_with_accents_is_found_in_whatever_letters_it_is_written(
    tmp_path: Path, written: bytes
) -> None:
    """A ZIP that does not say it is UTF-8 may be, or may be of Windows."""
    path = zipped(tmp_path / "export.zip", {b"famille.csv": b"id", written: PDF})
    for form in ("NFC", "NFD"):
        assert read(path, [unicodedata.normalize(form, NAME)])


@pytest.mark.parametrize(
    ("letters", "name"),
    [("cp437", "Été à Noël.pdf"), ("cp850", "Été à Noël.pdf"), ("cp850", "ÇA ET LÀ.pdf")],
)
def test_a_name_of_dos_is_found(tmp_path: Path, letters: str, name: str) -> None:
    """The folder that Windows compresses with a right click."""
    path = zipped(tmp_path / "export.zip", {b"famille.csv": b"id", name.encode(letters): PDF})
    assert read(path, [name])


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_a_folder_of_a_macintosh_is_read(tmp_path: Path, form: Literal["NFC", "NFD"]) -> None:
    """Accents apart on the disk or in the cell: the same file, in a folder as well."""
    (tmp_path / "documents").mkdir()
    (tmp_path / unicodedata.normalize(form, NAME)).write_bytes(PDF)
    (tmp_path / "famille.csv").write_bytes(b"id")
    assert read(tmp_path, [NAME])


def test_two_files_that_are_called_nearly_the_same_are_told_apart(
    app: Flask, tmp_path: Path, town: Town
) -> None:
    """A cell that names one of them exactly means it; one that names neither means nobody knows."""
    town.attached["photos/JULES.PNG"] = town.attached["photos/jules.png"]
    folder = town.folder(tmp_path / "files")
    assert not hand_over(app, folder).set_aside
    town.row("enfant.csv")["photo"] = "Jules.png"
    [fault] = hand_over(app, town.folder(folder)).set_aside
    assert "plusieurs fichiers portent ce nom" in str(fault)


def test_two_lists_of_families_are_a_fault(app: Flask, tmp_path: Path, town: Town) -> None:
    """Nobody knows which one is meant."""
    folder = town.folder(tmp_path / "files")
    (folder / "FAMILLE.CSV").write_bytes(b"id")
    (folder / "famille.csv").rename(folder / "Famille.csv")
    assert faults_of(app, folder) == [
        "famille.csv : plusieurs fichiers portent ce nom, aux majuscules ou aux accents près ; "
        "gardez-en un."
    ]
