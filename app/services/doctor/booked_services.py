"""The services that families book: places that are counted right, a calendar that goes far enough.

A town that offers none has nothing to see to.
"""

from collections.abc import Iterator

from sqlalchemy import func, select

from app import db
from app.formats import day, plural
from app.models import Service
from app.services.bookings import recounting
from app.services.bookings.setting_up import calendar
from app.services.doctor.findings import Finding, broken, fine, look
from app.services.refusals import Refusal

_OFFERED = select(func.count(Service.id)).where(Service.archived_at.is_(None))


def check() -> Iterator[Finding]:
    """Count the places again, and see how far the holidays are known."""
    [(offered,)] = db.rows(_OFFERED)
    if not offered:
        yield fine("aucun service ne se réserve")
        return
    wrong = recounting.differences()
    if wrong:
        first = f"{wrong[0].service}, {day(wrong[0].day)}"
        yield broken(
            f"{plural(len(wrong), 'compte de places faux', 'comptes de places faux')} ({first}…)",
            "flask reservations controler --corriger",
        )
    try:
        until = calendar.check()
    except Refusal as refusal:
        yield look(str(refusal), "flask calendrier charger ANNÉE")
        return
    if not wrong:
        yield fine(f"{plural(offered, 'service')}, vacances connues jusqu’au {day(until)}")
