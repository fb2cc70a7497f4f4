"""Words of the import format, for what they are of in the portal."""

from collections.abc import Mapping
from typing import Any

from app.booking_kinds import (
    BookingState,
    CustodyPattern,
    Late,
    ServiceKind,
    ServiceMode,
    SpanKind,
    Waiting,
)
from app.services.bookings.month_end.month_files import STATES
from app.services.exporting.writing import plain

_WORDS: Mapping[Any, str] = {
    ServiceKind.CANTEEN: "CANTINE", ServiceKind.GARDERIE: "GARDERIE", ServiceKind.MIDDAY: "MIDI",
    ServiceKind.LEISURE: "LOISIRS", ServiceKind.OTHER: "AUTRE",
    ServiceMode.DAYS: "JOURS", ServiceMode.REQUEST: "DEMANDE",
    ServiceMode.ATTENDANCE_ONLY: "POINTAGE",
    Waiting.NONE: "NON", Waiting.AUTOMATIC: "AUTOMATIQUE", Waiting.OFFER: "PROPOSITION",
    Late.REFUSE: "REFUS", Late.SURCHARGE: "MAJORATION", Late.REQUEST: "DEMANDE",
    SpanKind.SCHOOL: "VACANCES", SpanKind.PUBLIC: "FERIE", SpanKind.BRIDGE: "PONT",
    SpanKind.TOWN: "COMMUNE",
    CustodyPattern.ISO_EVEN: "PAIRES", CustodyPattern.ISO_ODD: "IMPAIRES",
    CustodyPattern.ALTERNATE: "ALTERNEES",
    **STATES,
    # Whoever reads it again knows no hour to answer by.
    BookingState.OFFERED: "ATTENTE",
    True: "OUI", False: "NON",
}  # fmt: skip
_KINDS = (
    ServiceKind, ServiceMode, Waiting, Late, SpanKind, CustodyPattern, BookingState,
)  # fmt: skip


def cell(value: Any) -> str:
    """Write a word of the format, or a value as it is; 1 is no OUI."""
    is_word = isinstance(value, (bool, *_KINDS))
    return _WORDS[value] if is_word else plain(value)
