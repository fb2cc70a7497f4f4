"""Which services are there on a day, and why the others are not."""

import pytest

from app import db
from app.models import Service, ServiceKind
from app.services.bookings.morning import served_days
from tests.services.bookings.conftest import MONDAY


@pytest.mark.usefixtures("town")
def test_a_service_of_other_days_is_not_missed_among_others() -> None:
    """The leisure centre of Wednesdays says so where it is asked for, and nowhere else."""
    with db.transaction() as session:
        session.add(
            Service(
                source_id="me", slug="mercredi", name="Centre de loisirs", weekdays=0b100,
                kind=ServiceKind.LEISURE, position=9,
            )
        )  # fmt: skip
    found = served_days.of(MONDAY, "")
    assert (found.absent, found.is_served) == ([], True)
    alone = served_days.of(MONDAY, "mercredi")
    assert alone.absent == [("Centre de loisirs", "Pas de centre de loisirs le lundi.")]
    assert not alone.is_served
