"""Who comes on a day to a service, and where else those children are."""

from app.services.bookings.morning import day_list
from tests.services.bookings.conftest import MONDAY, tick
from tests.support.people import People


def test_where_else_the_children_of_a_service_are(town: People) -> None:
    """Told of each child, whichever the database, and counted for each service."""
    tick(town.zest, "30 cantine")
    tick(town.ines, "30 garderie-de-midi")
    found = day_list.of_known(MONDAY, "garderie-de-midi", with_health=True)
    told = {
        name: said.stays
        for school in found.schools()
        for of_class in school.classes
        for name, said in of_class.children
    }
    assert sorted(told.values()) == ["", "Cantine"]
    assert dict(found.coming_to) == {"cantine": 1, "garderie-de-midi": 2}
