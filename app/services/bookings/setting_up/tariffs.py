"""The town says what a service costs: by quotient, for families from elsewhere, by child.

The portal invoices nothing: families read estimates by it. A price above what the service costs is
told, as the law forbids it, and blocks nothing.
"""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from app import db
from app.formats import NBSP, day, euros
from app.models import Service, Tariff
from app.services import journal
from app.services.actors import Actor
from app.services.refusals import Reason, Refusal

MOST = Decimal(1000)
AMOUNTS = ("amount", "late_amount", "unbooked_amount", "absent_amount")
_LISTED = (
    select(Tariff)
    .where(Tariff.service_id == bindparam("service_id"))
    .order_by(Tariff.first.desc(), Tariff.outside, Tariff.rank, Tariff.qf_min, Tariff.id)
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A line of the town's tariffs."""

    first: date
    last: date | None = None
    qf_min: Decimal | None = None
    qf_max: Decimal | None = None
    outside: bool = False
    rank: int | None = None
    amount: Decimal
    late_amount: Decimal | None = None
    unbooked_amount: Decimal | None = None
    absent_amount: Decimal | None = None
    cost_price: Decimal | None = None

    @property
    def whom(self) -> str:
        """Say whom it is for."""
        return ", ".join(self._whom()) or "Toutes les familles"

    @property
    def when(self) -> str:
        """Say from when to when."""
        return (
            f"du {day(self.first)} au {day(self.last)}"
            if self.last
            else f"dès le {day(self.first)}"
        )

    @property
    def warning(self) -> str:
        """Tell what is dearer than it may be; nothing when nothing is."""
        cost = self.cost_price
        if cost is None or max(getattr(self, name) or 0 for name in AMOUNTS) <= cost:
            return ""
        return (
            f"Au-dessus du prix de revient ({euros(cost)})\u00a0: pour la cantine, l’article"
            " R.\u00a0531-53 du code de l’éducation ne le permet pas."
        )

    def _whom(self) -> Iterator[str]:
        if self.qf_min is not None and self.qf_max is not None:
            yield f"Quotient de {_plain(self.qf_min)} à {_plain(self.qf_max)}"
        elif self.qf_max is not None:
            yield f"Quotient jusqu’à {_plain(self.qf_max)}"
        elif self.qf_min is not None:
            yield f"Quotient à partir de {_plain(self.qf_min)}"
        if self.outside:
            yield "Hors commune"
        if self.rank is not None:
            yield "Dès le 1er enfant" if self.rank == 1 else f"Dès le {self.rank}e enfant"


class Line(NamedTuple):
    """One that is kept, by its number."""

    number: int
    said: Said


def listed(service_id: int) -> list[Line]:
    """Read those of a service, the latest first."""
    rows = db.session().scalars(_LISTED, {"service_id": service_id})
    names = [each.name for each in fields(Said)]
    return [Line(row.id, Said(**{name: getattr(row, name) for name in names})) for row in rows]


def say(service_id: int, said: Said, by: Actor) -> None:
    """Add a line, in place of one for the same families from the same day. Raises Refusal."""
    with db.transaction() as session:
        service = session.get(Service, service_id)
        if service is None or service.archived_at:
            raise Refusal(Reason.UNKNOWN, "ce service n’existe pas")
        write(session, service_id, said)
        journal.record(session, "tariff_changed", by, about=service.name)


def remove(service_id: int, number: int, by: Actor) -> None:
    """Take a line away. Raises Refusal when it is gone already."""
    with db.transaction() as session:
        row = session.get(Tariff, number)
        if row is None or row.service_id != service_id:
            raise Refusal(Reason.UNKNOWN, "cette ligne n’est plus là")
        session.delete(row)
        name = session.get_one(Service, service_id).name
        journal.record(session, "tariff_changed", by, about=name)


def write(session: Session, service_id: int, said: Said) -> bool:
    """Write a line in the caller's transaction; tell whether it says anything new.

    Raises Refusal for what cannot be.
    """
    _check(said)
    same = (
        select(Tariff)
        .where(
            Tariff.service_id == service_id,
            Tariff.first == said.first,
            Tariff.outside == said.outside,
            Tariff.qf_min.is_(None) if said.qf_min is None else Tariff.qf_min == said.qf_min,
            Tariff.rank.is_(None) if said.rank is None else Tariff.rank == said.rank,
        )
        .order_by(Tariff.id)
        .limit(1)
    )
    found = session.scalars(same).first()
    row = found or Tariff(service_id=service_id)
    told = {each.name: getattr(said, each.name) for each in fields(Said)}
    is_new = not found or any(getattr(found, name) != value for name, value in told.items())
    for name, value in told.items():
        setattr(row, name, value)
    session.add(row)
    session.flush()
    return is_new


def _check(said: Said) -> None:
    if said.last is not None and said.last < said.first:
        raise Refusal(
            Reason.UNFIT, "le dernier jour vient avant le premier\u00a0: vérifiez les dates"
        )
    if said.qf_max is not None and said.qf_max < (said.qf_min or 0):
        raise Refusal(Reason.UNFIT, "la tranche finit avant de commencer\u00a0: vérifiez-la")
    if said.rank is not None and not 1 <= said.rank <= 20:  # noqa: PLR2004
        raise Refusal(Reason.UNFIT, "écrivez le rang de l’enfant\u00a0: 2 pour le deuxième")
    if any((getattr(said, name) or 0) > MOST for name in AMOUNTS):
        raise Refusal(Reason.UNFIT, f"c’est plus de {euros(MOST)} par jour\u00a0: vérifiez")


def _plain(value: Decimal) -> str:
    return f"{value.normalize():f}".replace(".", ",").replace(" ", NBSP)
