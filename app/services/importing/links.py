"""Children in their families: one whom the files put elsewhere is not shown there any more."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    String,
    cast,
    delete,
    func,
    select,
    tuple_,
)  # fmt: skip

from app.models import Child, Family, FamilyChild, KeptOut
from app.services.importing.deciding import Offer, Offers, Subject
from app.services.importing.headlines import Headline, Headlines
from app.services.importing.merging import Counts, GivenRows, Merge, rows_of
from app.services.importing.staging import Staging
from app.services.importing.tables import FAMILIES, LINKS

FULL_NAME = Child.first_name + " " + Child.last_name


class LinkLoader:
    """What an import does to the children of families."""

    def __init__(
        self, connection: Connection, staging: Staging, headlines: Headlines, offers: Offers
    ) -> None:
        """Load from these temporary tables."""
        self._connection = connection
        self._offers = offers
        self._rows = staging[LINKS].table
        self._families = staging[FAMILIES].table
        self._headlines = headlines

    def load(self) -> Counts:
        """Take out the children whom the files put elsewhere, and put in those whom they name."""
        # What the town hall decided lasts until its software says the same.
        self._remove(KeptOut, self._elsewhere(KeptOut))
        removed = self._take_out()
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

    def _take_out(self) -> int:
        elsewhere = self._elsewhere(FamilyChild)
        for number, name, key in self._named(elsewhere):
            if self._offers.put(Subject.CHILD, Offer(key, number, name)):
                self._headlines.add(Headline.CHILD, _in_words(number, name))
        decision = self._offers.decisions[Subject.CHILD]
        key = _key(FamilyChild.family_id, FamilyChild.child_id)
        return self._remove(FamilyChild, elsewhere.where(decision.among(key)))

    def _remove(self, pairs: type[FamilyChild | KeptOut], those: GivenRows) -> int:
        here = tuple_(pairs.family_id, pairs.child_id)
        return rows_of(self._connection, delete(pairs).where(here.in_(those)))

    def _tell(self, headline: Headline, pairs: GivenRows) -> None:
        for number, name, _ in self._named(pairs):
            self._headlines.add(headline, _in_words(number, name))

    def _named(self, pairs: GivenRows) -> Sequence[Row[*tuple[Any, ...]]]:
        told = pairs.subquery()
        named: GivenRows = (
            select(Family.number, FULL_NAME, _key(told.c.family_id, told.c.child_id))
            .join_from(told, Family, Family.id == told.c.family_id)
            .join(Child, Child.id == told.c.child_id)
            .order_by(Family.number, Child.first_name, Child.id)
        )
        return self._connection.execute(named).all()


def _key(family: Any, child: Any) -> ColumnElement[str]:
    return cast(family, String) + "-" + cast(child, String)


def _in_words(family: str, child: str) -> str:
    return f"famille {family}\u00a0: {child}"
