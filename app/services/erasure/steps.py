"""What may become of rows when a family is erased."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Delete, Update, delete, update
from sqlalchemy.orm import InstrumentedAttribute

from app.db import Base


@dataclass(frozen=True, slots=True)
class Gone:
    """Rows that are deleted."""

    table: type[Base]
    which: ColumnElement[bool]

    @property
    def statement(self) -> Delete:
        """Delete them."""
        return delete(self.table).where(self.which)


@dataclass(frozen=True, slots=True)
class Emptied:
    """Rows that stay, and what their columns hold then."""

    table: type[Base]
    which: ColumnElement[bool]
    values: Mapping[str, Any]

    @property
    def statement(self) -> Update:
        """Empty them."""
        return update(self.table).where(self.which).values(self.values)


@dataclass(frozen=True, slots=True)
class Untied:
    """Rows of others, which forget a row that goes."""

    column: InstrumentedAttribute[int | None]
    which: ColumnElement[bool]

    @property
    def statement(self) -> Update:
        """Untie them."""
        return update(self.column.class_).where(self.which).values({self.column.key: None})


Step = Gone | Emptied | Untied
