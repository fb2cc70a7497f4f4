"""Children in their families: one whom the files put elsewhere is not shown there any more."""

from dataclasses import replace

from sqlalchemy import Connection, delete, func, select, tuple_

from app.models import Child, Family, FamilyChild, KeptOut
from app.services.importing.headlines import Headline, Headlines
from app.services.importing.merging import Counts, GivenRows, Merge, rows_of
from app.services.importing.staging import Staging
from app.services.importing.tables import FAMILIES, LINKS

FULL_NAME = Child.first_name + " " + Child.last_name


class LinkLoader:
    """What an import does to the children of families."""

    def __init__(self, connection: Connection, staging: Staging, headlines: Headlines) -> None:
        """Load from these temporary tables."""
        self._connection = connection
        self._rows = staging[LINKS].table
        self._families = staging[FAMILIES].table
        self._headlines = headlines

    def load(self) -> Counts:
        """Take out the children whom the files put elsewhere, and put in those whom they name."""
        # What the town hall decided lasts until its software says the same.
        self._remove(KeptOut)
        self._tell(Headline.CHILD, self._elsewhere(FamilyChild))
        removed = self._remove(FamilyChild)
        given = self._given()
        kept_out = tuple_(Family.id, Child.id).in_(select(KeptOut.family_id, KeptOut.child_id))
        self._tell(Headline.KEPT_OUT, given.where(kept_out))
        wanted = given.where(~kept_out)
        count = self._connection.scalar(select(func.count()).select_from(wanted.subquery())) or 0
        counts = Merge(self._connection, FamilyChild, ["family_id", "child_id"], wanted).run(count)
        return replace(counts, archived=removed)

    def _given(self) -> GivenRows:
        rows = self._rows
        return (
            select(Family.id.label("family_id"), Child.id.label("child_id"))
            .select_from(rows)
            .join(Family, Family.source_id == rows.c.family)
            .join(Child, Child.source_id == rows.c.child)
            .distinct()
        )

    def _elsewhere(self, pairs: type[FamilyChild | KeptOut]) -> GivenRows:
        """Select the pairs that the files tell apart.

        They name the family's children, without this one; or they name the family and put this
        child into another. A file of some families says nothing of the others.
        """
        rows = self._rows
        is_told = Family.source_id.in_(select(rows.c.family)) | (
            Child.source_id.in_(select(rows.c.child))
            & Family.source_id.in_(select(self._families.c.source_id))
        )
        named = select(1).where(rows.c.family == Family.source_id, rows.c.child == Child.source_id)
        return (
            select(pairs.family_id, pairs.child_id)
            .join(Family, Family.id == pairs.family_id)
            .join(Child, Child.id == pairs.child_id)
            .where(is_told, ~named.exists())
        )

    def _remove(self, pairs: type[FamilyChild | KeptOut]) -> int:
        here = tuple_(pairs.family_id, pairs.child_id)
        return rows_of(self._connection, delete(pairs).where(here.in_(self._elsewhere(pairs))))

    def _tell(self, headline: Headline, pairs: GivenRows) -> None:
        told = pairs.subquery()
        names = (
            select(Family.number, FULL_NAME)
            .join_from(told, Family, Family.id == told.c.family_id)
            .join(Child, Child.id == told.c.child_id)
            .order_by(Family.number, Child.first_name, Child.id)
        )
        for number, name in self._connection.execute(names):
            self._headlines.add(headline, f"famille {number}\u00a0: {name}")
