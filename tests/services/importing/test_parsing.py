"""Rows as spreadsheets leave them, read as the header orders them."""

import csv
import io
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.services.importing.decoding import Chunk
from app.services.importing.faults import Told
from app.services.importing.parsing import RowParser
from app.services.importing.tables import FAMILIES, LINKS

KEYS = st.text(st.sampled_from("abc123-_."), min_size=1, max_size=5).filter(
    lambda key: key[-2:] != ".0" and key[-1] != "0"
)


def parsed(text: str) -> tuple[list[dict[str, Any]], list[str]]:
    """Parse a small famille.csv; return its rows, and what is told of them."""
    told = Told()
    parser = RowParser(FAMILIES, told)
    rows = list(csv.reader(io.StringIO(text), delimiter=";"))
    assert parser.read_header(Chunk([1], rows[:1]))
    columns = parser.parse(Chunk(range(2, len(rows) + 1), rows[1:]))
    parser.finish()
    faults = [str(fault) for fault in (*told.faults, *told.set_aside)]
    return [
        dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)
    ], faults


ROW = {"line": 2, "source_id": "1", "last_name_1": "MARTIN", "first_name_1": "Léa", "email_1": ""}
TABLES = [
    "id;nomResp1;prenomResp1;emailResp1\n1;MARTIN;Léa;\n",
    "id;nomResp1;prenomResp1;emailResp1\n1;MARTIN;Léa\n",
    "id;nomResp1;prenomResp1;emailResp1\n1;MARTIN;Léa;;;;\n",
    "id;nomResp1;prenomResp1;emailResp1;;\n1;MARTIN;Léa\n",
    "ID;NOMRESP1;PrenomResp1;EMAILRESP1\n1;MARTIN;Léa;\n\n;;;\n",
    "emailResp1;prenomResp1;rum;nomResp1;id\n;Léa;x;MARTIN;1\n",
    "\ufeffid;nom\u200bResp1;prenomResp1;emailResp1\n 1 ;\u00a0MARTIN;Léa ;\u00a0\n",
]


@pytest.mark.parametrize("table", TABLES)
def test_a_row_is_read_whatever_a_spreadsheet_did_to_its_end(table: str) -> None:
    """Cells missing at the end are empty; empty ones beyond the header, and rows, are nothing."""
    assert parsed(table) == ([ROW], [])


def test_cells_that_the_header_does_not_name_are_a_fault() -> None:
    """A text with a semicolon and no quotes: its row is left out, the others are read."""
    rows, faults = parsed("id;nomResp1;prenomResp1\n1;A;B;C\n2;D\n")
    assert [row["source_id"] for row in rows] == ["2"]
    assert len(faults) == 1
    assert "ligne 2, famille 1\u00a0: cette ligne compte 4\u00a0cellules" in faults[0]


def test_a_payer_may_have_one_name() -> None:
    """A home, an association."""
    [row], faults = parsed("id;nomResp1;prenomResp1\n1;FOYER DES TILLEULS;\n")
    assert (row["last_name_1"], row["first_name_1"], faults) == ("FOYER DES TILLEULS", "", [])


@given(st.lists(st.tuples(KEYS, KEYS), min_size=1, max_size=30), st.data())
def test_rows_come_out_as_they_were_written(
    pairs: list[tuple[str, str]], data: st.DataObject
) -> None:
    """With blanks, empty cells and empty rows around them, one by one or together."""
    told = Told()
    parser = RowParser(LINKS, told)
    assert parser.read_header(Chunk([1], [["Enfant_ID", "x", "famille_id"]]))
    rows = []
    for family, child in pairs:
        rows.append([child, "", f" {family} ", *[""] * data.draw(st.integers(0, 3))])
        rows.extend([[""] * data.draw(st.integers(0, 5))] * data.draw(st.integers(0, 1)))
    columns = parser.parse(Chunk(range(2, len(rows) + 2), rows))
    parser.finish()
    assert list(zip(columns["family"], columns["child"], strict=True)) == pairs
    assert not told.faults
