"""Which children are in which group, counted: what a misspelt class leaves out is seen at once."""

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import Date, bindparam, func, select

from app import db
from app.formats import fold, today
from app.models import Child, Enrolment
from app.services.bookings.groups.service_groups import Shown
from app.services.bookings.judge.grouping import NO_GROUP, Group, group_of

_ENROLLED = (
    select(
        Child.school,
        Child.class_name,
        Enrolment.group_id,
        func.count(Child.id.distinct()).label("children"),
    )
    .join(Enrolment, Enrolment.child_id == Child.id)
    .where(
        Enrolment.service_id == bindparam("service_id"),
        func.coalesce(Enrolment.last, bindparam("today", type_=Date))
        >= bindparam("today", type_=Date),
    )
    .group_by(Child.school, Child.class_name, Enrolment.group_id)
    .order_by(Child.school, Child.class_name)
)


class Outside(NamedTuple):
    """Children whom no group takes, of one class of one school."""

    school: str
    class_name: str
    children: int


class Members(NamedTuple):
    """How many of those enrolled each group takes, by its number."""

    children: Counter[int]
    outside: Sequence[Outside]
    # By group, the classes that it names and that none of them is in.
    empty_classes: dict[int, list[str]]
    # As the children's files write them.
    classes: Sequence[str]


def members(service_id: int, groups: Sequence[Shown]) -> Members:
    """Count them: one statement."""
    judged = [
        Group.of(each.number, each.name, each.capacity, each.schools, each.classes)
        for each in groups
    ]
    children: Counter[int] = Counter()
    outside: list[Outside] = []
    classes: dict[str, str] = {}
    for row in db.rows(_ENROLLED, service_id=service_id, today=today()):
        folded = fold(row.class_name)
        classes.setdefault(folded, row.class_name)
        number = group_of(judged, row.school, folded, row.group_id)
        children[number] += row.children
        if number == NO_GROUP:
            outside.append(Outside(row.school, row.class_name, row.children))
    empty = {
        each.number: [name for name in each.classes if classes and fold(name) not in classes]
        for each in groups
    }
    known = sorted(filter(None, classes.values()), key=fold)
    return Members(children, outside, empty, known)
