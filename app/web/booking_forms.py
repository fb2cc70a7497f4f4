"""The boxes of a page: which ones it showed, and which ones are ticked."""

from typing import Any

from wtforms import Field, HiddenField, SelectChoice

from app.booking_kinds import AbsenceReason
from app.services.bookings.wishes import NOT_THERE, Boxes
from app.services.bookings.words import ABSENCE_REASONS
from app.services.refusals import Reason, Refusal
from app.web.fields import SendingKeyField
from app.web.forms import Form
from app.web.request_forms import OneOf

# A version is the number of times that a day was changed.
LONGEST_VERSION = 9
CHOOSE_REASON = "Choisissez une raison."


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
    # Those that are past their limit, on the page that sums it up.
    hors_delai = Several()

    @property
    def boxes(self) -> Boxes:
        """Read them. Raises Refusal for what no page of ours sends."""
        late = frozenset(self.hors_delai.data)
        return Boxes(self.seen, frozenset(self.case.data), late=late)

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
            return Boxes(self.seen, frozenset(self.case.data))
        except Refusal:
            return None


class AbsenceForm(WeekForm):
    """What is sent from the page of an absence: what is ticked is missed."""

    reason = OneOf("Pourquoi\u00a0?", CHOOSE_REASON)

    def __init__(self, **kwargs: Any) -> None:
        """Offer the few reasons."""
        super().__init__(**kwargs)
        self.reason.choices = [
            SelectChoice(each.value, words) for each, words in ABSENCE_REASONS.items()
        ]

    @property
    def why(self) -> AbsenceReason:
        """Return the reason that was chosen."""
        return AbsenceReason(self.reason.data)

    @property
    def words_of_reason(self) -> str:
        """Say it inside a sentence."""
        return ABSENCE_REASONS[self.why].lower()

    @property
    def boxes(self) -> Boxes:
        """Read them. Raises Refusal for what no page of ours sends."""
        return Boxes(self.seen, frozenset(self.case.data), self.why)
