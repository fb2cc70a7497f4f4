"""One table of the portal, put back as it was before an import, by what was kept of its rows.

Three tables are beside it meanwhile: `image`, the rows as they were and as the import left them;
`touched`, those that changed since; `created`, those that the import had created.
"""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, ForeignKey, Select, Table, column, select, table, tuple_

from app.db import Base
from app.models import (
    Account,
    Family,
    FamilyChild,
    FamilyRequest,
    Guardian,
    ImportChange,
    Invoice,
    KeptOut,
)
from app.services.importing.images import columns, compared

# What is somebody's own, or follows from other columns: whatever it is now, it stays.
OWN: dict[str, frozenset[str]] = {
    Account.__tablename__: frozenset(
        {
            "password_changed_at",
            "mail_messages",
            "mail_invoices",
            "mail_requests",
            "mail_reminders",
            "invited_at",
            "invitations",
        }
    ),
    Family.__tablename__: frozenset({"folded_name"}),
}


class _OfSqlite:
    """How SQLite reads what was kept."""

    CREATE = "CREATE TEMP TABLE {} AS {}"
    IS_NOT = "IS NOT"

    def read(self, image: str, name: str) -> str:
        return f"json_extract(kept.{image}, '$.{name}')"

    def kept(self, _name: str) -> str:
        return "import_change kept"


class _OfPostgresql:
    """How PostgreSQL does: by rows of the table's own kind."""

    CREATE = "CREATE TEMP TABLE {} ON COMMIT DROP AS {}"
    IS_NOT = "IS DISTINCT FROM"

    def read(self, image: str, name: str) -> str:
        return f"row_{image}.{name}"

    def kept(self, name: str) -> str:
        rows = (
            f", json_populate_record(NULL::{name}, coalesce(kept.{image}, '{{}}')) row_{image}"
            for image in ("before", "after")
        )
        return "import_change kept" + "".join(rows)


class PuttingBack:
    """Puts one table back; each step is done to every table before the next begins."""

    def __init__(self, connection: Connection, of: Table) -> None:
        """Do it by this connection."""
        self.table = of
        self.name = of.name
        # How many rows were touched since, and how many that it created something holds.
        self.touched = self.held = 0
        self._connection = connection
        self._dialect = _OfSqlite() if connection.dialect.name == "sqlite" else _OfPostgresql()
        self._keys = [each.name for each in of.primary_key]
        self._columns = self._known_columns()

    def prepare(self) -> None:
        """Read what was kept; find what was touched since."""
        self._create("image", self._images())
        self._create("created", self._created())
        self._create("touched", self._touched())
        if self.table is Guardian.__table__:
            # The places of a family go together.
            self._write(
                f"INSERT INTO touched_{self.name} SELECT id FROM image_{self.name}"
                f" WHERE NOT is_removed AND id NOT IN (SELECT id FROM touched_{self.name})"
                f" AND family_id IN (SELECT family_id FROM {self.name}"
                f" WHERE id IN (SELECT id FROM touched_{self.name}))"
            )
        self.touched = self._count(f"touched_{self.name}")

    def insert(self) -> int:
        """Bring back the rows that the import had removed."""
        names = ", ".join(self._columns)
        standing = [self.name]
        if self.table is FamilyChild.__table__:
            standing.append(KeptOut.__tablename__)
        absent = "".join(
            f" AND NOT EXISTS (SELECT 1 FROM {name} here WHERE {self._same('image', 'here')})"
            for name in standing
        )
        return self._write(
            f"INSERT INTO {self.name} ({names}) SELECT {names} FROM image_{self.name} image"
            f" WHERE image.is_removed{absent}"
        )

    def restore_references(self) -> int:
        """Give rows back what refers to other rows, so that these may go; count the rows."""
        self._set([each.name for each in self.table.columns if each.foreign_keys])
        return self._count(f"image_{self.name}", "NOT is_removed") - self.touched

    def remove_created(self) -> int:
        """Remove what the import had created, unless something of others refers to it."""
        if self.table is Invoice.__table__:
            self._leave_requests()
        held = "".join(
            f" AND id NOT IN (SELECT {key.parent.name} FROM {key.parent.table.name}"
            f" WHERE {key.parent.name} IS NOT NULL)"
            for key in referring(self.table)
        )
        created = f"SELECT {', '.join(self._keys)} FROM created_{self.name}"
        removed = self._write(
            f"DELETE FROM {self.name} WHERE ({', '.join(self._keys)}) IN ({created}){held}"
        )
        self._write(
            f"DELETE FROM created_{self.name} WHERE NOT EXISTS (SELECT 1 FROM {self.name} here"
            f" WHERE {self._same('here', f'created_{self.name}')})"
        )
        self.held = self._count(f"created_{self.name}")
        return removed

    def restore(self) -> int:
        """Give rows back all that the import had changed; count those that stay after all."""
        before = self.touched
        if self.table is Guardian.__table__:
            self._free_places()
        if self.table is Account.__table__:
            self._leave_taken()
        self._set(self._columns)
        return self.touched - before

    def named(self, which: str, most: int) -> Iterator[dict[str, Any]]:
        """Read the rows that were touched, or that the import created and something holds."""
        own = [self.table.c[key] for key in self._keys]
        keys = table(f"{which}_{self.name}", *(column(key) for key in self._keys))
        among = (tuple_(*own) if len(own) > 1 else own[0]).in_(select(keys))
        found = self._connection.execute(select(self.table).where(among).limit(max(most, 0)))
        return (dict(row) for row in found.mappings())

    def forget(self) -> None:
        """Leave nothing of it beside the table, where the connection goes on."""
        for which in ("image", "created", "touched"):
            self._connection.exec_driver_sql(f"DROP TABLE {which}_{self.name}")

    def _leave_requests(self) -> None:
        """Let requests be about an invoice no more, as when it leaves the files."""
        self._write(
            f"UPDATE {FamilyRequest.__tablename__} SET invoice_id = NULL"
            f" WHERE invoice_id IN (SELECT id FROM created_{self.name})"
        )

    def _leave_taken(self) -> None:
        """Keep the access whole whose identifiant somebody else has now, who stays."""
        self.touched += self._write(
            f"INSERT INTO touched_{self.name} SELECT image.id FROM image_{self.name} image"
            f" JOIN {self.name} here ON here.identifier = image.identifier AND here.id <> image.id"
            f" WHERE image.id NOT IN (SELECT id FROM touched_{self.name})"
        )

    def _free_places(self) -> None:
        """Make room: two of a family may change places, and who was new has none any more."""
        self._write(
            f"UPDATE {self.name} SET rank = NULL WHERE id IN (SELECT id FROM image_{self.name}"
            f" WHERE NOT is_removed AND rank {self._dialect.IS_NOT} left_rank)"
            f" AND id NOT IN (SELECT id FROM touched_{self.name})"
        )
        self._write(
            f"UPDATE {self.name} SET rank = NULL WHERE id IN (SELECT id FROM created_{self.name})"
            f" AND family_id NOT IN (SELECT id FROM created_{Family.__tablename__})"
        )

    def _known_columns(self) -> list[str]:
        """Keep to the columns that were there at the import: the schema may have grown since."""
        told = self._connection.scalar(
            select(ImportChange.before)
            .where(ImportChange.table_name == self.name, ImportChange.before.is_not(None))
            .limit(1)
        )
        return [name for name in columns(self.table) if told is None or name in told]

    def _images(self) -> str:
        names = self._columns
        cells = [f"{self._dialect.read('before', name)} AS {name}" for name in names]
        cells += [f"{self._dialect.read('after', name)} AS left_{name}" for name in names]
        return (
            f"SELECT {', '.join(cells)}, kept.after IS NULL AS is_removed"
            f" FROM {self._dialect.kept(self.name)}"
            f" WHERE kept.table_name = '{self.name}' AND kept.before IS NOT NULL"
        )

    def _created(self) -> str:
        cells = [f"{self._dialect.read('after', key)} AS {key}" for key in self._keys]
        ours = f"kept.table_name = '{self.name}' AND kept.before IS NULL"
        one_by_one = (
            f"SELECT {', '.join(cells)} FROM {self._dialect.kept(self.name)}"
            f" WHERE {ours} AND kept.first IS NULL"
        )
        if self._keys != ["id"]:
            return one_by_one
        return (
            f"{one_by_one} UNION ALL SELECT here.id FROM import_change kept"
            # What was kept first: SQLite keeps to the order of such a join.
            f" CROSS JOIN {self.name} here WHERE {ours} AND kept.first IS NOT NULL"
            " AND here.id BETWEEN kept.first AND kept.last"
        )

    def _touched(self) -> str:
        own = OWN.get(self.name, frozenset()) | set(self._keys)
        differs = [f"here.{self._keys[0]} IS NULL"]
        differs += [
            f"{compared(self.table, f'here.{name}')} {self._dialect.IS_NOT}"
            f" {compared(self.table, f'image.left_{name}')}"
            for name in self._columns
            if name not in own
        ]
        keys = ", ".join(f"image.{key}" for key in self._keys)
        return (
            f"SELECT {keys} FROM image_{self.name} image"
            f" LEFT JOIN {self.name} here ON {self._same('image', 'here')}"
            f" WHERE NOT image.is_removed AND ({' OR '.join(differs)})"
        )

    def _set(self, names: list[str]) -> None:
        own = OWN.get(self.name, frozenset()) | set(self._keys)
        values = [f"{name} = image.{name}" for name in names if name in {*self._columns} - own]
        if values:
            keys = ", ".join(f"image.{key}" for key in self._keys)
            self._write(
                f"UPDATE {self.name} SET {', '.join(values)} FROM image_{self.name} image"
                f" WHERE {self._same('image', self.name)} AND NOT image.is_removed"
                f" AND ({keys}) NOT IN (SELECT {', '.join(self._keys)} FROM touched_{self.name})"
            )

    def _same(self, one: str, other: str) -> str:
        return " AND ".join(f"{one}.{key} = {other}.{key}" for key in self._keys)

    def _create(self, which: str, rows: str) -> None:
        self._connection.exec_driver_sql(self._dialect.CREATE.format(f"{which}_{self.name}", rows))

    def _write(self, statement: str) -> int:
        written = self._connection.exec_driver_sql(
            statement, execution_options={"preserve_rowcount": True}
        )
        return written.rowcount

    def _count(self, name: str, which: str = "1 = 1") -> int:
        counted = f"SELECT count(*) FROM {name} WHERE {which}"
        return int(self._connection.exec_driver_sql(counted).scalar_one())


def created(of: type[Base]) -> Select[Any]:
    """Select the numbers of what the import created in a table and something holds."""
    return select(table(f"created_{of.__tablename__}", column("id")).c.id)


def whose_password_went() -> Select[Any]:
    """Select the accounts whose password the import took: who chose one since is somebody else."""
    image = table(
        f"image_{Account.__tablename__}",
        column("id"), column("password_changed_at"), column("left_password_changed_at"),
    )  # fmt: skip
    return select(image.c.id).where(
        image.c.password_changed_at.is_not(None), image.c.left_password_changed_at.is_(None)
    )


def referring(to: Table) -> Iterator[ForeignKey]:
    """Return what refers to a table."""
    for each in Base.metadata.sorted_tables:
        yield from (key for key in each.foreign_keys if key.column.table is to)
