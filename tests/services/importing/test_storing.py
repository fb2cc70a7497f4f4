"""Photos and PDFs that come with the files."""

import io
import os
import time
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from PIL import ExifTags, Image
from sqlalchemy import event, select

from app import db
from app.models import Child, Document, Invoice
from app.services.files import sweeping, uploads
from app.services.importing import running, storing
from app.services.importing.faults import ImportRefused
from tests.services.importing.town import JPEG, PDF, PNG, Town, hand_over

WEEK = 7 * 24 * 3600


def kept(app: Flask) -> list[str]:
    """Name the files that the instance keeps."""
    return sorted(path.name for path in Path(app.instance_path).glob("*/*"))


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("photos/jules.png", PDF, "le contenu de ce fichier doit être PNG ou JPEG."),
        ("photos/jules.png", b"<svg>", "le contenu de ce fichier doit être PNG ou JPEG."),
        ("photos/jules.png", PNG[: len(PNG) // 2], f"ce fichier {uploads.DAMAGED}"),
        ("factures/a100.pdf", JPEG, "le contenu de ce fichier doit être PDF."),
        ("documents/reglement.pdf", b"", "le contenu de ce fichier doit être PDF ou PNG ou JPEG."),
    ],
)  # fmt: skip
def test_a_file_is_recognised_by_what_it_holds(
    app: Flask, tmp_path: Path, town: Town, name: str, content: bytes, said: str
) -> None:
    """Whatever its name says."""
    town.attached[name] = content
    assert [each.rpartition("\u00a0: ")[2] for each in told_of(app, town, tmp_path)] == [said]


def test_a_photo_that_is_missing_and_could_not_be_read_is_told_so(
    app: Flask, tmp_path: Path, town: Town
) -> None:
    """Found again, it would be refused as it is: both are said at once."""
    town.row("enfant.csv")["photo"] = "IMG_2041.HEIC"
    [told] = told_of(app, town, tmp_path)
    assert told.endswith(
        "ce fichier manque dans le dossier «\u00a0photos\u00a0», et doit être PNG ou JPEG\u00a0; "
        "enregistrez-le ainsi."
    )


@pytest.mark.parametrize("before", [b"\n", b"\xef\xbb\xbf", b"\r\n\r\n", b"x" * 1_019])
def test_a_pdf_may_begin_after_a_few_bytes(
    app: Flask, tmp_path: Path, town: Town, before: bytes
) -> None:
    """As some scanners and mail servers write it; every reader opens it."""
    town.attached["documents/reglement.pdf"] = before + PDF
    assert told_of(app, town, tmp_path) == []


def test_a_photo_may_be_a_jpeg(app: Flask, tmp_path: Path, town: Town) -> None:
    """What counts is what it is: the suffix is made to fit."""
    town.attached["photos/jules.png"] = JPEG
    hand_over(app, town.folder(tmp_path / "files"))
    with app.app_context():
        names = db.session().scalars(select(Child.photo).where(Child.photo != "")).all()
    assert [name.rpartition(".")[2] for name in names] == ["jpg"]


def test_a_huge_file_is_refused(
    app: Flask, tmp_path: Path, town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A film in place of a photo."""
    monkeypatch.setattr(storing, "LARGEST", 10)
    told = told_of(app, town, tmp_path)
    assert len(told) == 3
    assert told[0].endswith("ce fichier dépasse 0 Mio.")


def test_an_import_that_fails_at_the_end_keeps_no_file(
    app: Flask, tmp_path: Path, town: Town
) -> None:
    """The copies are made before the commit: when it fails they go."""

    def fail(*details: Any) -> None:
        if "INTO journal_entry" in details[2]:
            raise OSError("disk full")

    with app.app_context():
        event.listen(db.engine(), "before_cursor_execute", fail)
    with pytest.raises(OSError, match="disk full"):
        hand_over(app, town.folder(tmp_path / "files"))
    assert kept(app) == []


@pytest.mark.both_databases
def test_what_nobody_names_any_more_is_swept(app: Flask, tmp_path: Path, town: Town) -> None:
    """A photo replaced last week goes; one just left by a killed import waits.

    Not while the import that replaced it may be undone: until the next one.
    """
    hand_over(app, town.folder(tmp_path / "files"))
    old = set(kept(app))
    for path in Path(app.instance_path).glob("*/*"):
        os.utime(path, (time.time() - WEEK, time.time() - WEEK))
    (Path(app.instance_path) / "photos" / "recent.partial").write_bytes(b"")
    town.attached["photos/jules.png"] = JPEG
    hand_over(app, town.folder(tmp_path / "files"))
    with app.app_context():
        sweeping.sweep()
    assert old <= set(kept(app))
    hand_over(app, town.folder(tmp_path / "files"))
    with app.app_context():
        sweeping.sweep()
        named = {
            *db.session().scalars(select(Child.photo).where(Child.photo != "")),
            *db.session().scalars(select(Invoice.file).where(Invoice.file != "")),
            *db.session().scalars(select(Document.file)),
        }
    assert set(kept(app)) == named | {"recent.partial"}
    assert old - named != set()


def test_what_is_about_to_be_swept_is_copied_anew(app: Flask, tmp_path: Path, town: Town) -> None:
    """A file left behind last week comes back in the files: no sweep takes it under our hands."""
    hand_over(app, town.folder(tmp_path / "files"))
    [photo] = (Path(app.instance_path) / "photos").iterdir()
    town.row("enfant.csv")["photo"] = ""
    # Once more, so that no import that may be undone needs it.
    for _ in range(2):
        hand_over(app, town.folder(tmp_path / "files"))
    os.utime(photo, (time.time() - WEEK, time.time() - WEEK))
    town.row("enfant.csv")["photo"] = "jules.png"
    hand_over(app, town.folder(tmp_path / "files"))
    assert photo.stat().st_mtime > time.time() - WEEK / 2


def test_the_same_photo_twice_is_kept_once(app: Flask, tmp_path: Path, town: Town) -> None:
    """Names come from the content."""
    town.row("enfant.csv", 1)["photo"] = "copie.png"
    town.attached["photos/copie.png"] = town.attached["photos/jules.png"]
    hand_over(app, town.folder(tmp_path / "files"))
    assert len(list((Path(app.instance_path) / "photos").iterdir())) == 1


def test_a_document_replaced_changes_its_row(app: Flask, tmp_path: Path, town: Town) -> None:
    """The same name, another content: families get the new one."""
    hand_over(app, town.folder(tmp_path / "files"))
    town.attached["documents/reglement.pdf"] = PDF + b"new"
    report = hand_over(app, town.folder(tmp_path / "files"))
    assert report.counts["documents"].changed == 1


def test_a_photo_is_drawn_anew_like_one_that_a_parent_sends(
    app: Flask, tmp_path: Path, town: Town
) -> None:
    """The photographer's file says where the school is: families get a small picture alone."""
    taken = io.BytesIO()
    place = Image.Exif()
    place[ExifTags.Base.ImageDescription] = "École du Bourg"
    Image.new("RGB", (3000, 2000), "#7a1f2b").save(taken, "JPEG", exif=place)
    town.attached["photos/jules.png"] = taken.getvalue()
    hand_over(app, town.folder(tmp_path / "files"))
    [path] = (Path(app.instance_path) / "photos").iterdir()
    with Image.open(path) as shown:
        assert max(shown.size) == uploads.PORTRAIT_SIDE
        assert not shown.getexif()


@pytest.mark.parametrize("dry_run", [True, False])
def test_a_spoilt_photo_is_set_aside_and_kept_nowhere(
    app: Flask, tmp_path: Path, town: Town, *, dry_run: bool
) -> None:
    """Its beginning is right, its end is missing: a dry run tells of it too."""
    town.attached["photos/jules.png"] = PNG[: len(PNG) // 2]
    report = hand_over(app, town.folder(tmp_path / "files"), dry_run=dry_run)
    [fault] = report.set_aside
    assert str(fault).startswith("enfant.csv, ligne 2, famille F1 (GARNIER), colonne photo")
    assert "est abîmé ou incomplet" in str(fault)
    assert not [name for name in kept(app) if name.endswith(".png")]


def told_of(app: Flask, town: Town, tmp_path: Path) -> list[str]:
    """Try the files, and return what stops the import, then what it would do without."""
    with app.app_context():
        try:
            set_aside = running.run(town.folder(tmp_path / "files")).set_aside
        except ImportRefused as refused:
            return [*map(str, refused.faults), *map(str, refused.set_aside)]
    return list(map(str, set_aside))
