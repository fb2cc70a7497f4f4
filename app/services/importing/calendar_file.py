"""`vacances.csv`: holidays, and other days of the town's calendar that are not as others are."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from sqlalchemy import String
from sqlalchemy.orm import Session

from app.booking_kinds import SpanKind
from app.formats import ended, fold
from app.services.bookings.setting_up import calendar
from app.services.bookings.setting_up.calendar import Typed
from app.services.importing import fields
from app.services.importing.custody_file import Fault
from app.services.importing.fields import choice, text
from app.services.importing.tables import Column, SourceFile
from app.services.refusals import Refusal
from app.settings import settings

KINDS = {
    "vacances": SpanKind.SCHOOL, "ferie": SpanKind.PUBLIC, "pont": SpanKind.BRIDGE,
    "commune": SpanKind.TOWN,
}  # fmt: skip
# Those that the ministry draws: a file of all three is that of a town in one of them.
ZONES = ("a", "b", "c")
CALENDAR = SourceFile(
    "vacances.csv",
    key=("name", "first"),
    columns=(
        Column("nom", "name", text(100), required=True),
        Column("du", "first", fields.DAY, required=True),
        Column("au", "last", fields.DAY, required=True),
        Column("zone", "zone", text(20), counts=True),
        Column(
            "type", "kind",
            choice(
                KINDS, "écrivez VACANCES, FERIE, PONT ou COMMUNE.", String(), SpanKind.SCHOOL
            ),
            counts=True,
        ),
    ),
)  # fmt: skip


def write(session: Session, fault: Fault, rows: Iterable[Mapping[str, Any]]) -> int:
    """Write the lines of this town's zone; return how many the calendar had not."""
    said: dict[int, int] = {}
    changed = 0
    for row in rows:
        zone = fold(row["zone"]).removeprefix("zone").strip()
        if zone in ZONES and zone != settings.school_zone.lower():
            continue
        first, last = date.fromisoformat(row["first"]), date.fromisoformat(row["last"])
        told = Typed(row["kind"], first, last, row["name"])
        try:
            number, differs = calendar.put(session, told, zone.upper() if zone in ZONES else "")
        except Refusal as refusal:
            fault(CALENDAR, row, "first", ended(str(refusal)))
            continue
        changed += differs
        if said.setdefault(number, row["line"]) != row["line"]:
            words = f"ces jours sont déjà dits à la ligne {said[number]}."
            fault(CALENDAR, row, "first", words)
    return changed
