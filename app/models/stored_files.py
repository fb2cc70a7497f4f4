"""Where the files that rows name lie, and what they may hold."""

from enum import Enum
from typing import NamedTuple

from sqlalchemy import String, TypeDecorator


class FileKind(NamedTuple):
    """A kind of file: its ending, how it begins, how it is called in an answer and in French."""

    suffix: str
    start: bytes
    media_type: str
    short: str
    words: str


PDF = FileKind(".pdf", b"%PDF-", "application/pdf", "PDF", "PDF")
PNG = FileKind(".png", b"\x89PNG\r\n\x1a\n", "image/png", "PNG", "image PNG")
JPEG = FileKind(".jpg", b"\xff\xd8\xff", "image/jpeg", "JPEG", "image JPEG")
PICTURES = (PNG, JPEG)
PAPERS = (PDF, *PICTURES)
# What the town's software exports, and what is told of it: nothing that a family sees.
ARCHIVE = FileKind(".zip", b"PK", "application/zip", "ZIP", "archive ZIP")
TABLE = FileKind(".csv", b"", "text/csv", "CSV", "tableau CSV")
KINDS = (*PAPERS, ARCHIVE, TABLE)
PDF_BEGINS_WITHIN = 1024


class Folder(Enum):
    """A place for stored files: its name, and what may lie there."""

    DOCUMENTS = ("documents", PAPERS)
    IMPORTS = ("imports", (ARCHIVE, TABLE))
    INVOICES = ("invoices", (PDF,))
    MESSAGES = ("messages", PAPERS)
    PHOTOS = ("photos", PICTURES)
    PROOFS = ("proofs", PAPERS)
    REQUESTS = ("requests", PAPERS)

    def __init__(self, folder: str, kinds: tuple[FileKind, ...]) -> None:
        """Name it as it is called in the store."""
        self.folder = folder
        self.kinds = kinds


class StoredName(TypeDecorator[str]):
    """The name of a file in a folder, empty for none; its ending says its kind.

    A file is kept as long as a column of this type, for its folder, names it.
    """

    impl = String(100)
    cache_ok = True

    def __init__(self, folder: Folder) -> None:
        """Name files of this folder."""
        super().__init__()
        self.folder = folder


def kind_of(name: str) -> FileKind | None:
    """Return the kind that the ending of a stored name says; None for what we do not store."""
    return next((kind for kind in KINDS if name.endswith(kind.suffix)), None)


def kind_that_begins(content: bytes) -> FileKind | None:
    """Recognise a file by how it begins, never by what it is called.

    Scanners and mail servers put a line break or a mark before a PDF, and every reader opens it.
    What begins as a page is one, whatever follows.
    """
    for picture in PICTURES:
        if content.startswith(picture.start):
            return picture
    is_page = content[:PDF_BEGINS_WITHIN].lstrip().startswith(b"<")
    return PDF if PDF.start in content[:PDF_BEGINS_WITHIN] and not is_page else None
