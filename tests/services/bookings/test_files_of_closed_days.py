"""`reservation.csv` names a day that is closed, but not for everybody nor by its own service."""

from pathlib import Path

from tests.services.bookings.conftest import states
from tests.services.bookings.test_taking_over import run
from tests.support.people import People

CLOSED = """du;au;motif;service_id;ecole
03/12/2026;03/12/2026;Travaux;cantine;École du Bourg
04/12/2026;04/12/2026;Panne;midi;"""


def test_a_file_books_nothing_where_a_child_could_not(town: People, tmp_path: Path) -> None:
    """Closed for the school of the child alone, or without the midday hour of the meal."""
    run(tmp_path, fermeture=CLOSED)
    done = run(tmp_path, "e1;cantine;03/12/2026", "e1;cantine;04/12/2026")
    assert [each.endswith("n’est pas ouvert ce jour-là") for each in done.left] == [True, True]
    assert states(town.zest) == {}
