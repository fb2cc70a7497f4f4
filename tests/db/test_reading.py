"""A page asks its statement again and again: it is compiled once, and says the same each time."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from unittest import mock

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Select, bindparam, func, literal, null, select
from sqlalchemy.dialects.sqlite import DATE
from sqlalchemy.dialects.sqlite.base import SQLiteDialect
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.types import to_instance

from app import db
from app.db import Hundredths, UtcDateTime
from app.db.sqlite import Day
from app.models import Family, Invoice, InvoiceKind
from tests.support.databases import statements_of

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
TIMES = 4


def invoice_of(app: Flask) -> None:
    """Write an invoice of a family."""
    with app.app_context(), db.transaction() as session:
        family = Family(source_id="1", number="1")
        session.add(family)
        session.flush()
        session.add(
            Invoice(
                source_id="1", family_id=family.id, number="F1", kind=InvoiceKind.INVOICE,
                issued_on=date(2026, 11, 1), due_on=date(2026, 12, 1), amount=Decimal("891.35"),
            )
        )  # fmt: skip


def statement() -> Select[*tuple[Any, ...]]:
    """Make a statement with columns of each sort, and values of its own."""
    return (
        select(
            Invoice.number,
            Invoice.kind,
            Invoice.issued_on.label("day"),
            null().label("debited_on"),
            (literal(Decimal("0.05"), Hundredths)).label("fee"),
            func.sum(Invoice.amount, type_=Hundredths).label("amount"),
            bindparam("seen_at", type_=UtcDateTime).label("seen_at"),
        )
        .where(Invoice.amount > bindparam("least", type_=Hundredths))
        .group_by(Invoice.id)
    )


@given(st.none() | st.dates() | st.datetimes())
def test_a_day_is_written_as_sqlalchemy_writes_it(day: date | None) -> None:
    """From the year 1 to 9999, of a moment too."""
    dialect = SQLiteDialect()
    written, theirs = (
        kind.bind_processor(dialect) for kind in (to_instance(Day), to_instance(DATE))
    )
    assert written is not None
    assert theirs is not None
    assert written(day) == theirs(day)


def test_each_answer_is_as_the_first(app: Flask) -> None:
    """Names, money, days, instants, what is not known."""
    invoice_of(app)
    asked = statement()
    with app.app_context():
        answers = [db.rows(asked, least=Decimal(9), seen_at=NOON) for _ in range(TIMES)]
        assert db.rows(asked, least=Decimal(900), seen_at=NOON) == []
    for [row] in answers:
        assert row == (
            "F1", InvoiceKind.INVOICE, date(2026, 11, 1), None, Decimal("0.05"), Decimal("891.35"),
            NOON,
        )  # fmt: skip
        assert (row.day, row.amount, row.seen_at) == (date(2026, 11, 1), Decimal("891.35"), NOON)


def test_a_row_gives_its_columns_by_name(app: Flask) -> None:
    """From the first answer on, whatever a sequence has of that name; no other."""
    asked = select(literal("F1").label("number"), literal(2).label("count"), literal(3))
    with app.app_context():
        for _ in range(TIMES):
            row: Any = db.rows(asked)[0]
            assert (row.number, row.count, row[1], row._mapping["count"]) == ("F1", 2, 2, 2)
            with pytest.raises(AttributeError, match="amount"):
                _ = row.amount


def test_it_is_compiled_for_its_first_time_and_for_all_others(app: Flask) -> None:
    """What is asked once is not worth more."""
    asked, compiling = statement().distinct(), SQLCompiler.visit_select
    watched = mock.patch.object(SQLCompiler, "visit_select", autospec=True)
    with app.app_context(), watched as compiled:
        compiled.side_effect = compiling
        for _ in range(TIMES):
            db.rows(asked, least=Decimal(9), seen_at=NOON)
    assert compiled.call_count == 2


def test_whoever_listens_hears_it_each_time(app: Flask) -> None:
    """As the tests do that count what a page asks."""
    asked = statement()
    with app.app_context(), statements_of(app) as sent:
        for _ in range(TIMES):
            db.rows(asked, least=Decimal(9), seen_at=NOON)
    assert len([each for each in sent if each.startswith("SELECT")]) == TIMES


def test_a_list_may_have_another_length_each_time(app: Flask) -> None:
    """Its statement has as many words."""
    invoice_of(app)
    asked = select(Invoice.number).where(Invoice.number.in_(bindparam("numbers", expanding=True)))
    with app.app_context():
        for numbers in (["F1"], ["F1", "F2"], [], ["F2"], ["F0", "F1", "F2"]):
            found = [number for (number,) in db.rows(asked, numbers=numbers)]
            assert found == (["F1"] if "F1" in numbers else [])


def test_a_list_that_never_changes_is_compiled_with_its_statement(app: Flask) -> None:
    """As the states that a page tells of; an empty one finds nothing."""
    invoice_of(app)
    kinds = Invoice.kind.in_((InvoiceKind.INVOICE, InvoiceKind.CREDIT_NOTE))
    after = Invoice.issued_on > bindparam("since")
    asked = select(Invoice.number, Invoice.amount.in_([Decimal("891.35")])).where(kinds, after)
    compiling = SQLCompiler.visit_select
    watched = mock.patch.object(SQLCompiler, "visit_select", autospec=True)
    with app.app_context(), watched as compiled:
        compiled.side_effect = compiling
        for _ in range(TIMES):
            assert db.rows(asked, since=date(2026, 10, 1)) == [("F1", True)]
        assert compiled.call_count == 2
        assert db.rows(asked, since=date(2026, 11, 2)) == []
        nothing = select(Invoice.number).where(Invoice.number.in_([]))
        assert [db.rows(nothing) for _ in range(TIMES)] == [[]] * TIMES


def test_what_the_database_refuses_has_one_name(app: Flask) -> None:
    """However often it is asked; and no page is left with half of a transaction."""
    asked = select(func.no_such_thing(bindparam("secret", "Lilas")))
    refusals = []
    for _ in range(TIMES):
        with app.app_context(), pytest.raises(DBAPIError) as refused:
            db.rows(asked)
        refusals.append(refused.value)
        with app.app_context():
            assert db.rows(select(literal(1))) == [(1,)]
    assert len({(type(each), each.statement) for each in refusals}) == 1
    assert "Lilas" not in "".join(map(str, refusals))
