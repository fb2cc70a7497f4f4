"""« Chiffres » in its states: what was counted, and a year of which nothing was."""

from collections.abc import Iterator

from app.formats import today
from app.services.town_hall.statistics import periods
from tests.support.browser import Browser, Page

Screens = Iterator[tuple[str, Page]]


def statistics_screens(office: Browser) -> Screens:
    """Go through them as somebody who may do everything."""
    yield "statistics", office.get("town_hall.statistics")
    last_year = periods.offered(today())[-1].key
    yield "statistics, last year", office.visit(f"/mairie/chiffres?periode={last_year}")
