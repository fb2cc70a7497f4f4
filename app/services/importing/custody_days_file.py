"""What homes told each other of a child: the days that one left, the weeks that one proposes."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import String
from sqlalchemy.orm import Session

from app.formats import today, town_zone
from app.models import CustodyDay, CustodyProposal
from app.services.bookings import homes
from app.services.importing import fields
from app.services.importing.child_homes import ChildHomes
from app.services.importing.custody_file import (
    CUSTODY,
    EVERY,
    PATTERNS,
    Fault,
    found,
    has_anchor,
    turns,
)
from app.services.importing.fields import choice
from app.services.importing.tables import Column, SourceFile

TWO_HOMES = 2
_OF_HOME = (
    Column("enfant_id", "child", fields.KEY, required=True),
    Column("famille_id", "family", fields.KEY, required=True),
)
_PROPOSED = {word: pattern for word, pattern in PATTERNS.items() if word != EVERY}
_WRITTEN = {column.field: column for column in CUSTODY.columns}
DAYS = SourceFile(
    "jourGarde.csv",
    key=("child", "day"),
    columns=(*_OF_HOME, Column("date", "day", fields.DAY, required=True)),
)
PROPOSALS = SourceFile(
    "propositionGarde.csv",
    key=("child",),
    columns=(
        *_OF_HOME,
        Column(
            "rythme", "pattern",
            choice(_PROPOSED, "écrivez PAIRES, IMPAIRES ou ALTERNEES.", String()),
            required=True,
        ),
        _WRITTEN["handover"],
        _WRITTEN["anchor"],
        Column("proposeLe", "proposed_on", fields.DAY, counts=True),
    ),
)  # fmt: skip


def write_days(
    session: Session,
    fault: Fault,
    children: Mapping[str, ChildHomes],
    rows: Iterable[Mapping[str, Any]],
) -> int:
    """Write whose each day is, whatever the week; return of how many the rows speak."""
    count = 0
    for row in rows:
        child = found(DAYS, row, fault, children)
        if child is None:
            continue
        family = child.families[row["family"]]
        said = homes.of_child(session, family, child.number)
        if said is None:
            fault(DAYS, row, "family", "les semaines de ce foyer manquent, dans garde.csv.")
            continue
        day = date.fromisoformat(row["day"])
        there = session.get(CustodyDay, (child.number, day))
        if said.is_here_by_turns(day):
            if there is not None:
                session.delete(there)
        else:
            session.merge(CustodyDay(child_id=child.number, day=day, family_id=family))
        count += 1
    return count


def write_proposals(
    session: Session,
    fault: Fault,
    children: Mapping[str, ChildHomes],
    rows: Iterable[Mapping[str, Any]],
) -> int:
    """Write what waits for the other home; return how many there are."""
    count = 0
    for row in rows:
        child = found(PROPOSALS, row, fault, children)
        if child is None:
            continue
        if len(child.families) != TWO_HOMES:
            fault(PROPOSALS, row, "child", "cet enfant n’a pas deux foyers.")
        elif has_anchor(PROPOSALS, row, fault):
            _propose(session, child.number, child.families[row["family"]], row)
            count += 1
    return count


def _propose(session: Session, child: int, family: int, row: Mapping[str, Any]) -> None:
    said = turns(row)
    assert said is not None
    there = session.get(CustodyProposal, child)
    if there is not None:
        if (there.family_id, there.pattern, there.handover, there.anchor) == (
            family, said.pattern, said.handover, said.anchor,
        ):  # fmt: skip
            return
        # Whoever reads another one answers it by a number of its own.
        session.delete(there)
        session.flush()
    day = date.fromisoformat(row["proposed_on"]) if row["proposed_on"] else today()
    session.add(
        CustodyProposal(
            child_id=child,
            family_id=family,
            pattern=said.pattern,
            handover=said.handover,
            anchor=said.anchor,
            proposed_at=datetime.combine(day, time.min, town_zone()),
        )
    )
    session.flush()
