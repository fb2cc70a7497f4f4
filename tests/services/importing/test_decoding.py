"""Files as various programs save them."""

import io

import pytest

from app.services.importing import decoding
from app.services.importing.faults import Unreadable


def lines_and_rows(content: bytes) -> list[tuple[int, list[str]]]:
    """Read a file whole."""
    encoding = decoding.survey(io.BytesIO(content)).encoding
    return [
        pair
        for chunk in decoding.chunks(io.BytesIO(content), encoding)
        for pair in zip(chunk.lines, chunk.rows, strict=True)
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_accents_and_line_ends_of_every_program_are_read(encoding: str, end: str) -> None:
    """Whether Excel, LibreOffice or an old Macintosh saved the file."""
    content = end.join(["id;nom", "1;Zoé", "2;BŒUF", ""]).encode(encoding)
    assert lines_and_rows(content) == [(1, ["id", "nom"]), (2, ["1", "Zoé"]), (3, ["2", "BŒUF"])]


def test_windows_1252_is_told_from_utf_8() -> None:
    """The report says which files were not in UTF-8."""
    assert decoding.survey(io.BytesIO("é".encode())).encoding == decoding.UTF_8
    assert decoding.survey(io.BytesIO("é".encode("cp1252"))).encoding == decoding.WINDOWS


def test_a_letter_cut_between_two_blocks_is_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    """A file is read in blocks; letters do not care."""
    monkeypatch.setattr(decoding, "BLOCK", 3)
    assert decoding.survey(io.BytesIO("é\né\né\n".encode())).encoding == decoding.UTF_8


def test_a_file_cut_in_the_middle_of_a_letter_is_no_utf_8() -> None:
    """Half a download."""
    assert decoding.survey(io.BytesIO("aé".encode()[:-1])).encoding == decoding.WINDOWS


def test_a_row_is_on_the_line_it_begins_on() -> None:
    """Texts with line breaks, empty lines: the numbers are those that an editor shows."""
    content = b'id;texte\n1;"a\nb\r\nc"\n\n2;"d"\n'
    assert [line for line, _ in lines_and_rows(content)] == [1, 2, 5, 6]


def test_rows_before_a_fault_are_read() -> None:
    """So that their faults are told too."""
    chunks = decoding.chunks(io.BytesIO(b'id\n1\n2\n"3\n'), decoding.UTF_8)
    assert next(chunks).rows == [["id"]]
    assert next(chunks).rows == [["1"], ["2"]]
    with pytest.raises(Unreadable) as refused:
        next(chunks)
    assert refused.value.line == 4


def test_quotes_inside_an_unquoted_text_are_text() -> None:
    """As some programs write them."""
    assert lines_and_rows(b'id;nom\n1;dit "le grand"\n')[1][1] == ["1", 'dit "le grand"']
