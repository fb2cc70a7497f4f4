"""What a family has booked, and what says which days it still may: five statements, however many.

A page reads it as it is; whoever saves reads it again once nobody else can change it.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from sqlalchemy import Date, and_, bindparam, exists, or_, select

from app import db
from app.calendar.months import both_ends
from app.models import (
    FAMILY,
    HOLDING,
    BookingOrigin,
    Child,
    Custody,
    Enrolment,
    FamilyChild,
    TypicalDay,
)
from app.services.bookings import catalogue, places, standing
from app.services.bookings.at_home import TURNS, turns_of
from app.services.bookings.catalogue import Catalogue
from app.services.bookings.invoicing import LATEST
from app.services.bookings.judge.custody import Turns
from app.services.bookings.judge.worlds import Cell, Enrolled, World
from app.services.bookings.places import Pool
from app.services.bookings.standing import LIVE, Booked

_FIRST, _LAST = bindparam("first", type_=Date), bindparam("last", type_=Date)

_CHILDREN = (
    select(
        Child.id,
        Child.public_id,
        Child.first_name,
        Child.last_name,
        Enrolment.service_id,
        Enrolment.first,
        Enrolment.last,
        *TURNS,
        Child.school,
        Child.class_name,
        Enrolment.group_id,
        # Asked along with them, as a page asks little.
        LATEST.label("invoiced"),
        exists(TypicalDay.family_id).where(TypicalDay.family_id == FAMILY).label("has_typical"),
    )
    .join(FamilyChild, FamilyChild.child_id == Child.id)
    .outerjoin(
        Enrolment,
        and_(
            Enrolment.child_id == Child.id,
            Enrolment.family_id == FamilyChild.family_id,
            Enrolment.first <= _LAST,
            or_(Enrolment.last.is_(None), Enrolment.last >= _FIRST),
        ),
    )
    .outerjoin(
        Custody,
        and_(Custody.child_id == Child.id, Custody.family_id == FamilyChild.family_id),
    )
    .where(FamilyChild.family_id == FAMILY)
    .order_by(Child.birth_date, Child.id, Enrolment.service_id, Enrolment.first)
)


class OfChild(NamedTuple):
    """A child of the family."""

    id: int
    public_id: str
    first_name: str
    last_name: str
    # Whose weeks are whose; None when this home has all of them.
    turns: Turns | None
    school: str = ""
    class_name: str = ""


@dataclass(frozen=True, slots=True)
class Known:
    """A family's children and their days, between two dates, as they were read."""

    family_id: int
    first: date
    last: date
    children: Mapping[int, OfChild]
    town: Catalogue
    # By child and day; the other home's too.
    booked: Mapping[Cell, Booked]
    world: World
    # Of each child at each service: where it would count.
    groups: Mapping[tuple[int, int], int]
    # The family said a typical week, of any child.
    has_typical: bool = False

    def chosen(self) -> list[Cell]:
        """List the days that the family has and chose itself."""
        return [
            cell for cell in self.world.held if self.is_live(cell) and not self.came_along(cell)
        ]

    def version(self, cell: Cell) -> int:
        """Return how many times it was changed."""
        found = self.booked.get(cell)
        return found.version if found else 0

    def is_live(self, cell: Cell) -> bool:
        """Tell whether this family has the day, or waits for it."""
        held = self.world.held.get(cell)
        return held is not None and held.state in LIVE

    def holds(self, cell: Cell) -> bool:
        """Tell whether this family has one of its places."""
        held = self.world.held.get(cell)
        return held is not None and held.state in HOLDING

    def may_have_box(self, cell: Cell) -> bool:
        """Tell whether a page of these days may have a box there."""
        enrolled = (cell.child, cell.service) in self.world.enrolments
        return enrolled and self.first <= cell.day <= self.last

    def pool(self, cell: Cell) -> Pool:
        """Name the places that a day counts in, or would."""
        found = self.booked.get(cell)
        if found is not None and found.state in HOLDING:
            return Pool(cell.service, found.group_id, cell.day)
        return Pool(cell.service, self.groups[cell.child, cell.service], cell.day)

    def along(self, cell: Cell) -> list[Cell]:
        """List what a day at a service brings, of the same day."""
        brought = sorted(self.world.links.brought_by(cell.service))
        return [cell._replace(service=service) for service in brought]

    def bringers(self, cell: Cell, but: Collection[Cell] = ()) -> list[Cell]:
        """List what the child has on that day that brings this."""
        services = self.world.links.bringing(cell.service)
        others = [cell._replace(service=service) for service in sorted(services)]
        return [each for each in others if each not in but and self.is_live(each)]

    def only_came_along(self, cell: Cell, gone: Collection[Cell]) -> bool:
        """Tell whether others brought a day, none of which is left."""
        is_ours = self.is_live(cell) and cell not in gone
        return is_ours and self.came_along(cell) and not self.bringers(cell, gone)

    def came_along(self, cell: Cell) -> bool:
        """Tell whether a day is booked because another one brought it."""
        return self.world.held[cell].origin is BookingOrigin.LINKED

    def order(self, cell: Cell) -> tuple[date, int, int]:
        """Put days in their order, children and services as pages list them."""
        children, services = list(self.children), list(self.town.services)
        return cell.day, children.index(cell.child), services.index(cell.service)


_Enrolled = dict[tuple[int, int], tuple[Enrolled, ...]]
_Read = tuple[dict[int, OfChild], _Enrolled, dict[tuple[int, int], int], date | None, bool]


def known(family_id: int, first: date, last: date, *, is_judged: bool = True) -> Known:
    """Read a family between two dates, both among them; what places are left, for who judges."""
    within = {"first": first, "last": last}
    town = catalogue.read(first, last)
    children, enrolled, said, invoiced_until, has_typical = _children(family_id, within)
    groups = {
        (each.id, service.id): service.group_of(
            each.school, each.class_name, said.get((each.id, service.id))
        )
        for each in children.values()
        for service in town.services.values()
    }
    stands = (standing.read if is_judged else standing.read_alike)(family_id, within)
    # What it chose it may give back, though its child is enrolled no more.
    for key in stands.chosen:
        enrolled.setdefault(key, ())
    turns = {each.id: each.turns for each in children.values() if each.turns}
    return Known(
        family_id=family_id,
        first=first,
        last=last,
        children=children,
        town=town,
        booked=stands.booked,
        groups=groups,
        has_typical=has_typical,
        world=World(
            services=town.bookable,
            children={each.id: each.first_name for each in children.values()},
            enrolments=enrolled,
            links=town.links,
            held=stands.ours,
            closed=town.closed({each.id: each.school for each in children.values()}),
            rooms=places.rooms(town, groups, days_between(first, last), stands.held_in)
            if is_judged
            else {},
            invoiced_until=invoiced_until,
            booked_elsewhere=frozenset(stands.elsewhere),
            days_elsewhere=frozenset(
                (child, day) for child, its in turns.items() for day in its.away(first, last)
            ),
            days_left=frozenset((child, day) for child, its in turns.items() for day in its.left()),
        ),
    )


def _children(family_id: int, within: Mapping[str, date]) -> _Read:
    """Read the children, who may book what, in which group, and what is asked beside."""
    invoiced, has_typical = None, False
    said: dict[tuple[int, int], int] = {}
    children: dict[int, OfChild] = {}
    enrolled: _Enrolled = {}
    for row in db.rows(_CHILDREN, family_id=family_id, **within):
        number, public_id, first_name, last_name, service_id, first, last = row[:7]
        turns = turns_of(row)
        found = OfChild(number, public_id, first_name, last_name, turns, row.school, row.class_name)
        children[found.id] = found
        if service_id is not None:
            key = found.id, service_id
            enrolled[key] = (*enrolled.get(key, ()), Enrolled(first, last))
            if row.group_id is not None:
                said[key] = row.group_id
        invoiced, has_typical = row.invoiced, bool(row.has_typical)
    until = both_ends(invoiced)[1] if invoiced else None
    return children, enrolled, said, until, has_typical


def days_between(first: date, last: date) -> list[date]:
    """List the days from one to the other, both among them."""
    return [first + timedelta(days=ahead) for ahead in range((last - first).days + 1)]
