"""Whether the portal can work."""

from sqlalchemy import select

from app import db
from app.models import Account


def check() -> None:
    """Ask the database for a row; raises what an absent or an empty database raises."""
    # SQLite answers SELECT 1 without opening its file.
    db.session().execute(select(Account.id).limit(1))
