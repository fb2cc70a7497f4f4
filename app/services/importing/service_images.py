"""What files of services change in each row, kept for whoever undoes them: see `images`.

They are read under SQLite's lock, where nothing is rehearsed in copies: the tables are copied first
on both databases, and compared with what they have become.
"""

from sqlalchemy import Connection

from app.db import Base
from app.models import (
    CalendarSpan,
    Custody,
    CustodyDay,
    CustodyProposal,
    Enrolment,
    ImportChange,
    Quotient,
    Service,
    ServiceGroup,
    ServiceLink,
    Tariff,
)
from app.services.importing import images
from app.services.importing.images import OfTables, kept

# Whatever they change but days booked, closed or invoiced; those that are referred to first.
IMAGED: tuple[type[Base], ...] = (
    Service, ServiceLink, ServiceGroup, CalendarSpan, Tariff, Enrolment, Custody, CustodyDay,
    CustodyProposal, Quotient,
)  # fmt: skip
_OF_SERVICES = "run_id IN (SELECT id FROM import_run WHERE of_services)"


class _OfSqlite(OfTables):
    """Nobody else writes meanwhile."""

    OBJECT = "json_object"
    OURS = ""
    IS_NOT = "IS NOT"


def keep_aside(connection: Connection) -> None:
    """Keep what the tables hold, until the transaction ends or `keep` has compared."""
    ending = "" if connection.dialect.name == "sqlite" else " ON COMMIT DROP"
    for model in IMAGED:
        name = model.__tablename__
        connection.exec_driver_sql(
            f"CREATE TEMP TABLE {kept(name)}{ending} AS SELECT * FROM {name}"
        )
        # Without it each row is looked for among all of them, under SQLite's lock.
        keys = ", ".join(column.name for column in model.__table__.primary_key)
        connection.exec_driver_sql(f"CREATE UNIQUE INDEX {kept(name)}_key ON {kept(name)} ({keys})")


def keep(connection: Connection, run_id: int) -> None:
    """Write down what became of them; what older files left, nobody undoes any more."""
    is_sqlite = connection.dialect.name == "sqlite"
    images.gather_of(connection, IMAGED, _OfSqlite if is_sqlite else OfTables)
    images.keep(connection, run_id, _OF_SERVICES)
    if is_sqlite:
        for name in (images.IMAGES, *(kept(model.__tablename__) for model in IMAGED)):
            connection.exec_driver_sql(f"DROP TABLE {name}")


def forget(connection: Connection) -> None:
    """Let nobody undo the files of services that were read until now."""
    connection.exec_driver_sql(f"DELETE FROM {ImportChange.__tablename__} WHERE {_OF_SERVICES}")
