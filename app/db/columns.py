"""What a column may hold, and the parent of every table."""

import secrets
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, ClassVar

from sqlalchemy import BigInteger, DateTime, Dialect, MetaData, TypeDecorator, text
from sqlalchemy.orm import DeclarativeBase

# By how much the clocks of two machines may differ. A moment that was kept and lies further ahead
# than it may be was written by a clock that was wrong.
CLOCKS_DIFFER = timedelta(minutes=1)


class Base(DeclarativeBase):
    """Parent of every table; constraints get predictable names, which migrations need."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class UtcDateTime(TypeDecorator[datetime]):
    """An aware instant, kept in UTC on databases that know no time zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse naive instants: nobody can tell what hour they mean."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"an instant needs a time zone: {value!r}")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def bind_processor(self, dialect: Dialect) -> Callable[[Any], Any] | None:
        """Have Python write an instant for SQLite whole: SQLAlchemy puts its parts together."""
        if dialect.name != "sqlite":
            return super().bind_processor(dialect)

        def write(value: datetime | None) -> str | None:
            instant = self.process_bind_param(value, dialect)
            return None if instant is None else instant.isoformat(" ", "microseconds")

        return write

    def process_result_value(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        """Give the instant back in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Hundredths(TypeDecorator[Decimal]):
    """An exact number with two decimals, such as euros, kept as a whole number of hundredths."""

    impl = BigInteger
    cache_ok = True
    decimals: ClassVar[int] = 2

    def process_bind_param(self, value: Decimal | None, _dialect: Dialect) -> int | None:
        """Refuse what these decimals cannot hold, rather than round somebody's money."""
        if value is None:
            return None
        scaled = value.scaleb(self.decimals)
        if scaled != scaled.to_integral_value():
            raise ValueError(f"{value} has more than {self.decimals} decimals")
        return int(scaled)

    def process_result_value(
        self, value: int | Decimal | None, _dialect: Dialect
    ) -> Decimal | None:
        """Give the number back with its decimals (PostgreSQL sums integers to numeric)."""
        return None if value is None else Decimal(int(value)).scaleb(-self.decimals)


class Thousandths(Hundredths):
    """The same with three decimals: a quantity, such as an eighth of an hour."""

    cache_ok = True
    decimals = 3


class TenThousandths(Hundredths):
    """The same with four decimals: a unit price, such as a rate of effort makes it."""

    cache_ok = True
    decimals = 4


def new_public_id() -> str:
    """Make the opaque name by which a URL designates a row."""
    return secrets.token_hex(8)


def only(condition: str) -> dict[str, Any]:
    """Tell an index which rows it holds, on both databases.

    An option of PostgreSQL's would load all that SQLAlchemy knows of it, 2 MB of a process that may
    serve a town of SQLite: migrations/env.py gives it to those who compare schemas.
    """
    return {"sqlite_where": text(condition)}
