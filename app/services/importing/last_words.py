"""Whose is the last word: what the town hall accepted, or what its files say now.

A cell that still says what it said before something else was accepted is given what was accepted:
merging finds nothing to change there. What nobody accepted costs nothing.
"""

from collections import defaultdict
from datetime import UTC, datetime
from typing import Any, cast

from sqlalchemy import Connection, Table, bindparam, insert, select, update

from app.db import UtcDateTime
from app.formats import day, day_of, fold
from app.models import AcceptedValue, Account, Guardian
from app.services.families.accepted import IN_FRENCH, PHONES, LastWord, last_word
from app.services.importing import accesses
from app.services.importing.deciding import Offer, Offers, Subject
from app.services.importing.headlines import Headline, Headlines
from app.services.importing.identities import Person
from app.services.importing.spoken import AnyRow, Contradicted, Spoken, SpokenOf
from app.services.importing.staging import Staging
from app.services.importing.tables import ACCOUNTS, CHILDREN, FAMILIES
from app.services.importing.temporary import KEPT_AS

_TABLE = cast(Table, AcceptedValue.__table__)
_HEARD = (
    update(_TABLE)
    .where(_TABLE.c.id == bindparam("row_id"))
    .values(file_value=bindparam("said"), settled_at=bindparam("settled", type_=UtcDateTime()))
)
_GUARDIAN = cast(Table, Guardian.__table__)
_NOT_PROVEN = (
    update(_GUARDIAN).where(_GUARDIAN.c.id == bindparam("guardian")).values(email_confirmed_at=None)
)


class LastWords:
    """Settles what was accepted with what the files say."""

    def __init__(
        self, connection: Connection, staging: Staging, headlines: Headlines, offers: Offers
    ) -> None:
        """Settle it in these temporary tables."""
        self._headlines = headlines
        self._offers = offers
        self._connection = connection
        self._spoken_of = SpokenOf(connection, staging)
        self._families = staging[FAMILIES].table
        self._accounts = staging[ACCOUNTS].table
        self._children = staging[CHILDREN].table
        self._now = datetime.now(UTC)
        # By cell of a temporary table, and by the rank that its rows have to have.
        self._given: dict[tuple[Any, int | None], list[dict[str, str]]] = defaultdict(list)
        self._heard: list[dict[str, object]] = []
        # The names that were settled before people were told apart.
        self._names: set[int] = set()
        self.counts = dict.fromkeys(LastWord, 0)
        # Whose proven address gives way, and that address.
        self.replaced: dict[int, str] = {}

    def settle_names(self) -> None:
        """Give people whom the files call as before the names that were accepted.

        So they are told apart by the names that the portal knows them by.
        """
        for called in self._spoken_of.names():
            before = Person(**called.before)
            for rank, named in called.named.items():
                if Person(**named).is_named_as(before):
                    for row in called.accepted:
                        self._keep_name(row, rank, named[row.field])
                    break
        self._write()

    def settle(self) -> None:
        """Settle the rest, once everybody has their place."""
        for spoken in self._spoken_of.values():
            if spoken.id not in self._names:
                self._settle(spoken)
        for contradicted in self._spoken_of.contradicted():
            if fold(contradicted.now) != fold(contradicted.address):
                self._settle_proven(contradicted)
        self._write()
        self._end_replaced()

    def _settle(self, spoken: Spoken) -> None:
        found = self._judge(spoken)
        self.counts[found] += 1
        if found is LastWord.STANDS:
            self._let_stand(spoken)
            said = spoken.before if _says_nothing(spoken) else spoken.now
            self._hear(spoken.id, said, None)
            return
        said = spoken.value if found is LastWord.REPORTED else spoken.now
        self._hear(spoken.id, said, self._now)
        if found is LastWord.OVERRULED and spoken.proven:
            self._replace(spoken.holder, spoken.value, _in_words(spoken))
        elif found is LastWord.OVERRULED:
            self._headlines.add(Headline.OVERRULED, _in_words(spoken))

    def _judge(self, spoken: Spoken) -> LastWord:
        """Say whose the last word is; where the files say something new, somebody decides."""
        if _says_nothing(spoken):
            return LastWord.STANDS
        found = last_word(spoken.field, spoken.before, spoken.value, spoken.now)
        if found is not LastWord.OVERRULED:
            return found
        subject = Subject.ADDRESS if spoken.proven else Subject.ACCEPTED
        return found if self._offers.put(subject, _offer(spoken)) else LastWord.STANDS

    def _settle_proven(self, contradicted: Contradicted) -> None:
        """Have an address that a parent proved reported, or follow the files if that is decided."""
        one = contradicted
        what = f"{one.whose}, {IN_FRENCH['email'].lower()}"
        offer = Offer(_key("email", one.guardian_id), one.family, what, one.address, one.now)
        if not self._offers.put(Subject.ADDRESS, offer):
            self._remember(one)
            return
        since = day(day_of(one.confirmed_at))
        change = f"«\u00a0{one.address}\u00a0» devient «\u00a0{one.now}\u00a0»"
        line = f"famille {one.family}, {one.whose}\u00a0: {change} (confirmée le {since})"
        self._replace(one.guardian_id, one.address, line)

    def _replace(self, guardian: int, address: str, line: str) -> None:
        self.replaced[guardian] = address
        self._headlines.add(Headline.ADDRESS, line)

    def _end_replaced(self) -> None:
        """Let the files give the address of those, as of anybody; whoever is signed in leaves."""
        if self.replaced:
            people = [{"guardian": each} for each in self.replaced]
            self._connection.execute(_NOT_PROVEN, people)
            for guardian in self.replaced:
                accounts = select(Account.id).where(Account.guardian_id == guardian)
                accesses.sign_out(self._connection, accounts)

    def _let_stand(self, spoken: Spoken) -> None:
        if spoken.field == "photo":
            # The file that its cell names is not wanted.
            self._give(self._children.c.photo, spoken.key, "")
            self._give(self._children.c[KEPT_AS], spoken.key, spoken.value)
        elif spoken.rank is None:
            self._give(self._families.c[spoken.field], spoken.key, spoken.value)
        else:
            self._give(self._families.c[f"{spoken.field}_{spoken.rank}"], spoken.key, spoken.value)
        if spoken.field == "email":
            # compte.csv goes before famille.csv, unless it says nothing.
            self._give(self._accounts.c.email, spoken.key, "", spoken.rank)

    def _keep_name(self, row: AnyRow, rank: int, said: str) -> None:
        self._names.add(row.id)
        self.counts[LastWord.STANDS] += 1
        self._give(self._families.c[f"{row.field}_{rank}"], row.key, row.value)
        self._hear(row.id, said, None)

    def _give(self, cell: Any, key: str, value: str, rank: int | None = None) -> None:
        self._given[cell, rank].append({"row_key": key, "given": value})

    def _hear(self, row_id: int, said: str | None, settled: datetime | None) -> None:
        self._heard.append({"row_id": row_id, "said": said, "settled": settled})

    def _write(self) -> None:
        for (cell, rank), given in self._given.items():
            rows = cell.table
            change = update(rows).values({cell.name: bindparam("given")})
            if rank is None:
                change = change.where(rows.c.source_id == bindparam("row_key"))
            else:
                change = change.where(rows.c.family == bindparam("row_key"), rows.c.rank == rank)
            self._connection.execute(change, given)
        if self._heard:
            self._connection.execute(_HEARD, self._heard)
        self._given.clear()
        self._heard.clear()

    def _remember(self, contradicted: Contradicted) -> None:
        """Have an address that a parent proved reported too; it stays theirs, see `guardians`."""
        self.counts[LastWord.STANDS] += 1
        values = {
            "guardian_id": contradicted.guardian_id,
            "field": "email",
            "file_value": contradicted.now,
            "value": contradicted.address,
            "accepted_at": contradicted.confirmed_at,
            "acted_by": "",
            "request_id": None,
            "settled_at": None,
        }
        if contradicted.row_id is None:
            self._connection.execute(insert(_TABLE).values(values))
        else:
            again = update(_TABLE).where(_TABLE.c.id == contradicted.row_id)
            self._connection.execute(again.values(values))


def _key(field: str, holder: int) -> str:
    return f"{field}-{holder}"


def _both(spoken: Spoken) -> tuple[str, str]:
    """Write both values; a telephone number stays on one line."""
    if spoken.field in PHONES:
        return spoken.value.replace(" ", "\u00a0"), spoken.now.replace(" ", "\u00a0")
    return spoken.value, spoken.now


def _offer(spoken: Spoken) -> Offer:
    what = IN_FRENCH[spoken.field]
    here, there = _both(spoken)
    if spoken.field == "photo":
        here, there = "acceptée ici", "une autre"
    return Offer(
        _key(spoken.field, spoken.holder),
        spoken.family,
        f"{spoken.whose}, {what.lower()}" if spoken.whose else what,
        here,
        there,
    )


def _says_nothing(spoken: Spoken) -> bool:
    """Tell whether the town's software keeps no photo of a child."""
    return spoken.field == "photo" and not spoken.now


def _in_words(spoken: Spoken) -> str:
    whose = f"famille {spoken.family}" + (f", {spoken.whose}" if spoken.whose else "")
    here, there = _both(spoken)
    change = f"«\u00a0{here}\u00a0» devient «\u00a0{there}\u00a0»"
    said = "remplacée" if spoken.field == "photo" else change
    since = day(day_of(spoken.accepted_at))
    return f"{whose}\u00a0: {IN_FRENCH[spoken.field].lower()}, {said} (accepté le {since})"
