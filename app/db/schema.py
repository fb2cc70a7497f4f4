"""Which schema the database has, and which one this code expects."""

from functools import cache

from sqlalchemy import Connection, inspect, text

from app.bundled import bundled


@cache
def newest() -> str:
    """Return the revision that the code expects: asking Alembic would take a second."""
    # The name of a migration begins with its revision.
    files = (bundled("migrations") / "versions").glob("[0-9]*_*.py")
    return max(path.name.partition("_")[0] for path in files)


def revision(connection: Connection) -> str:
    """Return the revision of the database; an empty one is older than all."""
    if not inspect(connection).has_table("alembic_version"):
        return ""
    return connection.scalar(text("SELECT version_num FROM alembic_version")) or ""


def is_old(connection: Connection) -> bool:
    """Tell whether the database is of a version before.

    A newer one is no fault: while a new version is put in place, the former still serves.
    """
    return revision(connection) < newest()
