"""How many mails with a secret one person gets, whoever types their number."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, bindparam, or_, select
from sqlalchemy.orm import Session

from app import db
from app.models import MailState, OutboxMail
from app.services.mail.kinds import WITH_SECRET

# A second click is not a second mail, and nobody can fill a parent's mailbox from outside.
GAP = timedelta(minutes=2)
MAILS_A_DAY = 6
DAY = timedelta(days=1)
# Nobody can be written to: nobody has this identifiant, or who has it left, or has no address.
DEAD_ENDS = (MailState.UNKNOWN, MailState.ARCHIVED, MailState.NO_ADDRESS)

RECENT = select(
    OutboxMail.id,
    OutboxMail.identifier,
    OutboxMail.created_at,
    OutboxMail.settled_at,
    OutboxMail.state.in_(DEAD_ENDS).label("for_nobody"),
).where(
    OutboxMail.identifier.in_(bindparam("identifiers", expanding=True)),
    OutboxMail.kind.in_(WITH_SECRET),
    OutboxMail.state.in_((MailState.SENT, MailState.SENDING, *DEAD_ENDS)),
    or_(OutboxMail.settled_at > bindparam("since"), OutboxMail.settled_at.is_(None)),
)


class Recent:
    """The mails with a secret that these people got, or are about to get.

    What was asked for nobody is counted apart: whoever gets an address today gets a mail today.
    """

    def __init__(
        self, session: Session, identifiers: Iterable[str], claimed: set[int], now: datetime
    ) -> None:
        """Look them up, but for those that are claimed."""
        self._now = now
        self._mails: dict[tuple[str, bool], list[tuple[datetime, datetime]]] = defaultdict(list)
        parameters = {"identifiers": identifiers, "since": now - DAY}
        latest = now + db.CLOCKS_DIFFER
        for row in session.execute(RECENT, parameters):
            if row.id not in claimed and row.created_at <= latest:
                sent = row.settled_at or now
                known = sent if sent <= latest else row.created_at
                self._mails[row.identifier, row.for_nobody].append((row.created_at, known))

    def limit(self, row: Row[*tuple[Any, ...]], *, for_nobody: bool) -> MailState | None:
        """Say whether one more is too many; otherwise count it in.

        What the town hall sends on purpose is never too many: no stranger asked for it.
        """
        if row.kind not in WITH_SECRET:
            return None
        others = self._mails[row.identifier, for_nobody]
        # A mail that left after this one was asked for answers it too.
        answered = any(
            asked > row.created_at - GAP or sent > row.created_at for asked, sent in others
        )
        if not row.by_town_hall and (answered or len(others) >= MAILS_A_DAY):
            return MailState.LIMITED
        others.append((row.created_at, self._now))
        return None
