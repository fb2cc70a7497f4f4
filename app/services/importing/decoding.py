"""From bytes to numbered rows of text, whatever program saved the file."""

import codecs
import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import BinaryIO

from app.services.importing.faults import DAMAGED, Unreadable
from app.services.importing.sources import UNREADABLE

BLOCK = 1024 * 1024
CHUNK = 1_000
LONGEST_CELL = 131_072
LINE_BREAK = re.compile(r"\r\n|\r|\n")
LINE_BREAK_BYTES = re.compile(rb"[\r\n]+")
# What may stand before the names of the columns: nothing, or the separator, for a spreadsheet.
BEFORE_HEADER = frozenset({"", "sep=", "sep=;"})
UTF_8 = "utf-8-sig"
WINDOWS = "cp1252"
UTF_16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
# The five bytes that Windows-1252 leaves undefined.
DEFINED_IN_WINDOWS = bytes(set(range(256)) - {0x81, 0x8D, 0x8F, 0x90, 0x9D})

OVERSIZED = f"une cellule dépasse {LONGEST_CELL} caractères ; un guillemet y manque sans doute."
MIXED = (
    "cette ligne n’est pas en UTF-8 comme d’autres le sont ; retapez ses accents, ou enregistrez "
    "tout le fichier en « CSV UTF-8 »."
)
MISQUOTED = "un guillemet manque ou est de trop ; doublez ceux qui sont dans le texte."


@dataclass(frozen=True, slots=True)
class Survey:
    """What a first pass over a file's bytes tells: its encoding, its number of lines."""

    encoding: str
    lines: int


@dataclass(frozen=True, slots=True)
class Chunk:
    """Some rows, and the number of the line that each begins on."""

    lines: Sequence[int]
    rows: list[list[str]]


NOTHING = Chunk((), [])


def survey(stream: BinaryIO) -> Survey:
    """Read a file once, in blocks, and find how to decode it.

    Raises Unreadable when nothing can.
    """
    surveyor = _Surveyor()
    for block in blocks(stream):
        surveyor.look_at(block)
    return surveyor.found()


class _Surveyor:
    """Holds a file to be UTF-8 until a line is not; Windows-1252 then, if none shows UTF-8.

    In Windows-1252 alone a few accents may look like UTF-8, so whole lines are asked.
    """

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")()
        self._lines = 0
        # Whether some line has letters in UTF-8, or the file the mark of it.
        self._shows_utf_8 = False
        self._other_line = 0
        self._undefined_line = 0
        # The beginning of a line whose end is in the next block.
        self._rest = b""

    def look_at(self, block: bytes) -> None:
        """Look at the next block of the file."""
        _refuse_binary(block, self._lines)
        if not self._other_line:
            self._decode(block)
        if self._other_line and not self._shows_utf_8:
            self._look_at_lines(block)
        if not block.isascii() and not self._undefined_line:
            self._undefined_line = _undefined_line(block, self._lines)
        self._lines += _line_breaks(block)

    def found(self) -> Survey:
        """Say what the file is, now that it is read."""
        if not self._other_line:
            self._decode(b"", final=True)
        self._look_at_lines(b"\n")
        if not self._other_line:
            return Survey(UTF_8, self._lines)
        if self._shows_utf_8:
            raise Unreadable(MIXED, self._other_line)
        if self._undefined_line:
            raise Unreadable(
                "ce texte n’est ni en UTF-8 ni en Windows-1252 ; enregistrez-le en « CSV UTF-8 ».",
                self._undefined_line,
            )
        return Survey(WINDOWS, self._lines)

    def _decode(self, block: bytes, *, final: bool = False) -> None:
        try:
            text = self._decoder.decode(block, final)
        except UnicodeDecodeError as error:
            self._other_line = self._lines + _line_breaks(error.object[: error.start]) + 1
            self._rest = error.object[: len(error.object) - len(block)]
            return
        if not text.isascii():
            self._shows_utf_8 = True

    def _look_at_lines(self, block: bytes) -> None:
        """Find a line that is whole, has accents, and is UTF-8."""
        if block.isascii() and self._rest.isascii():
            return
        *lines, self._rest = LINE_BREAK_BYTES.split(self._rest + block)
        self._shows_utf_8 = self._shows_utf_8 or any(
            not line.isascii() and _is_utf_8(line) for line in lines
        )


def blocks(stream: BinaryIO) -> Iterator[bytes]:
    """Read a file by the mebibyte.

    Raises Unreadable when it is damaged.
    """
    try:
        while block := stream.read(BLOCK):
            yield block
    except UNREADABLE:
        raise Unreadable(DAMAGED) from None


def _undefined_line(block: bytes, lines: int) -> int:
    """Return the line of the first byte that Windows-1252 does not know, 0 without any."""
    undefined = block.translate(None, DEFINED_IN_WINDOWS)
    if not undefined:
        return 0
    return lines + block.count(b"\n", 0, block.index(undefined[:1])) + 1


def _is_utf_8(line: bytes) -> bool:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _line_breaks(block: bytes) -> int:
    return max(block.count(b"\n"), block.count(b"\r"))


def _refuse_binary(block: bytes, lines: int) -> None:
    if not lines and block.startswith(UTF_16_MARKS):
        raise Unreadable("ce fichier est en UTF-16 ; enregistrez-le en « CSV UTF-8 ».")
    if b"\0" in block:
        line = lines + block.count(b"\n", 0, block.index(b"\0")) + 1
        raise Unreadable("ce fichier contient un octet nul ; exportez-le de nouveau.", line)
    if len(block) == BLOCK and b"\n" not in block and b"\r" not in block:
        raise Unreadable("cette ligne est démesurée ; exportez le fichier de nouveau.", lines + 1)


def chunks(stream: BinaryIO, encoding: str) -> Iterator[Chunk]:
    """Yield rows by the thousand, the header alone first.

    Raises Unreadable where the quotes do not match, after the rows before.
    """
    csv.field_size_limit(LONGEST_CELL)
    with io.TextIOWrapper(stream, encoding=encoding, newline="") as text:
        reader = csv.reader(text, delimiter=";", strict=True)
        size, line = 1, 1
        while True:
            rows: list[list[str]] = []
            fault = ""
            try:
                # Not list(islice()): what was read before an error is kept.
                rows.extend(islice(reader, size))
            except csv.Error as error:
                fault = OVERSIZED if "field larger" in str(error) else MISQUOTED
            except UNREADABLE:
                raise Unreadable(DAMAGED) from None
            chunk = Chunk(_lines(rows, line, reader.line_num), rows)
            is_before_header = size == 1 and _may_be_before_header(rows)
            if rows and not is_before_header:
                yield chunk
            if fault:
                raise Unreadable(fault, _next_line(chunk, line))
            if not rows:
                return
            size, line = (1 if is_before_header else CHUNK), reader.line_num + 1


def _may_be_before_header(rows: list[list[str]]) -> bool:
    return bool(rows) and "".join(rows[0]).strip().lower() in BEFORE_HEADER


def _lines(rows: list[list[str]], first: int, last: int) -> Sequence[int]:
    """Number rows by the line each begins on."""
    if last - first + 1 == len(rows):
        return range(first, last + 1)
    lines = []
    for row in rows:
        lines.append(first)
        first += 1 + sum(len(LINE_BREAK.findall(cell)) for cell in row)
    return lines


def _next_line(chunk: Chunk, first: int) -> int:
    if not chunk.rows:
        return first
    return chunk.lines[-1] + 1 + sum(len(LINE_BREAK.findall(cell)) for cell in chunk.rows[-1])
