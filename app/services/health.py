"""Whether the portal can work, for whoever watches over the server."""

import shutil
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from app import db
from app.db import schema
from app.models import Account
from app.services.files import stores
from app.services.mail import outbox
from app.settings import settings

# A mail that is due leaves within seconds.
LATE_AFTER = timedelta(minutes=5)
# Less is a disk that is full at the next import.
LEAST_FREE_BYTES = 64 << 20


class Health(StrEnum):
    """How something is, in the words that an alert shows."""

    OK = "ok"
    # It works, and somebody should look.
    LATE = "retard"
    DOWN = "panne"


def check() -> None:
    """Ask the database for a row; raises what an absent or an empty database raises."""
    # SQLite answers SELECT 1 without opening its file.
    db.session().execute(select(Account.id).limit(1))


def readiness() -> dict[str, Health]:
    """Look at everything that a visitor needs, and at the mails."""
    found = {"database": Health.DOWN, "schema": Health.DOWN, "mail": Health.DOWN}
    # What could not be asked is down as well.
    with suppress(DBAPIError):
        connection = db.session().connection()
        found["database"] = Health.OK
        found["schema"] = Health.DOWN if schema.is_old(connection) else Health.OK
        found["mail"] = _mail()
    return found | {"files": _files(), "disk": _disk()}


def overall(found: dict[str, Health]) -> Health:
    """Sum it up: one thing that is down is a portal that is not ready."""
    worst_first = (Health.DOWN, Health.LATE)
    return next((state for state in worst_first if state in found.values()), Health.OK)


def _mail() -> Health:
    due = outbox.waiting().due_at
    late = due is not None and due < datetime.now(UTC) - LATE_AFTER
    return Health.LATE if late else Health.OK


def _files() -> Health:
    try:
        return Health.OK if stores.store().is_marked() else Health.DOWN
    except OSError:
        return Health.DOWN


def _disk() -> Health:
    try:
        free = shutil.disk_usage(settings.instance).free
    except OSError:
        return Health.DOWN
    return Health.OK if free >= LEAST_FREE_BYTES else Health.DOWN
