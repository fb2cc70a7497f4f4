"""The imports: what became of each, what was read there, what it takes to undo the last one."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, Text, false
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base, UtcDateTime
from app.models.families import choice
from app.models.stored_files import Folder, StoredName


class ImportState(StrEnum):
    """Where an import stands: refused, dropped, imported and undone are final."""

    READING = "reading"
    REFUSED = "refused"
    PLANNED = "planned"
    IMPORTING = "importing"
    DROPPED = "dropped"
    IMPORTED = "imported"
    UNDOING = "undoing"
    UNDONE = "undone"


class ImportRun(Base):
    """An import in the history: who, when, which files, what it came to."""

    __tablename__ = "import_run"

    id: Mapped[int] = mapped_column(primary_key=True)
    # What the files were called, or how many there were.
    source: Mapped[str] = mapped_column(String(120))
    acted_by: Mapped[str] = mapped_column(String(100))
    # The same, when they are signed in: two may have one name.
    clerk_id: Mapped[int | None] = mapped_column(ForeignKey("clerk_account.id"))
    received_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    state: Mapped[ImportState] = mapped_column(choice(ImportState, "state"))
    settled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    archive_missing: Mapped[bool] = mapped_column(default=False)
    mail: Mapped[bool] = mapped_column(default=True)
    # How many accesses whoever imports says will close.
    closing: Mapped[int | None]
    created: Mapped[int] = mapped_column(default=0)
    changed: Mapped[int] = mapped_column(default=0)
    closed: Mapped[int] = mapped_column(default=0)
    mails: Mapped[int] = mapped_column(default=0)
    # When all of those mails were queued, by which they are known.
    mailed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    undone_by: Mapped[str] = mapped_column(String(100), default="", server_default="")
    # Of files of services, which are undone apart from those of families.
    of_services: Mapped[bool] = mapped_column(default=False, server_default=false())
    # Which job reads or does it.
    job_id: Mapped[int] = mapped_column(default=0)


class ImportUpload(Base):
    """What an import was given, and what was read there: names, so for a month only."""

    __tablename__ = "import_upload"

    run_id: Mapped[int] = mapped_column(ForeignKey("import_run.id"), primary_key=True)
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)
    file: Mapped[str] = mapped_column(StoredName(Folder.IMPORTS))
    # A CSV of what would change, row by row.
    changes: Mapped[str] = mapped_column(StoredName(Folder.IMPORTS), default="")
    # Of those changes: nothing else than what was read is done.
    fingerprint: Mapped[str] = mapped_column(String(64), default="")
    read_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    told: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    # What whoever imports decided of the rows that were read.
    decisions: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict, server_default="{}")
    # Why it is to be read anew.
    note: Mapped[str] = mapped_column(Text, default="")


class ImportChange(Base):
    """What the last import did to a row, as it was and as it left it; or which rows it created."""

    __tablename__ = "import_change"

    id: Mapped[int] = mapped_column(primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("import_run.id"), index=True)
    table_name: Mapped[str] = mapped_column(String(40))
    # None: the import created the row.
    before: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    # None: the import took it away. Of a created one, its number alone.
    after: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    # Of rows that were all created by it, which they are.
    first: Mapped[int | None]
    last: Mapped[int | None]
