"""The town offers a canteen, run by an association, and garderies; families may book them."""

from contextlib import suppress
from pathlib import Path

from app.calendar import school_years
from app.calendar.school_years import SchoolYear
from app.formats import today
from app.services.actors import Command
from app.services.bookings.setting_up import calendar
from app.services.demonstration.coming import OPENED, evening
from app.services.demonstration.parents import at_that_hour
from app.services.importing import service_files
from app.services.refusals import Refusal
from app.settings import settings

BY = Command("démonstration")
FOLDER = "services"
# Where the invented town lies: in Isère.
ZONE, DEPARTMENT = "A", "38"


def offer(town: Path) -> None:
    """Set them up, and the calendar of this school year and of the next one."""
    this_year = school_years.of(today())
    zone, place = settings.school_zone or ZONE, settings.public_holidays or DEPARTMENT
    with at_that_hour(evening(OPENED + 1)):
        for year in (this_year, SchoolYear(this_year.start + 1)):
            # A year that no decree speaks of yet has no holidays.
            with suppress(Refusal):
                calendar.load(year, zone, place, BY)
        service_files.run(town / FOLDER, BY)
