"""Files that families send, known by what they hold and never by what they are called.

Pictures are drawn anew, upright and without what the camera wrote about them. Everything is
bounded: how many, how heavy, how many pixels, how many pictures in memory at once.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum
from io import BytesIO
from math import ceil
from pathlib import PurePath
from typing import TYPE_CHECKING

from app import db
from app.gates import PATIENCE_SECONDS, Crowded, Gate
from app.models.stored_files import PDF, PICTURES, kind_that_begins
from app.services.files import jpeg_scans
from app.typed_text import one_line

if TYPE_CHECKING:
    from PIL import Image

MEBIBYTE = 1024 * 1024
LARGEST_MEBIBYTES = 8
LARGEST = LARGEST_MEBIBYTES * MEBIBYTE
MOST_FILES = 3
# What is read of a form with files. More than what they may weigh: a file that is too heavy then
# gets a sentence from its form, which keeps the answers. Past that nothing is read.
MOST_BYTES = 64 * MEBIBYTE
# A phone's best camera writes a JPEG that is read at the size it will have; a PNG, and a JPEG that
# comes in several passes, are held whole.
MOST_PIXELS, MOST_PIXELS_WHOLE = 110_000_000, 30_000_000
# A decoder gives a JPEG at an eighth of its sides and no less: a longer one would be held in memory
# larger than its kind is worth. Panoramas have 16,000.
LONGEST_SIDE_READ = 19_200
# Each goes over every pixel; cameras write one, programs about ten.
MOST_SCANS = 20
# Scanners may write greys in two bytes; a screen shows one.
GREYS_TO_ONE_BYTE = 1 / 257
# A sheet of paper stays legible on a screen and on paper.
LONGEST_SIDE = 2400
# Twice the largest size at which a child's photo is shown.
PORTRAIT_SIDE = 400
JPEG_QUALITY = 85
LONGEST_TITLE = 80
PDF_TRAILER_WITHIN = 2048
HEIC_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"})
# Where the brands of a picture of this family stand in the file.
BRANDS = re.compile(rb".{4}ftyp(.{4}).{4}((?:.{4}){0,8})", re.DOTALL)

# A picture takes tens of megabytes while it is drawn: one after the other.
_drawing = Gate()


class Accepted(Enum):
    """What may be sent; the value is what a file chooser offers."""

    PAPERS = "application/pdf,image/jpeg,image/png"
    PICTURES = "image/jpeg,image/png"


HINTS = {
    Accepted.PAPERS: f"PDF, JPEG ou PNG. {MOST_FILES} fichiers au plus, "
    f"de {LARGEST_MEBIBYTES}\u00a0Mo chacun.",
    Accepted.PICTURES: f"JPEG ou PNG, de {LARGEST_MEBIBYTES}\u00a0Mo au plus.",
}
WRONG_KIND = {
    Accepted.PAPERS: "n’est ni un PDF, ni une image JPEG ou PNG. Choisissez un autre fichier.",
    Accepted.PICTURES: "n’est pas une image JPEG ou PNG. Choisissez un autre fichier.",
}
TOO_MANY = f"Choisissez {MOST_FILES} fichiers au plus. Vous pourrez en ajouter d’autres ensuite."
EMPTY = "est vide. Choisissez un autre fichier."
TOO_HEAVY = f"pèse plus de {LARGEST_MEBIBYTES}\u00a0Mo. Choisissez un fichier plus léger."
TOO_WIDE = "est une image trop grande. Réduisez-la, ou envoyez une capture d’écran."
BUSY = (
    "n’a pas pu être lu\u00a0: d’autres familles envoient des photos. Recommencez dans un instant."
)
DAMAGED = "est abîmé ou incomplet. Enregistrez-le de nouveau, puis recommencez."
HEIC = (
    "est une photo HEIC, que la mairie ne peut pas ouvrir. Envoyez une capture d’écran de la "
    "photo. Ou réglez l’appareil photo de l’iPhone sur «\u00a0Le plus compatible\u00a0»."
)


class UploadRefused(ValueError):  # noqa: N818 (a refusal, not a bug)
    """A file cannot be taken; the message says what to do, in French."""


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it was sent: its name says nothing sure of it."""

    name: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class CheckedFile:
    """A file that may be kept."""

    title: str
    suffix: str
    content: bytes = field(repr=False)


def check(
    uploads: Sequence[Upload], accepted: Accepted, longest_side: int = LONGEST_SIDE
) -> list[CheckedFile]:
    """Look into each file, and draw pictures anew. Raises UploadRefused at the first bad one."""
    if len(uploads) > MOST_FILES:
        raise UploadRefused(TOO_MANY)
    return [_checked(upload, accepted, longest_side) for upload in uploads]


def portrait(content: bytes) -> bytes:
    """Draw a child's photo anew, from wherever it comes. Raises UploadRefused."""
    drawn = _picture(content, PORTRAIT_SIDE, patience=None)
    if drawn is None:
        raise UploadRefused(WRONG_KIND[Accepted.PICTURES])
    return drawn[1]


def clean_title(name: str) -> str:
    """Keep of a file's name what can be read, without its folder and its ending."""
    return one_line(_without_folder(name).stem)[:LONGEST_TITLE].strip(". ") or "Pièce"


def _without_folder(name: str) -> PurePath:
    return PurePath(name.replace("\\", "/"))


def _checked(upload: Upload, accepted: Accepted, longest_side: int) -> CheckedFile:
    try:
        suffix, content = _content(upload.content, accepted, longest_side)
    except UploadRefused as refusal:
        # The whole name: its ending often says what is wrong.
        name = one_line(_without_folder(upload.name).name)[-LONGEST_TITLE:] or "Pièce"
        raise UploadRefused(f"«\u00a0{name}\u00a0» {refusal}") from refusal.__cause__
    return CheckedFile(clean_title(upload.name), suffix, content)


def _content(content: bytes, accepted: Accepted, longest_side: int) -> tuple[str, bytes]:
    if not content:
        raise UploadRefused(EMPTY)
    if len(content) > LARGEST:
        raise UploadRefused(TOO_HEAVY)
    picture = _picture(content, longest_side)
    if picture:
        return picture
    if kind_that_begins(content) is PDF and accepted is Accepted.PAPERS:
        if b"%%EOF" not in content[-PDF_TRAILER_WITHIN:]:
            raise UploadRefused(DAMAGED)
        return PDF.suffix, content
    raise UploadRefused(HEIC if _is_heic(content) else WRONG_KIND[accepted])


def _picture(
    content: bytes, longest_side: int, patience: float | None = PATIENCE_SECONDS
) -> tuple[str, bytes] | None:
    kind = kind_that_begins(content)
    if kind not in PICTURES:
        return None
    db.let_go()
    try:
        with _drawing.passing(patience=patience):
            return kind.suffix, _draw_anew(content, kind.short, longest_side)
    except Crowded:
        raise UploadRefused(BUSY) from None


def _is_heic(content: bytes) -> bool:
    found = BRANDS.match(content)
    if found is None:
        return False
    others = found[2]
    brands = {found[1], *(others[start : start + 4] for start in range(0, len(others), 4))}
    return not brands.isdisjoint(HEIC_BRANDS)


def _draw_anew(content: bytes, kind: str, longest_side: int) -> bytes:
    # Pillow takes a tenth of a second to import, and few pages need it.
    from PIL import Image, ImageFile

    bombs = (Image.DecompressionBombError, Image.DecompressionBombWarning)
    # WeasyPrint tells Pillow, for the whole process, to make do with half a picture.
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    try:
        with Image.open(BytesIO(content), formats=[kind]) as image:
            return _drawn(image, kind, content, longest_side)
    except UploadRefused:
        raise
    except bombs as bomb:
        raise UploadRefused(TOO_WIDE) from bomb
    # What a forged picture makes a decoder raise is of no fixed kind.
    except Exception as error:
        raise UploadRefused(DAMAGED) from error


def _drawn(image: "Image.Image", kind: str, content: bytes, longest_side: int) -> bytes:
    from PIL import ImageOps

    _refuse_too_wide(image, kind, content)
    # Of its own shape: a square would be decoded whole where one side is short.
    smaller = min(1, longest_side / max(image.size))
    image.draft("RGB", (ceil(image.width * smaller), ceil(image.height * smaller)))
    drawn = _in_eight_bits(image)
    # Made small before anything copies it.
    drawn.thumbnail((longest_side, longest_side))
    drawn = ImageOps.exif_transpose(drawn)
    # Comments, profiles and text are copied from there when a picture is saved.
    drawn.info.clear()
    if kind == "JPEG":
        drawn = drawn.convert("RGB")
    out = BytesIO()
    drawn.save(out, kind, quality=JPEG_QUALITY, optimize=True)
    return out.getvalue()


def _in_eight_bits(image: "Image.Image") -> "Image.Image":
    if image.mode == "I;16":
        image = image.point(lambda grey: grey * GREYS_TO_ONE_BYTE).convert("L")
    mode = "RGBA" if image.has_transparency_data else "RGB"
    return image if image.mode == mode else image.convert(mode)


def _refuse_too_wide(image: "Image.Image", kind: str, content: bytes) -> None:
    most = MOST_PIXELS_WHOLE
    if kind == "JPEG":
        layout = jpeg_scans.layout(content)
        most = MOST_PIXELS if layout.in_one_pass else MOST_PIXELS_WHOLE
        if layout.scans > MOST_SCANS:
            raise UploadRefused(DAMAGED)
    if image.width * image.height > most or max(image.size) > LONGEST_SIDE_READ:
        raise UploadRefused(TOO_WIDE)
