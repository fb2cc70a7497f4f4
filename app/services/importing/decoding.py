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
UTF_8 = "utf-8-sig"
WINDOWS = "cp1252"
UTF_16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
# The five bytes that Windows-1252 leaves undefined.
DEFINED_IN_WINDOWS = bytes(set(range(256)) - {0x81, 0x8D, 0x8F, 0x90, 0x9D})

OVERSIZED = f"une cellule dépasse {LONGEST_CELL} caractères ; un guillemet y manque sans doute."
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
    decoder = codecs.getincrementaldecoder("utf-8")()
    encoding, lines, undefined_line = UTF_8, 0, 0
    for block in blocks(stream):
        _refuse_binary(block, lines)
        if encoding == UTF_8 and not _decodes(decoder, block):
            encoding = WINDOWS
        if not block.isascii() and not undefined_line:
            undefined_line = _undefined_line(block, lines)
        lines += max(block.count(b"\n"), block.count(b"\r"))
    if encoding == UTF_8 and not _decodes(decoder, b"", final=True):
        encoding = WINDOWS
    if encoding == WINDOWS and undefined_line:
        raise Unreadable(
            "ce texte n’est ni en UTF-8 ni en Windows-1252 ; enregistrez-le en « CSV UTF-8 ».",
            undefined_line,
        )
    return Survey(encoding, lines)


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


def _decodes(decoder: codecs.IncrementalDecoder, block: bytes, *, final: bool = False) -> bool:
    try:
        decoder.decode(block, final)
    except UnicodeDecodeError:
        return False
    return True


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
            if rows:
                yield chunk
            if fault:
                raise Unreadable(fault, _next_line(chunk, line))
            if not rows:
                return
            size, line = CHUNK, reader.line_num + 1


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
