"""The boxes of a week: which ones the page showed, and which ones are ticked."""

from typing import Any

from wtforms import Field, HiddenField

from app.services.bookings.wishes import NOT_THERE, Boxes
from app.services.refusals import Reason, Refusal
from app.web.fields import SendingKeyField
from app.web.forms import Form

# A version is the number of times that a day was changed.
LONGEST_VERSION = 9


class Several(Field):
    """All that is sent under one name, as it is."""

    data: list[str]

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Take it."""
        self.data = [str(value) for value in valuelist]

    def process_data(self, value: Any) -> None:
        """Hold nothing until something is sent."""
        self.data = value or []


class WeekForm(Form):
    """What is sent from the page of a week, and from the page that sums it up."""

    sending_key = SendingKeyField()
    # When its summary was read.
    stamp = HiddenField()
    # Each box of the page, with the version that it stood at.
    vu = Several()
    case = Several()

    @property
    def boxes(self) -> Boxes:
        """Read them. Raises Refusal for what no page of ours sends."""
        return Boxes(self.seen, frozenset(self.case.data))

    @property
    def seen(self) -> dict[str, int]:
        """Return each box that was on the page, with its version."""
        seen = {}
        for each in self.vu.data:
            name, _, version = each.rpartition(":")
            if not (version.isascii() and version.isdigit() and len(version) <= LONGEST_VERSION):
                raise Refusal(Reason.UNFIT, NOT_THERE)
            seen[name] = int(version)
        return seen

    @property
    def typed(self) -> Boxes | None:
        """Read them for the page that shows them again; None for what no page of ours sends."""
        try:
            return self.boxes
        except Refusal:
            return None
