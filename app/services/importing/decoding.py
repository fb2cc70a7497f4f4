"""From bytes to numbered rows of text, whatever program saved the file."""

import codecs
import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

BLOCK = 1024 * 1024
LONGEST_CELL = 131_072
UTF_8 = "utf-8-sig"
WINDOWS = "cp1252"
UTF_16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
# The five bytes that Windows-1252 leaves undefined.
DEFINED_IN_WINDOWS = bytes(set(range(256)) - {0x81, 0x8D, 0x8F, 0x90, 0x9D})

OVERSIZED = f"une cellule dépasse {LONGEST_CELL} caractères ; un guillemet y manque sans doute."
MISQUOTED = "un guillemet manque ou est de trop ; doublez ceux qui sont dans le texte."


class Unreadable(Exception):  # noqa: N818
    """A file is no CSV; the message is the remedy, a sentence in French."""

    def __init__(self, remedy: str, line: int | None = None) -> None:
        """Carry the remedy, and the line where reading stopped."""
        super().__init__(remedy)
        self.line = line


@dataclass(frozen=True, slots=True)
class Survey:
    """What a first pass over a file's bytes tells: its encoding, its number of lines."""

    encoding: str
    lines: int


def survey(stream: BinaryIO) -> Survey:
    """Read a file once, in blocks, and find how to decode it.

    Raises Unreadable when nothing can.
    """
    decoder = codecs.getincrementaldecoder("utf-8")()
    encoding, lines, line_of_undefined = UTF_8, 0, 0
    first = True
    while block := stream.read(BLOCK):
        if first and block.startswith(UTF_16_MARKS):
            raise Unreadable("ce fichier est en UTF-16 ; enregistrez-le en « CSV UTF-8 ».")
        first = False
        _refuse_binary(block, lines)
        if encoding == UTF_8 and not _decodes(decoder, block):
            encoding = WINDOWS
        if not line_of_undefined and (odd := block.translate(None, DEFINED_IN_WINDOWS)):
            line_of_undefined = lines + block.count(b"\n", 0, block.index(odd[:1])) + 1
        lines += max(block.count(b"\n"), block.count(b"\r"))
    if encoding == UTF_8 and not _decodes(decoder, b"", final=True):
        encoding = WINDOWS
    if encoding == WINDOWS and line_of_undefined:
        raise Unreadable(
            "ce texte n’est ni en UTF-8 ni en Windows-1252 ; enregistrez-le en « CSV UTF-8 ».",
            line_of_undefined,
        )
    return Survey(encoding, lines)


def _decodes(decoder: codecs.IncrementalDecoder, block: bytes, *, final: bool = False) -> bool:
    try:
        decoder.decode(block, final)
    except UnicodeDecodeError:
        return False
    return True


def _refuse_binary(block: bytes, lines: int) -> None:
    if b"\0" in block:
        line = lines + block.count(b"\n", 0, block.index(b"\0")) + 1
        raise Unreadable("ce fichier contient un octet nul ; exportez-le de nouveau.", line)
    if len(block) == BLOCK and b"\n" not in block and b"\r" not in block:
        raise Unreadable("cette ligne est démesurée ; exportez le fichier de nouveau.", lines + 1)


def rows(stream: BinaryIO, encoding: str) -> Iterator[tuple[int, list[str]]]:
    """Yield each row with the number of the line it begins on, the header first.

    Raises Unreadable where the quotes do not match.
    """
    csv.field_size_limit(LONGEST_CELL)
    with io.TextIOWrapper(stream, encoding=encoding, newline="") as text:
        reader = csv.reader(text, delimiter=";", strict=True)
        line = 1
        try:
            for row in reader:
                yield line, row
                line = reader.line_num + 1
        except csv.Error as error:
            remedy = OVERSIZED if "field larger" in str(error) else MISQUOTED
            raise Unreadable(remedy, line) from None
