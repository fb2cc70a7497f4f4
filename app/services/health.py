"""Whether the portal can work."""

from sqlalchemy import select

from app import db


def check() -> None:
    """Ask the database something; raises what an absent database raises."""
    db.session().execute(select(1))
