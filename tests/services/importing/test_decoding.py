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


MIXED = [
    ("id;nom\n1;Léa\n2;Noé\n".encode() + b"3;Zo\xe9\n", 4),
    ("id;nom\n1;Léa\n".encode() + b"2;Zo\xe9", 3),
    ("\ufeffid;nom\r\n1;Lea\r\n".encode() + b"2;Zo\xe9\r\n3;Lea", 3),
    (b"id;nom\n1;Zo\xe9\n" + "2;Léa\n".encode(), 2),
]


@pytest.mark.parametrize("block", [12, decoding.BLOCK])
@pytest.mark.parametrize(("content", "line"), MIXED)
def test_one_line_in_another_encoding_is_refused(
    monkeypatch: pytest.MonkeyPatch, block: int, content: bytes, line: int
) -> None:
    """A row pasted by another program: read as Windows-1252, « Léa » would be « LÃ©a »."""
    monkeypatch.setattr(decoding, "BLOCK", block)
    with pytest.raises(Unreadable, match="comme d’autres le sont") as refused:
        decoding.survey(io.BytesIO(content))
    assert refused.value.line == line


def test_accents_of_windows_that_look_like_utf_8_in_their_line_do_not_mislead() -> None:
    """« voilà » with its no-break space is three such bytes; the guillemets of its line are not."""
    content = "id\n«\u00a0voilà\u00a0»\nZoé\n".encode("cp1252")
    assert decoding.survey(io.BytesIO(content)).encoding == decoding.WINDOWS


@pytest.mark.parametrize(
    "before", ["sep=;\r\n", "\ufeffsep=;\n", '"sep=;"\n', "\n", ";;\n", "SEP=;\n\n"]
)
def test_what_tells_a_spreadsheet_the_separator_is_no_header(before: str) -> None:
    """The names of the columns follow, on their own line."""
    found = lines_and_rows(f"{before}id;nom\n1;Zoé\n".encode())
    first = before.count("\n") + 1
    assert found == [(first, ["id", "nom"]), (first + 1, ["1", "Zoé"])]


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
