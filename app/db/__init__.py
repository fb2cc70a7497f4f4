"""The database: one engine per application, one connection per application context.

Reading and writing differ. Pages read rows with statements built once at module level. Acts write
inside `transaction()`, which commits once, when its block ends. Nobody keeps a connection while
something long is done that needs none: `let_go()`.

columns     what a column may hold, and the parent of every table
engines     how each database is opened, and what is said when it is not there
sqlite      what SQLite needs to be a real database
options     how a connection is told to begin its transactions
postgresql  connections that wait for PostgreSQL no longer than they may
reading     what pages ask again and again, compiled once
bulk        many rows at once
contexts    the connection of a request, a command or a job
"""

from app.db.bulk import copy_rows, copying, set_texts
from app.db.columns import (
    CLOCKS_DIFFER,
    Base,
    Hundredths,
    TenThousandths,
    Thousandths,
    UtcDateTime,
    new_public_id,
    only,
)
from app.db.contexts import (
    EXTENSION,
    after_commit,
    engine,
    init_app,
    insert,
    let_go,
    make_way,
    page,
    rows,
    session,
    stream,
    take_time,
    transaction,
    wait_for_the_disk,
    write_now,
)
from app.db.engines import Busy, Unavailable, open_engine, unhurried
from app.db.sqlite import BUSY_TIMEOUT_MS

__all__ = [
    "BUSY_TIMEOUT_MS",
    "CLOCKS_DIFFER",
    "EXTENSION",
    "Base",
    "Busy",
    "Hundredths",
    "TenThousandths",
    "Thousandths",
    "Unavailable",
    "UtcDateTime",
    "after_commit",
    "copy_rows",
    "copying",
    "engine",
    "init_app",
    "insert",
    "let_go",
    "make_way",
    "new_public_id",
    "only",
    "open_engine",
    "page",
    "rows",
    "session",
    "set_texts",
    "stream",
    "take_time",
    "transaction",
    "unhurried",
    "wait_for_the_disk",
    "write_now",
]
