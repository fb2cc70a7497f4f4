"""Statements that are asked again and again, compiled once and given to the driver as they are.

SQLAlchemy finds what it compiled of a statement by all that the statement says, then makes anew
what converts its parameters and its rows: most of ours take the database less time.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from operator import itemgetter
from typing import Any, TypeVarTuple
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Dialect, Enum, Row, Select
from sqlalchemy.engine.result import SimpleResultMetaData
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.types import TypeEngine

Columns = TypeVarTuple("Columns")
Convert = Callable[[Any], Any]
# Of a database: what a statement is compiled for.
Kind = tuple[object, ...]


def kind_of(dialect: Dialect) -> Kind:
    """Return what tells apart the databases that want other words."""
    return type(dialect), getattr(dialect, "server_version_info", None)


def read(
    connection: Connection, statement: Select[*Columns], parameters: Mapping[str, Any]
) -> Sequence[Row[*Columns]]:
    """Ask the database for rows."""
    compiled = _compiled(statement, connection.dialect)
    if compiled is None:
        return connection.execute(statement, parameters).all()
    return compiled.rows(connection, parameters)


class _NamedRow(Row[*Columns]):
    """A row whose columns are properties of its class.

    SQLAlchemy's own first asks its class for each name that is read, and drops the error that says
    what is not there: ten times the price of the answer.
    """

    __slots__ = ()
    __getattribute__ = object.__getattribute__


def _picked(names: Sequence[str]) -> Callable[[Mapping[str, Any]], Sequence[Any]]:
    """Return what takes these values out of all, in this order."""
    if len(names) > 1:
        return itemgetter(*names)
    return lambda values: [values[name] for name in names]


def _rows_of(names: Iterable[str]) -> type[Row[Any]]:
    """Make the class of the rows that have these columns, in this order."""
    columns = {name: place for place, name in enumerate(names) if not hasattr(Row, name)}
    read = {name: property(itemgetter(place)) for name, place in columns.items()}
    return type("Row", (_NamedRow,), {"__slots__": ()} | read)


class CompiledSelect:
    """What the driver is asked, and how its parameters and its rows are converted."""

    def __init__(self, compiled: SQLCompiler, dialect: Dialect) -> None:
        """Keep what of it no question changes."""
        statement = compiled.statement
        assert isinstance(statement, Select)
        columns = statement.selected_columns
        asked_for = {name for each, name in compiled.bind_names.items() if each.required}
        # A list that the statement has itself, such as some states, is as many words each time.
        state = compiled.construct_expanded_state(dict.fromkeys(asked_for))
        self._sql = state.statement
        # Those of placeholders without names, in their order.
        self._in_order = None if state.positiontup is None else _picked(state.positiontup)
        writes = {
            each: write
            for parameter, name in compiled.bind_names.items()
            if (write := _as_spoken(parameter.type, dialect).bind_processor(dialect))
            for each in (name, *state.parameter_expansion.get(name, ()))
        }
        self._own = {
            name: writes[name](value) if name in writes else value
            for name, value in state.parameters.items()
            if name not in asked_for
        }
        self._writes = tuple(writes.items())
        self._reads: list[Any] = []
        self._types = [_as_spoken(column.type, dialect) for column in columns]
        self._parent = SimpleResultMetaData(columns.keys())
        self._indexes: dict[Any, int] = {name: place for place, name in enumerate(columns.keys())}
        self._row = _rows_of(columns.keys())

    def rows(self, connection: Connection, parameters: Mapping[str, Any]) -> list[Row[Any]]:
        """Ask the database."""
        if not connection.in_transaction():
            connection.begin()
        cursor = connection.connection.cursor()
        asked = self._sql, self._arguments(parameters)
        # Whoever listens to the statements of this database hears of these.
        events = connection.engine.dispatch
        for listen in events.before_cursor_execute:
            listen(connection, cursor, *asked, None, False)
        try:
            cursor.execute(*asked)
            found = cursor.fetchall()
        except connection.dialect.loaded_dbapi.Error as error:
            connection._handle_dbapi_exception(error, *asked, cursor, None)  # noqa: SLF001
        for listen in events.after_cursor_execute:
            listen(connection, cursor, *asked, None, False)
        reads = self._reads or self._learn_to_read(connection.dialect, cursor.description)
        cursor.close()
        return [self._row(self._parent, reads, self._indexes, each) for each in found]

    def _arguments(self, given: Mapping[str, Any]) -> Any:
        values = {**self._own, **given}
        for name, write in self._writes:
            if name in given:
                values[name] = write(given[name])
        return values if self._in_order is None else self._in_order(values)

    def _learn_to_read(self, dialect: Dialect, described: Any) -> list[Any]:
        """Learn what the driver calls the columns; how some are converted depends on that."""
        self._reads = [
            _reader(kind, dialect, column[1])
            for kind, column in zip(self._types, described, strict=True)
        ]
        return self._reads


_known: WeakKeyDictionary[Select[*tuple[Any, ...]], dict[Kind, CompiledSelect | None]] = (
    WeakKeyDictionary()
)


def _compiled(statement: Select[*Columns], dialect: Dialect) -> CompiledSelect | None:
    """Return it compiled, from the second time on: some are made for one question alone."""
    known = _known.get(statement)
    if known is None:
        _known[statement] = {}
        return None
    kind = kind_of(dialect)
    if kind not in known:
        known[kind] = _compile(statement, dialect)
    return known[kind]


def _compile(statement: Select[*Columns], dialect: Dialect) -> CompiledSelect | None:
    """Compile a statement; not one whose words depend on what it is given, as a list's length."""
    compiled = statement.compile(dialect=dialect)
    assert isinstance(compiled, SQLCompiler)
    late = compiled.post_compile_params | compiled.literal_execute_params
    return None if any(each.required for each in late) else CompiledSelect(compiled, dialect)


def _reader(kind: TypeEngine[Any], dialect: Dialect, described: object) -> Convert | None:
    """Return what converts a column; of a few words, each is looked up and nothing is called."""
    read = kind.result_processor(dialect, described)
    if not isinstance(kind, Enum) or read is None:
        return read
    known: dict[str | None, Any] = {None: None}
    known.update((word, read(word)) for word in kind.enums)
    return known.__getitem__


def _as_spoken(kind: TypeEngine[Any], dialect: Dialect) -> TypeEngine[Any]:
    return kind.dialect_impl(dialect)
