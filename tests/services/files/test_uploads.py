"""What families may send, and what becomes of it."""

import contextlib
from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from app.models import Folder
from app.services.files import stored_files, uploads
from app.services.files.uploads import Accepted, Upload, UploadRefused
from tests.support.page_checks.language import typography_faults

PDF = b"%PDF-1.7\nhello\n%%EOF\n"
ORIENTATION, MODEL, GPS = 0x0112, 0x0110, 0x8825
TURNED_LEFT = 6


def picture(kind: str = "JPEG", size: tuple[int, int] = (40, 20), **saved: object) -> bytes:
    """A small red picture."""
    out = BytesIO()
    Image.new("RGB", size, "red").save(out, kind, **saved)
    return out.getvalue()


def as_a_phone_writes_it() -> bytes:
    """Lying on its side, with the phone's name, where it was taken, and a comment."""
    exif = Image.Exif()
    exif[ORIENTATION], exif[MODEL] = TURNED_LEFT, "Telephone de Madame ZEST"
    exif.get_ifd(GPS)[1] = "N"
    return picture(exif=exif, comment=b"chez nous")


def kept(content: bytes, name: str = "a.jpg", accepted: Accepted = Accepted.PAPERS) -> bytes:
    [file] = uploads.check([Upload(name, content)], accepted)
    return file.content


def refusal(content: bytes, accepted: Accepted = Accepted.PAPERS) -> str:
    with pytest.raises(UploadRefused) as refused:
        uploads.check([Upload("Mon fichier.jpg", content)], accepted)
    return str(refused.value)


def test_a_photo_is_drawn_upright_and_says_nothing_of_its_camera() -> None:
    """Turned as the camera said, then nothing is left of what it wrote."""
    content = kept(as_a_phone_writes_it())
    image = Image.open(BytesIO(content))
    assert image.size == (20, 40)
    assert dict(image.getexif()) == {}
    assert b"ZEST" not in content
    assert b"chez nous" not in content


def test_a_png_keeps_its_transparency_and_loses_its_text() -> None:
    from PIL.PngImagePlugin import PngInfo

    text = PngInfo()
    text.add_text("Author", "Madame ZEST")
    out = BytesIO()
    Image.new("RGBA", (4, 4), (255, 0, 0, 0)).save(out, "PNG", pnginfo=text)
    content = kept(out.getvalue())
    image = Image.open(BytesIO(content))
    assert (image.format, image.mode) == ("PNG", "RGBA")
    assert b"ZEST" not in content


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "I;16"])
def test_every_sort_of_png_is_read(mode: str) -> None:
    out = BytesIO()
    Image.new(mode, (4, 4)).save(out, "PNG")
    assert Image.open(BytesIO(kept(out.getvalue()))).size == (4, 4)


def test_a_large_photo_is_made_smaller() -> None:
    content = kept(picture(size=(5000, 2500)))
    assert Image.open(BytesIO(content)).size == (2400, 1200)


def test_a_pdf_is_kept_as_it_is() -> None:
    assert kept(PDF) == PDF


@pytest.mark.parametrize("before", [b"\n", b"\xef\xbb\xbf", b"\0" * 1_019])
def test_a_pdf_may_begin_after_a_few_bytes(before: bytes) -> None:
    """As scanners and mail servers write it; every reader opens it."""
    assert kept(before + PDF) == before + PDF
    assert "n’est ni un PDF" in refusal(b"\0" * 1_020 + PDF)


def test_only_a_picture_is_a_portrait() -> None:
    assert "n’est pas une image" in refusal(PDF, Accepted.PICTURES)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "est vide"),
        (b"PK\x03\x04 a document of a word processor", "n’est ni un PDF, ni une image"),
        (b"<html><script>alert(1)</script>", "n’est ni un PDF, ni une image"),
        (b"GIF89a" + b"\0" * 40, "n’est ni un PDF, ni une image"),
        (b"%PDF-1.7 cut short", "abîmé ou incomplet"),
        (picture()[:200], "abîmé ou incomplet"),
        (b"\xff\xd8\xff nothing of a picture", "abîmé ou incomplet"),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "photo HEIC"),
        (b"\0\0\0\x18ftypmif1\0\0\0\0mif1heic", "photo HEIC"),
        (b"\0\0\0\x18ftypisom\0\0\0\0isomiso2", "n’est ni un PDF, ni une image"),
    ],
)
def test_what_cannot_be_taken_is_told(content: bytes, sentence: str) -> None:
    told = refusal(content)
    assert sentence in told
    assert told.startswith("«\u00a0Mon fichier.jpg\u00a0» ")
    assert not list(typography_faults(told))


def test_a_file_may_not_weigh_more_than_we_said() -> None:
    assert "pèse plus de 8" in refusal(PDF.ljust(uploads.LARGEST + 1))


def test_a_bomb_of_pixels_is_not_opened() -> None:
    """A few kilobytes that would fill the memory."""
    bomb = picture("PNG", (6000, 6000))
    assert len(bomb) < uploads.LARGEST
    assert "trop grande" in refusal(bomb)
    header = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\1\0\0\0\1\0\0\x08\x02\0\0\0"
    assert refusal(header + b"\0" * 40)


@pytest.mark.parametrize("size", [(19_000, 1_500), (1_500, 19_000), (6_000, 4_500)])
def test_a_photo_is_decoded_near_the_size_it_will_have(
    monkeypatch: pytest.MonkeyPatch, size: tuple[int, int]
) -> None:
    """Whatever its shape: a panorama was decoded whole, and copied three times."""
    decoded = []
    thumbnail = Image.Image.thumbnail

    def note(image: Image.Image, box: tuple[int, int]) -> None:
        decoded.append(image.size)
        thumbnail(image, box)

    monkeypatch.setattr(Image.Image, "thumbnail", note)
    drawn = Image.open(BytesIO(kept(picture(size=size))))
    assert max(drawn.size) == uploads.LONGEST_SIDE
    assert max(decoded[0]) < 2 * uploads.LONGEST_SIDE


@pytest.mark.parametrize("size", [(60_000, 20), (20, 60_000)])
@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_a_picture_has_no_side_that_cannot_be_made_smaller(
    kind: str, size: tuple[int, int]
) -> None:
    """146 KB as long as a street took 1.4 GiB."""
    assert "trop grande" in refusal(picture(kind, size))


def test_a_picture_waits_for_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    """Several families send photos: whoever comes too many is told; an import waits its turn."""
    monkeypatch.setattr("app.gates.MOST_WAITING", 0)
    with uploads._drawing.passing():
        assert "Recommencez dans un instant" in refusal(picture())
    assert uploads.portrait(picture())


def test_a_bomb_of_scans_is_not_opened() -> None:
    """A few kilobytes that would keep a processor busy for hours: one scan, over and over."""
    whole = picture(size=(400, 400), progressive=True)
    last = whole[whole.rindex(b"\xff\xda") : -2]
    assert "abîmé" in refusal(whole[:-2] + last * 1_000 + whole[-2:])
    # Behind a thumbnail, and between bytes that a decoder skips, they still count.
    hidden = (
        whole[:2] + b"\xff\xe1\x00\x06\xff\xd9\xff\xda" + b"\x00\x00\xff\x01\xff\xff" + whole[3:-2]
    )
    assert "abîmé" in refusal(hidden + (b"\x00\xff\x01\x00" + last) * 1_000 + whole[-2:])


def test_a_jpeg_that_is_held_whole_has_fewer_pixels(monkeypatch: pytest.MonkeyPatch) -> None:
    """Progressive, it takes six bytes a pixel; row by row, next to nothing."""
    monkeypatch.setattr(uploads, "MOST_PIXELS_WHOLE", 100 * 100)
    assert kept(picture(size=(100, 101)))
    assert kept(picture(size=(100, 100), progressive=True))
    assert "trop grande" in refusal(picture(size=(100, 101), progressive=True))


def test_a_scan_in_fine_greys_stays_legible() -> None:
    """Two bytes a grey, as scanners write: neither white nor black when it is drawn anew."""
    out = BytesIO()
    Image.new("I;16", (4, 4), 30_000).save(out, "PNG")
    assert Image.open(BytesIO(kept(out.getvalue()))).getpixel((0, 0)) == (116, 116, 116)


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_half_a_picture_is_refused_whatever_was_printed_before(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """WeasyPrint tells Pillow to make do with half a file, from its first PDF on."""
    monkeypatch.setattr("PIL.ImageFile.LOAD_TRUNCATED_IMAGES", True)
    whole = picture(kind, (200, 200))
    assert "abîmé ou incomplet" in refusal(whole[: len(whole) // 2])


def test_there_are_three_files_at_most() -> None:
    with pytest.raises(UploadRefused, match="3 fichiers au plus"):
        uploads.check([Upload("a.pdf", PDF)] * 4, Accepted.PAPERS)


@given(start=st.sampled_from([b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b""]), rest=st.binary())
def test_no_content_breaks_the_portal(start: bytes, rest: bytes) -> None:
    """Refused with a sentence, or kept; nothing else."""
    with contextlib.suppress(UploadRefused):
        uploads.check([Upload("x", start + rest)], Accepted.PAPERS)


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("Justificatif de domicile.PDF", "Justificatif de domicile"),
        ("C:\\Users\\Zest\\scan.pdf", "scan"),
        ("../../etc/passwd", "passwd"),
        ("a\r\nSet-Cookie: x.pdf", "a Set-Cookie: x"),
        ("\u202egpj.exe\udcff", "gpj"),
        ("", "Pièce"),
        ("...", "Pièce"),
        ("é" * 500, "é" * 80),
    ],
)
def test_names_are_cleaned(name: str, title: str) -> None:
    assert uploads.clean_title(name) == title


def test_files_are_stored_under_names_of_ours(app_without_database: Flask, tmp_path: Path) -> None:
    """Readable by the portal alone, and gone when nothing names them."""
    with app_without_database.app_context():
        checked = uploads.check([Upload("../a.pdf", PDF)], Accepted.PAPERS)
        [name] = stored_files.keep(Folder.REQUESTS, checked)
        path = tmp_path / "requests" / name
        assert path.read_bytes() == PDF
        assert path.stat().st_mode & 0o777 == 0o600
        stored_files.discard(Folder.REQUESTS, [name])
        assert not path.exists()
