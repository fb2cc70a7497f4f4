"""« Commander »: the figures of a day are sent to whoever cooks, and what changes since is told."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime

from sqlalchemy import Date, bindparam, select

from app import db
from app.formats import day_in_full, plural, today
from app.models import MealOrder
from app.services import journal
from app.services.accounts.addresses import normalized
from app.services.actors import Actor
from app.services.bookings.morning.head_counts import WeekHeads
from app.services.mail import outbox
from app.services.mail.kinds import MailKind
from app.services.refusals import Reason, Refusal

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
        [day for day in heads.days if day >= today()],
    )


def place(heads: WeekHeads, day: date | None, typed: str, by: Actor) -> str:
    """Freeze the figures of a day, and send them; return where to. Raises Refusal."""
    address = normalized(typed)
    if address is None:
        raise Refusal(Reason.UNFIT, NOT_AN_ADDRESS)
    if day is None or day not in heads.days or day < today():
        raise Refusal(Reason.UNFIT, NOT_A_DAY)
    schools, groups, needs = (
        heads.of_day(rows, day) for rows in (heads.schools, heads.groups, heads.needs)
    )
    total = heads.coming.figures[heads.days.index(day)]
    with db.transaction() as session:
        session.add(
            MealOrder(
                service_id=heads.service_id,
                day=day,
                at=datetime.now(UTC),
                acted_by=by.acted_by,
                address=address,
                total=total,
                schools=schools,
                groups=groups,
                needs=needs,
            )
        )
        outbox.enqueue(
            session,
            MailKind.MEAL_ORDER,
            "",
            address,
            service=heads.service.name,
            day=day_in_full(day),
            total=plural(total, "repas", "repas"),
            figures="\n".join(
                f"{name}\u00a0: {figure}"
                for name, figure in (*schools.items(), *groups.items(), *needs.items())
            ),
            by=by.acted_by,
        )
        what = {"day": day.isoformat(), "service": heads.service.slug, "count": str(total)}
        journal.record(session, ORDERED, by, None, **what)
    return address


def _changed(before: Mapping[str, int], now: Mapping[str, int]) -> list[str]:
    names = [*now, *(name for name in before if name not in now)]
    moved = {name: now.get(name, 0) - before.get(name, 0) for name in names}
    return [f"{name}\u00a0: {number:+d}" for name, number in moved.items() if number]
