"""The services that files may name: as the town's software does, or as the screens do."""

from collections.abc import Collection, Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.formats import ended
from app.models import Service

UNKNOWN = "aucun service proposé ne s’appelle ainsi"


def read(session: Session) -> dict[str, int]:
    """Number those that are offered, by each of their names: what files call them first."""
    offered = session.scalars(
        select(Service)
        .where(Service.archived_at.is_(None))
        .order_by(Service.position, Service.id)
        .execution_options(populate_existing=True)
    ).all()
    found: dict[str, int] = {}
    for name in ("source_id", "slug", "name"):
        for each in offered:
            found.setdefault(getattr(each, name), each.id)
    return found


def unknown(offered: Mapping[str, int]) -> str:
    """Say that none is called so, and which there are, each by its first name."""
    names = {number: name for name, number in reversed(list(offered.items()))}
    others = ", ".join(names[number] for number in dict.fromkeys(offered.values()))
    return ended(f"{UNKNOWN}\u00a0: il y a {others}" if others else UNKNOWN)


def added_on_screen(session: Session, named: Collection[str]) -> dict[str, Service]:
    """List by their names those that no software has named yet, nor names now."""
    ours = session.scalars(
        select(Service)
        .where(Service.source_id == Service.slug, Service.archived_at.is_(None))
        .order_by(Service.position, Service.id)
    ).all()
    return {each.name: each for each in reversed(ours) if each.source_id not in named}
