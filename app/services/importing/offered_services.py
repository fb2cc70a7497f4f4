"""The services that files may name: as the town's software does, or as the screens do."""

from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Service
from app.services.bookings.setting_up.services import OURS

UNKNOWN = "aucun service proposé ne s’appelle ainsi"


def read(session: Session) -> dict[str, int]:
    """Number those that are offered, by each of their names: the software's identifier first."""
    offered = session.scalars(
        select(Service)
        .where(Service.archived_at.is_(None))
        .order_by(Service.position, Service.id)
        .execution_options(populate_existing=True)
    ).all()
    found = {each.source_id: each.id for each in offered if not each.source_id.startswith(OURS)}
    for name in ("slug", "name"):
        for each in offered:
            found.setdefault(getattr(each, name), each.id)
    return found


def unknown(offered: Mapping[str, int]) -> str:
    """Say that none is called so, and which there are, each by its first name."""
    names = {number: name for name, number in reversed(list(offered.items()))}
    others = ", ".join(names[number] for number in dict.fromkeys(offered.values()))
    return f"{UNKNOWN}\u00a0: il y a {others}." if others else f"{UNKNOWN}."


def added_on_screen(session: Session) -> dict[str, Service]:
    """List those that no file has named yet, by the names that one may use."""
    ours = session.scalars(
        select(Service)
        .where(Service.source_id.startswith(OURS), Service.archived_at.is_(None))
        .order_by(Service.position, Service.id)
    ).all()
    return {name: each for each in reversed(ours) for name in (each.name, each.slug)}
