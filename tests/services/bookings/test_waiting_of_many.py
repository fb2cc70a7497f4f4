"""Who waits is found by an index, however much is booked: SQLite's lock is held meanwhile."""

from typing import Any

from sqlalchemy import event

from app import db
from tests.services.bookings.conftest import capacity, tick
from tests.support.people import People


def test_who_waits_is_found_by_service_and_day(town: People) -> None:
    """Pairs of them are looked for in all that is booked: nine seconds of a great town."""
    if db.engine().dialect.name != "sqlite":
        # It finds pairs by its indexes.
        return
    capacity(1)
    for person in (town.zest, town.moreau):
        tick(person, "30 cantine")
    plans: list[str] = []

    def explain(connection: Any, _cursor: object, statement: str, values: Any, *_: object) -> None:
        if (
            statement.startswith("SELECT booking.id")
            and "ORDER BY booking.waiting_since" in statement
        ):
            asked = connection.connection.cursor()
            asked.execute(f"EXPLAIN QUERY PLAN {statement}", values)
            plans.extend(row[3] for row in asked.fetchall())

    event.listen(db.engine(), "before_cursor_execute", explain)
    tick(town.zest)
    event.remove(db.engine(), "before_cursor_execute", explain)
    assert plans
    assert "SCAN booking" not in plans
