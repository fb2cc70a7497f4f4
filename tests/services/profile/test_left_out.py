"""Nothing that the portal keeps is forgotten by « Mes données »: it is told, or left out aloud."""

from collections.abc import Iterator
from itertools import chain
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Column, Select, Table
from sqlalchemy.sql.visitors import iterate

from app import db
from app.services.profile.own_data import access_statements, booking_statements, statements
from app.services.profile.own_data.left_out import LEFT_OUT
from tests.support.browser import Browser
from tests.support.people import People

NAMED = set(chain.from_iterable(LEFT_OUT.values()))
TABLES = db.Base.metadata.sorted_tables


def told() -> list[Select[Any]]:
    """Find what the archive reads."""
    rooms = (statements, access_statements, booking_statements)
    found = [each for room in rooms for each in vars(room).values()]
    return [each for each in found if isinstance(each, Select)]


def tables_read() -> set[str]:
    """Name the tables that are read, in whatever part of a statement."""
    return {
        element.name
        for statement in told()
        for element in iterate(statement)
        if isinstance(element, Table)
    }


def columns_told() -> set[str]:
    """Name the columns whose values go into the archive."""
    return {
        f"{element.table.name}.{element.name}"
        for statement in told()
        for column in statement.selected_columns
        for element in iterate(column)
        if isinstance(element, Column) and isinstance(element.table, Table)
    }


def columns_that_say_something() -> Iterator[str]:
    """Go through the columns that are no number of a row, but for tables left out whole."""
    for table in TABLES:
        for column in table.columns:
            tied = column.primary_key or column.foreign_keys
            if not tied and table.name not in NAMED:
                yield f"{table.name}.{column.name}"


def test_every_table_is_told_or_left_out_with_a_reason() -> None:
    """A new table: somebody decides whether parents take it home."""
    assert {table.name for table in TABLES} - tables_read() - NAMED == set()


def test_every_column_is_told_or_left_out_with_a_reason() -> None:
    """So it is with a new column."""
    assert set(columns_that_say_something()) - columns_told() - NAMED == set()


def test_what_is_left_out_exists_and_is_told_nowhere() -> None:
    """A reason outlives what it was for: it goes."""
    columns = {f"{table.name}.{column.name}" for table in TABLES for column in table.columns}
    assert NAMED - columns - {table.name for table in TABLES} == set()
    assert NAMED & (columns_told() | tables_read()) == set()
    assert all(reason.endswith(".") for reason in LEFT_OUT)


def test_every_statement_is_read(
    app: Flask, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A statement that nobody reads tells nothing."""
    read = set()
    rows = db.rows

    def noted(statement: Select[Any], **parameters: Any) -> Any:
        read.add(id(statement))
        return rows(statement, **parameters)

    monkeypatch.setattr(db, "rows", noted)
    parent = Browser(app)
    parent.sign_in(people.zest)
    token = parent.get("family.account").csrf_token
    parent.fetch(parent.address("family.own_data_archive"), "POST", {"csrf_token": token})
    assert {id(each) for each in told()} - read == set()
