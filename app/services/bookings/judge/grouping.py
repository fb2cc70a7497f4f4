"""Which part of the children of a service a child is in: each has places of its own."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from app.formats import fold

# Whoever is in no group has the places of the service itself.
NO_GROUP, IN_NO_GROUP = 0, "Sans groupe"


class Group(NamedTuple):
    """A group, as far as that asks; schools and classes that name none take all."""

    number: int
    name: str
    capacity: int
    schools: frozenset[str] = frozenset()
    # Folded: « ps » is « PS ».
    classes: frozenset[str] = frozenset()

    @classmethod
    def of(
        cls, number: int, name: str, capacity: int, schools: Iterable[str], classes: Iterable[str]
    ) -> "Group":
        """Make one of what the town wrote."""
        return cls(number, name, capacity, frozenset(schools), frozenset(map(fold, classes)))

    def takes(self, school: str, class_name: str) -> bool:
        """Tell whether children of a school and of a class, folded, are in it."""
        is_school = not self.schools or school in self.schools
        return is_school and (not self.classes or class_name in self.classes)


def group_of(groups: Sequence[Group], school: str, class_name: str, said: int | None) -> int:
    """Find it: the one that the enrolment says, else the first that takes the child."""
    if said is not None and any(group.number == said for group in groups):
        return said
    found = (group.number for group in groups if group.takes(school, class_name))
    return next(found, NO_GROUP)
