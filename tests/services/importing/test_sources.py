"""A ZIP that means harm, or is only broken, is refused in one sentence."""

import stat
import struct
import zipfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.services.importing import decoding, sources
from app.services.importing.faults import ImportRefused, Unreadable
from tests.services.importing.town import ATTACHED, Town, everything, faults_of, hand_over

HOSTILE_NAMES = [
    "../famille.csv",
    "/etc/passwd",
    "photos/../../x",
    "photos\\..\\..\\x",
    "\\etc\\passwd",
    "C:x.csv",
    "a\0b",
]


@pytest.mark.parametrize("name", HOSTILE_NAMES)
def test_a_name_that_leaves_the_folder_is_refused(
    app: Flask, tmp_path: Path, town: Town, name: str
) -> None:
    """Whatever the rest of the archive holds."""
    path = town.archive(tmp_path / "export.zip")
    with zipfile.ZipFile(path, "a") as archive:
        entry = zipfile.ZipInfo("placeholder")
        entry.filename = name
        archive.writestr(entry, b"x")
    faults = faults_of(app, path)
    assert len(faults) == 1
    assert faults[0].endswith("ce nom pourrait sortir du dossier ; refaites le ZIP.")


def test_a_link_is_refused(app: Flask, tmp_path: Path, town: Town) -> None:
    """A photo that is a link to another file would show that file."""
    path = town.archive(tmp_path / "export.zip")
    with zipfile.ZipFile(path, "a") as archive:
        entry = zipfile.ZipInfo("photos/lien.png")
        entry.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(entry, "/etc/passwd")
    assert faults_of(app, path) == [
        "export.zip, valeur « photos/lien.png » : "
        "c’est un lien ; mettez le fichier lui-même dans le ZIP."
    ]


def test_a_link_in_a_folder_is_not_followed(app: Flask, tmp_path: Path, town: Town) -> None:
    """For a folder a link is a missing file."""
    folder = town.folder(tmp_path / "files")
    secret = tmp_path / "secret.png"
    secret.write_bytes(ATTACHED["photos/jules.png"])
    (folder / "photos/jules.png").unlink()
    (folder / "photos/jules.png").symlink_to(secret)
    assert [str(each) for each in hand_over(app, folder).set_aside] == [
        "enfant.csv, ligne 2, famille F1 (GARNIER), colonne photo, valeur « jules.png » : "
        "ce fichier manque dans le dossier « photos »."
    ]


def test_a_bomb_is_refused_before_it_is_unpacked(app: Flask, tmp_path: Path) -> None:
    """A gigabyte of zeros that takes a megabyte."""
    path = tmp_path / "export.zip"
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("famille.csv", "w") as entry,
    ):
        for _ in range(300):
            entry.write(bytes(1024 * 1024))
    assert faults_of(app, path) == [
        "export.zip : une fois décompressé, le ZIP serait démesuré.",
        "export.zip, valeur « famille.csv » : une fois décompressé, ce fichier serait démesuré.",
    ]


def test_too_many_files_are_refused(
    app: Flask, tmp_path: Path, town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Names cost memory too."""
    monkeypatch.setattr(sources, "MOST_ENTRIES", 3)
    assert faults_of(app, town.archive(tmp_path / "export.zip")) == [
        "export.zip : le ZIP compte plus de 3 fichiers."
    ]


def test_two_files_of_one_name_are_refused(app: Flask, tmp_path: Path, town: Town) -> None:
    """Nobody could tell which one was read."""
    path = town.archive(tmp_path / "export.zip")
    with zipfile.ZipFile(path, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("famille.csv", b"id")
    assert faults_of(app, path) == [
        "export.zip : le ZIP contient deux fois le même nom de fichier."
    ]


def test_an_encrypted_zip_is_refused(app: Flask, tmp_path: Path, town: Town) -> None:
    """The portal has no password to open it with."""
    path = town.archive(tmp_path / "export.zip")
    content = bytearray(path.read_bytes())
    directory = content.index(b"PK\x01\x02")
    struct.pack_into("<H", content, directory + 8, 1)
    path.write_bytes(content)
    assert faults_of(app, path) == [
        "export.zip, valeur « famille.csv » : "
        "ce fichier est protégé par un mot de passe ; refaites le ZIP sans protection."
    ]


def flip_a_byte(content: bytes) -> bytes:
    """Damage what the first entry holds."""
    position = content.index(b"famille.csv") + 40
    return content[:position] + bytes([content[position] ^ 0xFF]) + content[position + 1 :]


def unknown_method(content: bytes) -> bytes:
    """Say that the entries are packed in a way that Python cannot unpack."""
    return content.replace(b"\x08\x00", b"\x09\x00")


@pytest.mark.parametrize("damage", [flip_a_byte, unknown_method])
def test_a_damaged_zip_is_refused(
    app: Flask, tmp_path: Path, town: Town, damage: Callable[[bytes], bytes]
) -> None:
    """The file that cannot be unpacked is named."""
    path = town.archive(tmp_path / "export.zip")
    path.write_bytes(damage(path.read_bytes()))
    before = everything(app)
    assert faults_of(app, path)[0] == "famille.csv : ce fichier est abîmé ; donnez-le de nouveau."
    assert everything(app) == before


@pytest.mark.parametrize("content", [b"", b"not a zip", b"PK\x03\x04 cut"])
def test_what_is_no_zip_is_refused(app: Flask, tmp_path: Path, content: bytes) -> None:
    """A spreadsheet, an empty file, half a download."""
    path = tmp_path / "export.zip"
    path.write_bytes(content)
    assert faults_of(app, path) == [
        "export.zip : donnez un dossier ou un fichier ZIP ; celui-ci est illisible."
    ]


def test_a_path_that_leads_nowhere_is_refused(app: Flask, tmp_path: Path) -> None:
    """A slip in the command."""
    assert faults_of(app, tmp_path / "absent") == [
        "absent : ce dossier ou ce fichier n’existe pas."
    ]


def test_a_folder_that_is_a_link_is_not_followed(app: Flask, tmp_path: Path, town: Town) -> None:
    """It might lead to any folder of the server."""
    folder = town.folder(tmp_path / "files")
    (folder / "documents").rename(tmp_path / "elsewhere")
    (folder / "documents").symlink_to(tmp_path / "elsewhere")
    [fault] = faults_of(app, folder)
    assert fault.endswith("ce fichier manque dans le dossier « documents ».")


@pytest.mark.both_databases
@pytest.mark.parametrize("file", ["famille.csv", "enfant.csv"])
def test_a_file_of_the_set_that_is_a_link_is_not_followed(
    app: Flask, tmp_path: Path, town: Town, file: str
) -> None:
    """As if it were not there."""
    folder = town.folder(tmp_path / "files")
    (folder / file).rename(tmp_path / "elsewhere.csv")
    (folder / file).symlink_to(tmp_path / "elsewhere.csv")
    assert any("n’existe pas" in fault or "manque" in fault for fault in faults_of(app, folder))


METHODS = [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA]


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.sampled_from(METHODS), st.data())
def test_a_zip_damaged_anywhere_is_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, method: int, data: st.DataObject
) -> None:
    """Whatever it is packed with: a sentence, never an error of the library."""
    path = tmp_path_factory.mktemp("zip") / "export.zip"
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, content in Town().contents().items():
            archive.writestr(name, content)
    damaged = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    path.write_bytes(damaged)
    with suppress(ImportRefused, Unreadable), sources.opened(path) as source:
        for name in filter(source.has, Town().contents()):
            with source.open(name) as stream:
                assert len(b"".join(decoding.blocks(stream))) == source.size(name)
