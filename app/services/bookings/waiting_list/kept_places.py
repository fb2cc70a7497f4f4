"""The places that are kept for a family until it answers: what for, until when."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any, NamedTuple

from sqlalchemy import Date, bindparam, select

from app import db
from app.booking_kinds import BookingState
from app.formats import today, town_zone
from app.models import FAMILY, Booking, Child, Service
from app.services.actors import CurrentAccount
from app.services.bookings import catalogue, saving
from app.services.bookings.judge import spoken
from app.services.bookings.judge.worlds import Cell
from app.services.bookings.saving import Saved
from app.services.bookings.wishes import Boxes
from app.services.refusals import Reason, Refusal

ANSWERED = "Cette place n’est plus gardée pour vous\u00a0: quelqu’un a répondu, ou c’est trop tard."

# Wider than statements are typed.
_KEPT: Any = (
    select(
        Booking.child_id,
        Booking.service_id,
        Booking.day,
        Booking.version,
        Booking.offer_until,
        Child.public_id,
        Child.first_name,
        Service.slug,
        Service.name,
    )
    .join(Child, Child.id == Booking.child_id)
    .join(Service, Service.id == Booking.service_id)
    .where(
        Booking.family_id == FAMILY,
        Booking.state == BookingState.OFFERED,
        Booking.day >= bindparam("today", type_=Date),
    )
    .order_by(Booking.day, Child.birth_date, Child.id, Service.position, Service.id)
)


class Kept(NamedTuple):
    """A child's day that waits for an answer, with what comes along."""

    day: date
    child: str
    services: Sequence[str]
    # Of its box, and the version that it stands at.
    name: str
    version: int
    until: str


def of_family(family_id: int) -> list[Kept]:
    """List them, the next day first."""
    found: Any = db.rows(_KEPT, family_id=family_id, today=today())
    rows = {Cell(row.child_id, row.service_id, row.day): row for row in found}
    if not rows:
        return []
    days = [cell.day for cell in rows]
    links = catalogue.read(min(days), max(days)).links
    kept = []
    for cell, row in rows.items():
        if any(cell._replace(service=each) in rows for each in links.bringing(cell.service)):
            continue
        along = [
            rows[other].name
            for each in sorted(links.brought_by(cell.service))
            if (other := cell._replace(service=each)) in rows
        ]
        kept.append(
            Kept(
                day=row.day,
                child=row.first_name,
                services=[row.name, *along],
                name=f"{row.public_id}.{row.slug}.{row.day.isoformat()}",
                version=row.version,
                until=spoken.limit(row.offer_until, town_zone()),
            )
        )
    return kept


def answer(account: CurrentAccount, boxes: Boxes, key: str) -> Saved:
    """Take the place whose box is ticked, or leave the one whose box is not.

    Raises Refusal for one that is not kept any more.
    """
    asked = [each for each in of_family(account.family_id) if each.name in boxes.seen]
    if len(asked) != 1 or boxes.seen.keys() != {asked[0].name}:
        raise Refusal(Reason.CLOSED, ANSWERED)
    return saving.save(account, (asked[0].day, asked[0].day), boxes, key, datetime.now(UTC))
