"""Everything of one family: eight statements, whatever its size."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import NamedTuple

from app.formats import day_of, today, together
from app.services.actors import CurrentClerk
from app.services.billing import ledger
from app.services.billing.ledger import LatestInvoice
from app.services.requests import erasures, of_family
from app.services.requests.of_family import FamilysRequest
from app.services.town_hall.family_file import children, given, guardians, opening, past
from app.services.town_hall.family_file.children import FiledChild
from app.services.town_hall.family_file.given import Given
from app.services.town_hall.family_file.guardians import GuardianCard
from app.services.town_hall.family_file.past import Past


class Money(NamedTuple):
    """What a family owes, for whoever may know."""

    balance: Decimal
    late: Decimal
    direct_debit: bool
    invoices: list[LatestInvoice]


class FamilyFile(NamedTuple):
    """A family, for whoever has it on the telephone."""

    id: int
    number: str
    address: list[str]
    # When it left the town's files and its access ended.
    left_on: date | None
    missing_since: date | None
    erased_on: date | None
    # In which night its data are erased; empty when that is not planned.
    erasing: str
    # Whether this clerk's looking at it is in the journal already.
    opened_today: bool
    guardians: list[GuardianCard]
    children: list[FiledChild]
    # None for whoever may not see amounts.
    money: Money | None
    requests: list[FamilysRequest]
    given: Given
    past: Past
    today: date

    @property
    def name(self) -> str:
        """Name it as the town hall speaks of it: by the last names of its guardians."""
        return together(each.last_name for each in self.guardians)

    @property
    def shared(self) -> list[FiledChild]:
        """List the children who are in another family too."""
        return [each for each in self.here if each.others]

    @property
    def here(self) -> list[FiledChild]:
        """List those whom the family sees."""
        return [each for each in self.children if not each.kept_out]

    @property
    def kept_out(self) -> list[FiledChild]:
        """List those whom the town hall took out of it."""
        return [each for each in self.children if each.kept_out]


def read(clerk: CurrentClerk, family_id: int, *, amounts: bool) -> FamilyFile | None:
    """Read a family's file; None when there is none of this number."""
    now = datetime.now(UTC)
    found = guardians.rows(family_id, clerk.clerk_id, now, opening.midnight())
    if not found:
        return None
    row = found[0]
    money = None
    if amounts:
        invoices, late = ledger.latest(family_id)
        money = Money(row.balance, late, row.direct_debit, invoices)
    lines = (row.street, f"{row.postcode} {row.city}".strip())
    return FamilyFile(
        id=family_id,
        number=row.number,
        address=[line for line in lines if line],
        left_on=_day(row.left_at),
        missing_since=_day(row.missing_since),
        erased_on=_day(row.erased_at),
        erasing=erasures.night_of(row.to_be_erased_at) if row.to_be_erased_at else "",
        opened_today=row.opened_today,
        guardians=guardians.cards(found, now),
        children=children.listed(family_id),
        money=money,
        requests=of_family.listed(family_id),
        given=given.read(family_id),
        past=past.read(family_id),
        today=today(),
    )


def guardian(clerk: CurrentClerk, family_id: int, guardian_id: int) -> GuardianCard | None:
    """Read one of its guardians; None when they are not there."""
    now = datetime.now(UTC)
    found = guardians.rows(family_id, clerk.clerk_id, now, opening.midnight())
    return next((each for each in guardians.cards(found, now) if each.id == guardian_id), None)


def _day(at: datetime | None) -> date | None:
    return day_of(at) if at else None
