"""The town hall books and gives back a family's days: a parent telephones, or never comes online.

No hour binds it, and where no place is left there is one more. What the calendar says, what is
invoiced and what the other home has bind it as they bind everybody.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime

from app.models import BookingOrigin, BookingState
from app.services.actors import CurrentClerk
from app.services.bookings import (
    batches,
    deciding,
    drawing,
    instead,
    reading,
    saving,
    summaries,
    weeks,
)
from app.services.bookings.judge.judging import judge
from app.services.bookings.judge.verdicts import Act, Verdict
from app.services.bookings.judge.worlds import Cell
from app.services.bookings.saving import Saved, Saver
from app.services.bookings.summaries import Summary
from app.services.bookings.weeks import Told, Week
from app.services.bookings.wishes import Boxes
from app.services.tokens import sending_keys

LATE = "Hors délai."
ONE_MORE = "Complet\u00a0: ce sera une place de plus."


def week(family_id: int, monday: date, typed: Boxes | None = None) -> Week:
    """Draw a week of a family as the town hall may change it."""
    known = reading.known(family_id, *weeks.both_ends(monday))
    return _Drawing(known, monday, datetime.now(UTC), typed).week()


def check(family_id: int, monday: date, boxes: Boxes) -> Summary:
    """Judge what was ticked, saving nothing. Raises Refusal when it changes nothing."""
    return summaries.summary(family_id, monday, _by_town(boxes), datetime.now(UTC))


def save(family_id: int, by: CurrentClerk, monday: date, boxes: Boxes, key: str) -> Saved:
    """Save it, and tell the family; the same key again saves nothing more. Raises Refusal."""
    own_key = sending_keys.of_clerk(by, f"{family_id} {key}")
    town = Saver(
        family_id,
        own_key,
        by,
        begin=lambda session: batches.by_sending_of_town(session, family_id, by, own_key),
        origin=BookingOrigin.STAFF,
    )
    return saving.save_as(town, weeks.both_ends(monday), _by_town(boxes), datetime.now(UTC))


def _by_town(boxes: Boxes) -> Boxes:
    return replace(boxes, by_town=True)


class _Drawing(drawing.Drawing):
    """The same week, without hours or what to do instead."""

    def week(self, notice: str = "") -> Week:
        days = [self.day(day) for day in self.days]
        told = [day for day in days if day.children or day.words]
        invoiced = instead.invoiced(self.known, self.days)
        return Week(self.monday, told, notice=notice, invoiced=invoiced)

    def _tell(self, cell: Cell) -> Told | None:
        is_live = self.known.is_live(cell)
        verdict = judge(Act.WITHDRAW if is_live else Act.GRANT, cell, self.known.world, self.now)
        if not is_live and instead.is_unsaid(verdict, cell.day, self.today):
            return None
        found = self.known.booked.get(cell)
        ours = found.state if found and found.family_id == self.known.family_id else None
        bringers = self.known.bringers(cell) if is_live else []
        service = self.known.town.services[cell.service]
        return Told(
            cell.service,
            service.slug,
            service.name,
            # A place that is offered is given, or not, on the waiting lists.
            has_box=verdict.ok and not bringers and not self.known.world.is_offered(cell),
            is_live=is_live,
            words=self._words(cell, verdict, bringers),
            state=ours if instead.is_state_said(ours, verdict) else None,
            rank=found.rank if found and is_live else 0,
            was_late=bool(found and found.late and ours is BookingState.BOOKED),
        )

    def _words(self, cell: Cell, verdict: Verdict, bringers: Sequence[Cell]) -> str:
        if bringers:
            return super()._words(cell, verdict, bringers)
        if not verdict.ok:
            return verdict.sentence
        if self.known.is_live(cell):
            return ""
        said = [LATE] if verdict.late else []
        is_full = deciding.places_left(self.known, self.known.world.to_book(cell)) == 0
        return " ".join([*said, ONE_MORE] if is_full else said)
