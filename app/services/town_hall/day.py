"""« À faire aujourd’hui »: what waits for somebody at the town hall, the most pressing first."""

from dataclasses import dataclass

from app.models import MailState
from app.paging import Page
from app.services.families import reporting
from app.services.inbox import desk as messages
from app.services.inbox.desk import ThreadLine
from app.services.mail import outbox
from app.services.requests import desk_listing as requests
from app.services.requests.desk_listing import DeskLine

SHOWN = 5
NOT_ARRIVED = (MailState.REFUSED, MailState.ABANDONED, MailState.NO_ADDRESS)


@dataclass(frozen=True, slots=True)
class Day:
    """What waits today."""

    requests: Page[DeskLine]
    threads: Page[ThreadLine]
    # Accepted here, and not yet in the town's own software.
    to_report: int
    mails_not_arrived: int

    @property
    def is_quiet(self) -> bool:
        """Tell whether nothing waits."""
        return not (
            self.requests.total or self.threads.total or self.to_report or self.mails_not_arrived
        )


def read() -> Day:
    """Gather it."""
    mails = outbox.by_state()
    return Day(
        requests=requests.listed(size=SHOWN),
        threads=messages.listed(size=SHOWN),
        to_report=len(reporting.to_report()),
        mails_not_arrived=sum(mails[state] for state in NOT_ARRIVED),
    )
