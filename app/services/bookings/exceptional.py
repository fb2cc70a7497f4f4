"""A place past the limit, asked for: what the request to the town hall begins with."""

from app.formats import NBSP, day_in_full
from app.services.bookings import reading, weeks
from app.services.bookings.wishes import cell_of, day_of
from app.services.refusals import Refusal


def words(family_id: int, name: str) -> str:
    """Name the day, the service and the child of a box; nothing for what is none of the family."""
    day = day_of(name)
    if not weeks.is_near(day):
        return ""
    known = reading.known(family_id, day, day)
    try:
        cell = cell_of(known, name)
    except Refusal:
        return ""
    child, service = known.children[cell.child], known.town.services[cell.service]
    when = day_in_full(day)
    return f"Place exceptionnelle{NBSP}: {service.name}, {when}, {child.first_name}. Raison{NBSP}: "
