"""A limit put together from three lists, or written; and an hour as people type it."""

import re
from datetime import UTC, date, datetime, time
from typing import NamedTuple

from app.formats import NBSP, WEEKDAYS, fold, town_zone
from app.services.bookings.judge import notation
from app.services.bookings.setting_up import services
from app.services.refusals import Reason, Refusal

_HOUR = re.compile(r"(\d{1,2}) ?[h:] ?(\d{2})?", re.ASCII)
WRITTEN = "ecrite"
# What is chosen first: how long before, and counted how; « S » wants a day of the week as well.
WHEN = {
    notation.NEVER: "Jamais",
    "J-0": "Le jour même",
    "J-1": "La veille",
    **{f"J-{count}": f"{count}{NBSP}jours avant" for count in (2, 3, 4, 5, 7, 8, 10, 15)},
    "J-1 ouvrés": f"1{NBSP}jour ouvré avant",
    **{f"J-{count} ouvrés": f"{count}{NBSP}jours ouvrés avant" for count in (2, 3, 5)},
    "J-1 ouverture": "Le jour d’ouverture précédent",
    "J-2 ouverture": f"2{NBSP}jours d’ouverture avant",
    "S-1": "La semaine d’avant, le…",
    "S-2": f"2{NBSP}semaines avant, le…",
    "P-8": f"8{NBSP}jours avant les vacances, ou la période",
    "P-15": f"15{NBSP}jours avant les vacances, ou la période",
    WRITTEN: "Autre, écrite ci-dessous",
}
_MINUTES = (*range(6 * 60, 23 * 60 + 1, 30), services.END_OF_DAY)
HOURS = {
    notation.clock(minute): "minuit"
    if minute == services.END_OF_DAY
    else f"{minute // 60}{NBSP}h" + (f"{NBSP}{minute % 60:02}" if minute % 60 else "")
    for minute in _MINUTES
}
MIDNIGHT = "24:00 est la fin du jour\u00a0: pour ouvrir à minuit, laissez l’heure vide"
NO_RULE = "Écrivez la limite, ou choisissez-la dans la liste."
TWO_RULES = "Videz la ligne, ou choisissez «\u00a0Autre, écrite ci-dessous\u00a0»."
_TAKEN_APART = re.compile(rf"(.+?)(?: ({'|'.join(WEEKDAYS)}))? (\d\d:\d\d)")


class Parts(NamedTuple):
    """What is chosen in the three lists, and what is written beside them."""

    when: str = ""
    weekday: str = WEEKDAYS[3]
    hour: str = "24:00"
    written: str = ""


def opening(typed_day: date | None, typed_hour: str) -> datetime | None:
    """Make the instant from which one may book; none without a day. Raises Refusal."""
    if typed_day is None:
        return None
    hours, minutes = divmod(minute(typed_hour) or 0, 60)
    if hours * 60 == services.END_OF_DAY:
        raise Refusal(Reason.UNFIT, MIDNIGHT)
    return datetime.combine(typed_day, time(hours, minutes), town_zone()).astimezone(UTC)


def opening_apart(opens_at: datetime | None) -> tuple[str, str]:
    """Write its day as a browser takes it, and its hour."""
    if opens_at is None:
        return "", ""
    local = opens_at.astimezone(town_zone())
    return local.date().isoformat(), hour(local.hour * 60 + local.minute)


def put_together(parts: Parts) -> str:
    """Make a rule; an empty one when nothing was chosen. Raises Refusal for what is none."""
    if parts.when == WRITTEN:
        if not parts.written:
            raise Refusal(Reason.MISSING, NO_RULE)
        return services.canonical(parts.written)
    if parts.written:
        raise Refusal(Reason.AMBIGUOUS, TWO_RULES)
    if parts.when in {"", notation.NEVER}:
        return parts.when
    weekday = f" {parts.weekday}" if parts.when.startswith("S") else ""
    return services.canonical(f"{parts.when}{weekday} {parts.hour}")


def taken_apart(rule: str) -> Parts:
    """Find what to choose for a rule; what no list has is written."""
    if rule in {"", notation.NEVER}:
        return Parts(when=rule)
    found = _TAKEN_APART.fullmatch(rule)
    if found and found[1] in WHEN and found[3] in HOURS:
        return Parts(found[1], found[2] or Parts().weekday, found[3])
    return Parts(when=WRITTEN, written=rule)


def minute(typed: str) -> int | None:
    """Read 11:30, 11h30 or 16 h; None for nothing. Raises Refusal for what is no hour."""
    if not typed.strip():
        return None
    found = _HOUR.fullmatch(fold(typed))
    read = int(found[1]) * 60 + int(found[2] or 0) if found else services.END_OF_DAY + 1
    if read > services.END_OF_DAY or (found and int(found[2] or 0) > 59):  # noqa: PLR2004
        raise Refusal(Reason.UNFIT, "écrivez une heure, comme 11:30 ou 16\u00a0h\u00a030")
    return read


def hour(read: int | None) -> str:
    """Write an hour as one types it."""
    return "" if read is None else notation.clock(read)
