"""What families ask, how many have their answer by the day that was promised, and after how long.

A request is of the month when it was sent. It is on time when it is closed by the promised day,
late when it is closed later or still waits for the town hall after that day; one that may yet be
on time, or that the family took back, is neither.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    bindparam,
    case,
    cast,
    extract,
    func,
    select,
)
from sqlalchemy.orm import InstrumentedAttribute

from app import db
from app.memo import kept
from app.models import FamilyRequest, RequestEvent, RequestEventKind
from app.models.requests import WAIT_FOR_TOWN
from app.services.requests.kinds import BY_KEY
from app.services.town_hall.long_lists import moment
from app.services.town_hall.measures import middle_of_many, percent_of_many
from app.services.town_hall.statistics.periods import Period, Span
from app.services.town_hall.statistics.tables import Column, Row, Table, Unit, since_something

A_DAY = timedelta(days=1)
SECONDS_A_DAY = 86_400
COLUMNS = (
    Column("Reçues"),
    Column("À temps", Unit.PERCENT, drawn=True),
    Column("Délai médian", Unit.DAYS),
)
ABOUT = (
    "Les demandes des familles, au mois de leur envoi. À temps\u00a0: closes au plus tard le jour "
    "promis\u00a0; celles qui attendent encore la mairie ensuite comptent en retard. Délai\u00a0: "
    "de l’envoi à la réponse, en jours du calendrier."
)
BY_KIND = "Les mêmes, par sorte."
_CLOSED = (RequestEventKind.ACCEPTED, RequestEventKind.REFUSED)


def _day(moment_: InstrumentedAttribute[datetime]) -> ColumnElement[int]:
    """Number the day of a moment, where the town is; whole numbers, which both databases have."""
    seconds = cast(extract("epoch", moment_), BigInteger) + bindparam("east", type_=BigInteger)
    return seconds // SECONDS_A_DAY


_PROMISED = cast(extract("epoch", FamilyRequest.expected_on), BigInteger) // SECONDS_A_DAY
_ANSWERED = _day(RequestEvent.at)
_DELAY = _ANSWERED - _day(FamilyRequest.sent_at)
_IS_ON_TIME = case(
    (RequestEvent.id.is_not(None), case((_ANSWERED <= _PROMISED, 1), else_=0)),
    (
        FamilyRequest.state.in_(WAIT_FOR_TOWN)
        & (FamilyRequest.expected_on < bindparam("today")),
        0,
    ),
)  # fmt: skip


class _Alike(NamedTuple):
    """Requests of a month and a kind that fared alike."""

    month: int
    kind: str
    # In days; None while there is no answer.
    delay: int | None
    # None while nobody can tell.
    on_time: int | None
    many: int


def by_month_and_kind(period: Period) -> list[Table]:
    """Tell it of each month, then of each kind."""
    months = period.months
    found = _found(period, months)
    by_month = [
        _row(each.label, (one for one in found if one.month == number))
        for number, each in enumerate(months)
    ]
    kinds = Counter({each.kind: 0 for each in found})
    for each in found:
        kinds[each.kind] += each.many
    by_kind = [
        _row(BY_KEY[kind].label, (one for one in found if one.kind == kind))
        for kind, _ in kinds.most_common()
    ]
    return [
        Table("demandes", "Demandes", ABOUT, "Mois", COLUMNS, since_something(by_month)),
        Table("sortes", "Demandes par sorte", BY_KIND, "Sorte", COLUMNS, by_kind),
    ]


def _found(period: Period, months: Sequence[Span]) -> list[_Alike]:
    bounds = {f"month{number}": each.until for number, each in enumerate(months)}
    east = months[-1].since.utcoffset() or timedelta()
    values = {
        "since": months[0].since,
        "until": months[-1].until,
        "today": period.today,
        "east": int(east.total_seconds()),
    }
    found: Sequence[Any] = db.rows(_grouped(len(months)), **bounds, **values)
    return [_Alike(*row) for row in found]


@kept(most=16)
def _grouped(months: int) -> Select[Any]:
    """Count those that fared alike: some hundreds of groups, however many requests."""
    bounds = [(FamilyRequest.sent_at < moment(f"month{each}"), each) for each in range(months)]
    groups: list[ColumnElement[Any]] = [
        case(*bounds),
        FamilyRequest.kind.expression,
        _DELAY,
        _IS_ON_TIME,
    ]
    named = [each.label(f"group{number}") for number, each in enumerate(groups)]
    found = (
        select(*named)
        .select_from(FamilyRequest)
        .outerjoin(
            RequestEvent,
            (RequestEvent.request_id == FamilyRequest.id)
            & RequestEvent.kind.in_(_CLOSED)
            & RequestEvent.undone_at.is_(None),
        )
        .where(FamilyRequest.sent_at >= moment("since"), FamilyRequest.sent_at < moment("until"))
        .subquery()
    )
    # Grouped by names: parameters that are said twice are two to PostgreSQL.
    return select(*found.c, func.count()).group_by(*found.c)


def _row(label: str, groups: Iterable[_Alike]) -> Row:
    known = list(groups)
    told = [each for each in known if each.on_time is not None]
    on_time = sum(each.many for each in told if each.on_time)
    delays = Counter[int]()
    for each in known:
        if each.delay is not None:
            delays[each.delay] += each.many
    share = percent_of_many(on_time, sum(each.many for each in told))
    return Row(label, [sum(each.many for each in known), share, middle_of_many(delays.elements())])
