"""Erasing forgets no table: each column of a family's is emptied, or stays for a written reason."""

from datetime import UTC, datetime
from itertools import chain

from app import db
from app.services.erasure.extent import Extent
from app.services.erasure.kept import KEPT
from app.services.erasure.steps import Emptied, Gone

NAMED = set(chain.from_iterable(KEPT.values()))
STEPS = Extent(1, datetime.now(UTC)).steps()
TABLES = db.Base.metadata.sorted_tables
GONE = {step.table.__tablename__ for step in STEPS if isinstance(step, Gone)}
EMPTIED = {
    f"{step.table.__tablename__}.{name}"
    for step in STEPS
    if isinstance(step, Emptied)
    for name in step.values
}
STAYING = {name.partition(".")[0] for name in EMPTIED}


def test_every_table_goes_is_emptied_or_stays_with_a_reason() -> None:
    """A new table: somebody decides what becomes of it."""
    assert {table.name for table in TABLES} - GONE - STAYING - NAMED == set()


def test_every_column_of_a_row_that_stays_is_emptied_or_has_its_reason() -> None:
    """So it is with a new column, but for the numbers that tie rows together."""
    columns = {
        f"{table.name}.{column.name}"
        for table in TABLES
        if table.name in STAYING
        for column in table.columns
        if not (column.primary_key or column.foreign_keys)
    }
    assert columns - EMPTIED - NAMED == set()


def test_what_is_kept_exists_and_is_not_erased() -> None:
    """A reason outlives what it was for: it goes."""
    columns = {f"{table.name}.{column.name}" for table in TABLES for column in table.columns}
    assert NAMED - columns - {table.name for table in TABLES} == set()
    assert set() == NAMED & (EMPTIED | GONE | STAYING)
    assert all(reason.endswith(".") for reason in KEPT)
