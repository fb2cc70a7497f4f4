"""The services that somebody works for, when not for all: what they read is of those alone.

Nothing ticked is all of them; whoever sets services up (`rights.bound`) works for all anyway.
"""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any, NamedTuple

from sqlalchemy import Row, delete, select
from sqlalchemy.orm import Session

from app import db
from app.models import ClerkAccount, ClerkService, Service
from app.services import journal
from app.services.actors import Actor
from app.services.refusals import Reason, Refusal

CHANGED = "clerk_services_changed"
ALL = "tous"
UNKNOWN = "Aucun service ne s’appelle «\u00a0{}\u00a0»."
_ORDER = (Service.position, Service.id)
_KNOWN = select(Service.id, Service.slug, Service.name, Service.archived_at).order_by(*_ORDER)
_TIES = (
    select(ClerkAccount.public_id, Service.slug, Service.name, Service.archived_at)
    .select_from(ClerkService)
    .join(ClerkAccount, ClerkAccount.id == ClerkService.clerk_id)
    .join(Service, Service.id == ClerkService.service_id)
    .order_by(*_ORDER)
)


class Served(NamedTuple):
    """A service that somebody may work for."""

    slug: str
    name: str
    is_offered: bool

    @classmethod
    def of(cls, row: Row[*tuple[Any, ...]]) -> "Served":
        """Make it of a row that names a service."""
        return cls(row.slug, row.name, row.archived_at is None)

    @property
    def words(self) -> str:
        """Name it; one that is offered no more says so."""
        return self.name if self.is_offered else f"{self.name} (n’est plus proposé)"


def choices(served: Iterable[Served] = ()) -> list[Served]:
    """List the services that may be ticked: those that are offered, and those already ticked."""
    kept = {each.slug for each in served}
    found = map(Served.of, db.rows(_KNOWN))
    return [each for each in found if each.is_offered or each.slug in kept]


def of_everybody() -> dict[str, list[Served]]:
    """Read what each works for, by their public id; nobody is there who works for all."""
    found: dict[str, list[Served]] = defaultdict(list)
    for row in db.rows(_TIES):
        found[row.public_id].append(Served.of(row))
    return found


def of_one(public_id: str) -> list[Served]:
    """Read what one of them works for; nothing for all."""
    return of_everybody().get(public_id, [])


def tie(session: Session, clerk: ClerkAccount, slugs: Iterable[str], actor: Actor) -> None:
    """Say which services somebody works for, in the caller's transaction. Raises Refusal."""
    wanted = set(slugs)
    found = [row for row in session.execute(_KNOWN) if row.slug in wanted]
    if unknown := wanted - {row.slug for row in found}:
        raise Refusal(Reason.UNKNOWN, UNKNOWN.format(min(unknown)))
    theirs = ClerkService.clerk_id == clerk.id
    now = {row.id for row in found}
    if now == set(session.scalars(select(ClerkService.service_id).where(theirs))):
        return
    session.execute(delete(ClerkService).where(theirs))
    session.add_all(ClerkService(clerk_id=clerk.id, service_id=number) for number in sorted(now))
    told = ", ".join(row.name for row in found) or ALL
    journal.record(session, CHANGED, actor, about=clerk.name, services=told)
