"""An operator has the portal forget what it need not keep."""

from datetime import UTC, datetime, timedelta

from flask import Flask

from app import db
from app.models import Throttle


def test_purge_says_what_it_removed(app: Flask) -> None:
    """Two counters have run out; the next night there is nothing to do."""
    yesterday = datetime.now(UTC) - timedelta(days=1)
    with app.app_context(), db.transaction() as session:
        session.add_all([Throttle(key=key, expires_at=yesterday) for key in ("a", "b")])
    runner = app.test_cli_runner()
    result = runner.invoke(args=["purge"])
    assert (result.exit_code, result.output) == (0, "Effacé : 2\u00a0compteurs d’essais.\n")
    assert runner.invoke(args=["purge"]).output == "Rien à effacer.\n"
