"""« Commander »: the figures of a day are sent to whoever cooks, and what changes since is told."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from sqlalchemy import Date, bindparam, select

from app import db
from app.formats import day_and_month, day_in_full, plural, today
from app.models import MealOrder
from app.services import journal
from app.services.accounts.addresses import normalized
from app.services.actors import Actor
from app.services.bookings.judge.naming import capital
from app.services.bookings.morning.head_counts import WeekHeads
from app.services.mail import outbox
from app.services.mail.kinds import MailKind
from app.services.refusals import Reason, Refusal

# What a form names all of them, which is no day.
ALL_DAYS = "tous"
ORDERED = "meals_ordered"
NOT_AN_ADDRESS = "écrivez une seule adresse, comme cuisine@traiteur.fr"
NOT_A_DAY = "choisissez un jour à venir où le service est ouvert"
_LATEST = (
    select(
        MealOrder.day,
        MealOrder.at,
        MealOrder.acted_by,
        MealOrder.address,
        MealOrder.total,
        MealOrder.schools,
        MealOrder.groups,
        MealOrder.needs,
    )
    .where(
        MealOrder.service_id == bindparam("service_id"),
        MealOrder.day <= bindparam("last", type_=Date),
    )
    .order_by(MealOrder.id.desc())
    .limit(60)
)


@dataclass(frozen=True, slots=True)
class Order:
    """What was ordered for a day, and each figure that changed since, with its sign."""

    day: date
    at: datetime
    by: str
    address: str
    total: int
    changed: list[str]


@dataclass(frozen=True, slots=True)
class Orders:
    """Those of a week; and where the last one of the service went."""

    of_days: list[Order]
    address: str
    # The days that may be ordered.
    days: list[date]

    @property
    def choices(self) -> list[tuple[str, str]]:
        """List them as a form offers them: one, or all that are left of the week."""
        offered = [(day.isoformat(), day_and_month(day)) for day in self.days]
        if len(offered) > 1:
            (_, first), *_, (_, last) = offered
            offered.append((ALL_DAYS, f"tous, du {first} au {last}"))
        return offered


def read(heads: WeekHeads) -> Orders:
    """Read the latest of each day: one statement."""
    last = heads.days[-1] if heads.days else heads.monday
    rows = db.rows(_LATEST, service_id=heads.service_id, last=last)
    found: dict[date, Order] = {}
    for day, at, by, address, total, schools, groups, needs in rows:
        if day in heads.days and day not in found:
            changed = _changed(schools, heads.of_day(heads.schools, day))
            if groups:
                changed += _changed(groups, heads.of_day(heads.groups, day))
            if heads.tells_health:
                changed += _changed(needs, heads.of_day(heads.needs, day))
            found[day] = Order(day, at, by, address, total, changed)
    return Orders(
        [found[day] for day in sorted(found)],
        rows[0].address if rows else "",
        to_order(heads),
    )


def to_order(heads: WeekHeads) -> list[date]:
    """List the days that may be ordered."""
    return [day for day in heads.days if day >= today()]


def ready(heads: WeekHeads, days: Sequence[date], typed: str) -> str:
    """Return where these days would be sent. Raises Refusal for what cannot be ordered."""
    address = normalized(typed)
    if address is None:
        raise Refusal(Reason.UNFIT, NOT_AN_ADDRESS)
    if not days or any(day not in to_order(heads) for day in days):
        raise Refusal(Reason.UNFIT, NOT_A_DAY)
    return address


def place(heads: WeekHeads, days: Sequence[date], typed: str, by: Actor) -> str:
    """Freeze the figures of some days, and send them in one mail; return where to.

    Raises Refusal.
    """
    address = ready(heads, days, typed)
    orders = [_order(heads, day) for day in days]
    with db.transaction() as session:
        for order in orders:
            order.acted_by, order.address = by.acted_by, address
            session.add(order)
            what = {"day": order.day.isoformat(), "service": heads.service.slug}
            journal.record(session, ORDERED, by, None, **what, count=str(order.total))
        outbox.enqueue(
            session,
            MailKind.MEAL_ORDER,
            "",
            address,
            service=heads.service.name,
            day=day_in_full(days[0]) if len(days) == 1 else heads.title.lower(),
            total=_meals(sum(each.total for each in orders)),
            figures=_figures(orders),
            by=by.acted_by,
        )
    return address


def _order(heads: WeekHeads, day: date) -> MealOrder:
    return MealOrder(
        service_id=heads.service_id,
        day=day,
        at=datetime.now(UTC),
        total=heads.coming.figures[heads.days.index(day)],
        schools=heads.of_day(heads.schools, day),
        groups=heads.of_day(heads.groups, day),
        needs=heads.of_day(heads.needs, day),
    )


def _figures(orders: Sequence[MealOrder]) -> str:
    """Write them line by line; of several days, each below its name."""
    told = []
    for order in orders:
        lines = [
            f"{name}\u00a0: {figure}"
            for figures in (order.schools, order.groups, order.needs)
            for name, figure in figures.items()
        ]
        if len(orders) > 1:
            lines.insert(0, f"{capital(day_and_month(order.day))}, {_meals(order.total)}")
        told.append("\n".join(lines))
    return "\n\n".join(told)


def _meals(count: int) -> str:
    return plural(count, "repas", "repas")


def _changed(before: Mapping[str, int], now: Mapping[str, int]) -> list[str]:
    names = [*now, *(name for name in before if name not in now)]
    moved = {name: now.get(name, 0) - before.get(name, 0) for name in names}
    return [f"{name}\u00a0: {number:+d}" for name, number in moved.items() if number]
