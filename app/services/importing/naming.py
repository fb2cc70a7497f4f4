"""Whose family a fault is about: the number and the name that the town's software knows it by.

A secretary corrects there, where a line of a file says nothing.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, func, select

from app.models import Child, Family, FamilyChild, Guardian, Invoice
from app.services.importing.faults import Fault, Faults
from app.services.importing.merging import GivenRows
from app.services.importing.staging import Staging
from app.services.importing.tables import (
    ALL,
    CHILDREN,
    FAMILIES,
    INVOICES,
    LINES,
    LINKS,
    SourceFile,
)

FILES = {file.name: file for file in ALL}


class Naming:
    """Names the families of faults, from the files and from what the portal knows."""

    def __init__(self, connection: Connection, staging: Staging) -> None:
        """Look into these temporary tables."""
        self._connection = connection
        self._staging = staging

    def name(self, faults: Faults) -> None:
        """Name the family of each kept fault that has one line, where its row leads to one."""
        lines: defaultdict[SourceFile, set[int]] = defaultdict(set)
        for fault in faults.kept:
            if fault.file in FILES and fault.line and not fault.others:
                lines[FILES[fault.file]].add(fault.line)
        names = {file: self._names(file, wanted) for file, wanted in lines.items()}
        # What rows that were left out say of themselves.
        titles = self._titles({fault.family for fault in faults.kept if fault.family})
        faults.kept = [
            replace(fault, family=self._found(fault, names) or titles.get(fault.family, ""))
            for fault in faults.kept
        ]

    @staticmethod
    def _found(fault: Fault, names: dict[SourceFile, dict[int, str]]) -> str:
        if fault.others or fault.file not in FILES:
            return ""
        return names.get(FILES[fault.file], {}).get(fault.line or 0, "")

    def _names(self, file: SourceFile, lines: Iterable[int]) -> dict[int, str]:
        rows = self._staging[file].table
        if file is FAMILIES:
            found = select(rows.c.line, rows.c.source_id, rows.c.number, rows.c.last_name_1)
            return {
                line: _title(number or key, name)
                for line, key, number, name in self._rows(found.where(rows.c.line.in_(lines)))
            }
        leading = self._leading(file).where(rows.c.line.in_(lines))
        keys: dict[int, str] = dict(self._rows(leading))
        names = self._titles({key for key in keys.values() if key})
        return {line: names.get(key, "") for line, key in keys.items()}

    def _leading(self, file: SourceFile) -> GivenRows:
        """Select the lines of a file with the id of their family."""
        rows = self._staging[file].table
        ways: dict[SourceFile, Callable[[], GivenRows]] = {
            LINES: self._of_lines,
            CHILDREN: self._of_children,
        }
        return ways[file]() if file in ways else select(rows.c.line, rows.c.family)

    def _of_lines(self) -> GivenRows:
        rows, invoices = self._staging[LINES].table, self._staging[INVOICES].table
        return (
            select(rows.c.line, func.coalesce(invoices.c.family, Family.source_id))
            .outerjoin(invoices, invoices.c.source_id == rows.c.invoice)
            .outerjoin(Invoice, Invoice.source_id == rows.c.invoice)
            .outerjoin(Family, Family.id == Invoice.family_id)
        )

    def _of_children(self) -> GivenRows:
        """Name one family of a child: the town's software finds the child there."""
        rows, links = self._staging[CHILDREN].table, self._staging[LINKS].table
        known = (
            select(func.min(Family.source_id))
            .join(FamilyChild, FamilyChild.family_id == Family.id)
            .join(Child, Child.id == FamilyChild.child_id)
            .where(Child.source_id == rows.c.source_id)
        )
        given = select(func.min(links.c.family)).where(links.c.child == rows.c.source_id)
        return select(rows.c.line, func.coalesce(given.scalar_subquery(), known.scalar_subquery()))

    def _titles(self, keys: set[str]) -> dict[str, str]:
        rows = self._staging[FAMILIES].table
        known = (
            select(Family.source_id, Family.number, Guardian.last_name)
            .outerjoin(Guardian, (Guardian.family_id == Family.id) & (Guardian.rank == 1))
            .where(Family.source_id.in_(keys))
        )
        given = select(rows.c.source_id, rows.c.number, rows.c.last_name_1).where(
            rows.c.source_id.in_(keys)
        )
        return {
            key: _title(number or key, name)
            for statement in (known, given)
            for key, number, name in self._rows(statement)
        }

    def _rows(self, statement: GivenRows) -> Iterable[tuple[Any, ...]]:
        return (tuple(row) for row in self._connection.execute(statement))


def _title(number: str | None, name: str | None) -> str:
    """Write 3816231 (GARNIER), or as much of it as there is."""
    return " ".join(filter(None, (number, f"({name})" if name else "")))
