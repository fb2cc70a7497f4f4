"""Someone tries the canteen and the garderie of an invented town."""

from flask import Flask

from app.booking_kinds import LinkKind
from app.formats import today
from app.services.bookings.setting_up import reading
from tests.cli.test_demo import launch


def test_the_canteen_is_run_by_an_association_and_brings_the_midday(app: Flask) -> None:
    """As the guides of parents say: whoever eats there is at the midday garderie too."""
    launch(app)
    with app.app_context():
        services = {each.slug: each for each in reading.listed(today())}
        canteen, midday = services["cantine"], services["garderie-de-midi"]
        assert "Association" in canteen.described.operator
        assert canteen.others == {LinkKind.BRINGS: frozenset({midday.number})}
        assert {"garderie-du-matin", "garderie-du-soir"} <= services.keys()
        assert canteen.enrolled > 10
        assert any(reading.coming(reading.agenda(canteen.described, 0, today()), today()))
