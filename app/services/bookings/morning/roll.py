"""The children of a list, class by class, as a paper names them."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING, NamedTuple

from app.booking_kinds import BookingState
from app.formats import NBSP, fold

if TYPE_CHECKING:
    from app.services.bookings.morning.day_list import DayList, Line

BOOKED = BookingState.BOOKED
BY_SCHOOL, BY_CLASS = attrgetter("school"), attrgetter("class_name")


class Said(NamedTuple):
    """What a list says of a child beside its name: of most children of a service the same."""

    # Counted among those who come.
    comes: bool = True
    # Where else the child is that day; all that it comes to, on the list of all services.
    stays: str = ""
    # What its health asks, in words.
    health: str = ""
    # What was noted; at which service, where several are read.
    noted: str = ""
    # What is not as usual; of which service, when it is not so of all.
    remarks: str = ""


class SchoolClass(NamedTuple):
    """The children of a class: the name of each, and what is said beside it."""

    name: str
    children: Sequence[tuple[str, Said]]


class School(NamedTuple):
    """Those of a school, class by class."""

    name: str
    classes: Sequence[SchoolClass]

    @property
    def coming(self) -> int:
        """Count who comes."""
        return sum(said.comes for each in self.classes for _, said in each.children)


def of(found: "DayList") -> list[School]:
    """List them, once each."""
    if found.beside is None:
        asked: dict[int, list[Line]] = {}
        for line in found.lines:
            asked.setdefault(line.child_id, []).append(line)
        lines = by_class(first for first, *_ in asked.values())
        told = {child: _of_several(its) for child, its in asked.items()}
    else:
        lines, told = found.lines, _of_one(found, found.beside)
    return [
        School(
            school,
            [
                SchoolClass(
                    name,
                    [(f"{each.last_name} {each.first_name}", told[each.child_id]) for each in its],
                )
                for name, its in groupby(of_school, BY_CLASS)
            ],
        )
        for school, of_school in groupby(lines, BY_SCHOOL)
    ]


def by_class(lines: Iterable["Line"]) -> list["Line"]:
    """Put children in the order of papers, which no database sorts names in."""
    classes: dict[tuple[str, str], list[Line]] = {}
    for line in lines:
        classes.setdefault((line.school, line.class_name), []).append(line)
    folded = _Folded()

    def order(line: "Line") -> tuple[str, str, int]:
        return folded[line.last_name], folded[line.first_name], line.child_id

    return [line for each in sorted(classes) for line in sorted(classes[each], key=order)]


class _Folded(dict[str, str]):
    """Names as they are compared, each folded once."""

    def __missing__(self, name: str) -> str:
        found = self[name] = fold(name)
        return found


class _Usual(dict[str, Said]):
    """What is said of those who only differ by where else they are."""

    def __missing__(self, stays: str) -> Said:
        found = self[stays] = Said(stays=stays)
        return found


def _of_one(found: "DayList", beside: Mapping[int, str]) -> dict[int, Said]:
    """Say it on the list of one service, of which each child has a line."""
    usual = _Usual()
    told = {}
    for line in found.lines:
        child, stays = line.child_id, beside.get(line.child_id, "")
        if line.is_usual and child not in found.health:
            told[child] = usual[stays]
        else:
            comes, asks = line.state is BOOKED, ", ".join(found.said(line))
            told[child] = Said(comes, stays, asks, line.noted, line.remark)
    return told


def _of_several(lines: Sequence["Line"]) -> Said:
    """Say it on the list of all of them, which tells nothing of health."""
    return Said(
        comes=any(line.state is BOOKED for line in lines),
        stays=", ".join(line.stays for line in lines),
        noted=_noted(lines),
        remarks=_remarks(lines),
    )


def _noted(lines: Sequence["Line"]) -> str:
    if len(lines) == 1:
        return lines[0].noted
    told = [
        f"{line.short_name or line.service}{NBSP}: {noted}"
        for line in lines
        if (noted := line.noted)
    ]
    return ", ".join(told)


def _remarks(lines: Sequence["Line"]) -> str:
    said = {line.remark for line in lines}
    if len(said) == 1:
        return said.pop()
    told = [f"{line.service}{NBSP}: {line.remark.lower()}" for line in lines if line.remark]
    return ", ".join(told)
