"""What the portal keeps for a time only, and its removal.

rules        what a line of the schedule is
of_bookings  the lines of what was booked
schedule     what is kept, how long, and how its end is known; and what is the town's to keep
purging      removes what was kept long enough
"""

from app.services.retention.purging import Purged, purge, purge_by_night
from app.services.retention.rules import A_MONTH, Rule
from app.services.retention.schedule import A_YEAR, KEPT, RULES, Kept

__all__ = [
    "A_MONTH",
    "A_YEAR",
    "KEPT",
    "RULES",
    "Kept",
    "Purged",
    "Rule",
    "purge",
    "purge_by_night",
]
