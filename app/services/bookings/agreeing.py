"""The two homes of a child agree on their weeks: a parent of one proposes, the other home answers.

Neither learns who the other is. What the town hall says meanwhile is what counts: see `homes`.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import Any, NamedTuple

from sqlalchemy import Select, and_, bindparam, delete, func, select
from sqlalchemy.orm import Session, aliased

from app import db
from app.booking_kinds import CustodyPattern
from app.db import UtcDateTime
from app.formats import WEEKDAYS, day_and_month, day_of, today
from app.models import FAMILY, Child, Custody, CustodyProposal, Family, FamilyChild
from app.services import journal
from app.services.actors import PORTAL, CurrentAccount
from app.services.bookings import homes, words
from app.services.bookings.at_home import TURNS, turns_of
from app.services.bookings.homes import WEEKS_AHEAD, OfHome
from app.services.bookings.judge.custody import MONDAY, Turns
from app.services.mail import notices
from app.services.refusals import Reason, Refusal

KEPT_FOR = timedelta(days=30)
TWO_HOMES = 2
NOT_TWO = "Ces semaines se disent à la mairie"
WAITS = "Une proposition attend déjà une réponse"
OVER = "Cette proposition n’attend plus de réponse"

_PLACE, _HOME = aliased(FamilyChild), aliased(Family)
_HOMES = (
    select(func.count())
    .select_from(_PLACE)
    .join(_HOME, _HOME.id == _PLACE.family_id)
    .where(_PLACE.child_id == Child.id, _HOME.archived_at.is_(None))
    .scalar_subquery()
)
_SINCE = bindparam("since", type_=UtcDateTime)
_OF_FAMILY: Select[*tuple[Any, ...]] = (
    select(
        Child.id,
        Child.public_id,
        Child.first_name,
        *TURNS,
        CustodyProposal.public_id.label("proposal"),
        CustodyProposal.family_id.label("proposed_by"),
        CustodyProposal.pattern.label("proposed_pattern"),
        CustodyProposal.handover.label("proposed_handover"),
        CustodyProposal.anchor.label("proposed_anchor"),
        CustodyProposal.proposed_at,
        _HOMES.label("homes"),
    )
    .join(FamilyChild, FamilyChild.child_id == Child.id)
    .outerjoin(
        Custody, and_(Custody.child_id == Child.id, Custody.family_id == FamilyChild.family_id)
    )
    .outerjoin(
        CustodyProposal,
        and_(CustodyProposal.child_id == Child.id, CustodyProposal.proposed_at > _SINCE),
    )
    .where(FamilyChild.family_id == FAMILY)
)
_OF_CHILD = _OF_FAMILY.where(Child.public_id == bindparam("public_id"))
_TO_ANSWER = _OF_FAMILY.where(CustodyProposal.family_id != FAMILY).order_by(Child.id)
# Whether something waits for the family, to be put in other statements.
WAITS_FOR_ANSWER = (
    select(CustodyProposal.child_id)
    .join(FamilyChild, FamilyChild.child_id == CustodyProposal.child_id)
    .where(FamilyChild.family_id == FAMILY, CustodyProposal.family_id != FAMILY)
    .exists()
)


class Answer(StrEnum):
    """What becomes of a proposal: the last one is by whoever made it."""

    ACCEPT = "accept"
    REFUSE = "refuse"
    WITHDRAW = "withdraw"


class Proposal(NamedTuple):
    """What one home proposes, as either of them reads it."""

    public_id: str
    # The weeks of whoever reads it, were it accepted.
    weeks: OfHome
    is_ours: bool
    # The last day on which it may be answered.
    until: date

    @property
    def sentence(self) -> str:
        """Say it: les semaines impaires pour eux, les paires pour vous."""
        turns = self.weeks.turns
        assert turns is not None
        ours, theirs = words.PARITY[turns.pattern], words.PARITY[turns.others.pattern]
        handover = "" if turns.handover == MONDAY else f", passage le {WEEKDAYS[turns.handover]}"
        if turns.pattern is CustodyPattern.ALTERNATE:
            first = day_and_month(next(turns.weeks(today(), WEEKS_AHEAD))[0])
            return f"une semaine sur deux pour chacun, dont celle du {first} pour vous{handover}"
        if self.is_ours:
            return f"les semaines {ours} pour vous, les {theirs} pour l’autre foyer{handover}"
        return f"les semaines {theirs} pour eux, les {ours} pour vous{handover}"


class Agreement(NamedTuple):
    """The weeks of a home with a child, and what is proposed of them."""

    child_id: int
    public_id: str
    weeks: OfHome
    # Two homes may agree; of three, only the town hall says.
    may_agree: bool
    proposal: Proposal | None

    @property
    def may_propose(self) -> bool:
        """Tell whether nothing waits for an answer yet."""
        return self.may_agree and self.proposal is None

    @property
    def is_told(self) -> bool:
        """Tell whether its parents have anything to read of it."""
        return self.may_agree or self.weeks.turns is not None


def of_child(family_id: int, public_id: str) -> Agreement | None:
    """Read it, for the parents of one home; None for another family's child."""
    asked = {"family_id": family_id, "public_id": public_id}
    return _agreement(family_id, db.rows(_OF_CHILD, **asked, since=_since()))


def to_answer(family_id: int) -> list[Agreement]:
    """List those in which the other home waits for an answer of the family."""
    rows = db.rows(_TO_ANSWER, family_id=family_id, since=_since())
    found = (_agreement(family_id, [row]) for row in rows)
    return [each for each in found if each and each.proposal]


def propose(account: CurrentAccount, public_id: str, turns: Turns) -> bool:
    """Propose these weeks for one's own home, the others for the other one.

    False for another family's child. Raises Refusal where there are not two homes, or where one of
    them waits for an answer already.
    """
    with db.transaction() as session:
        found = locked(session, account.family_id, public_id)
        if found is None:
            return False
        if not found.may_agree:
            raise Refusal(Reason.UNFIT, NOT_TWO)
        if found.proposal:
            raise Refusal(Reason.SAME, WAITS)
        # One that lapsed may still be there.
        _forget(session, found.child_id)
        session.add(
            CustodyProposal(
                child_id=found.child_id,
                family_id=account.family_id,
                pattern=turns.pattern,
                handover=turns.handover,
                anchor=turns.anchor,
                proposed_at=datetime.now(UTC),
            )
        )
        child = str(found.child_id)
        journal.record(session, "custody_proposed", account, child=child)
        notices.tell_of_weeks(session, other_home(session, found.child_id, account.family_id))
        return True


def answer(account: CurrentAccount, public_id: str, proposal: str, said: Answer) -> bool:
    """Accept, refuse or withdraw what is proposed; False for another family's child.

    Raises Refusal where it is another proposal, or none any more.
    """
    with db.transaction() as session:
        found = locked(session, account.family_id, public_id)
        if found is None:
            return False
        open_one = found.proposal
        is_it = open_one is not None and open_one.public_id == proposal
        if open_one is None or not is_it or open_one.is_ours is not (said is Answer.WITHDRAW):
            raise Refusal(Reason.OUTDATED, OVER)
        other = other_home(session, found.child_id, account.family_id)
        _forget(session, found.child_id)
        if said is Answer.ACCEPT:
            turns = open_one.weeks.turns
            assert turns is not None
            homes.write(session, account.family_id, found.child_id, turns)
            homes.write(session, other, found.child_id, turns.others)
            notices.tell_of_weeks(session, account.family_id)
        child, event = str(found.child_id), _EVENTS[said]
        journal.record(session, event, account, child=child)
        # Each home reads its own lines: of the other it learns neither who nor from where.
        journal.record_of_family(session, event, PORTAL, other, child=child)
        notices.tell_of_weeks(session, other)
        return True


_EVENTS = {
    Answer.ACCEPT: "custody_agreed",
    Answer.REFUSE: "custody_refused",
    Answer.WITHDRAW: "custody_withdrawn",
}


def _since() -> datetime:
    return datetime.now(UTC) - KEPT_FOR


def locked(session: Session, family_id: int, public_id: str) -> Agreement | None:
    """Read it once nobody else can change it."""
    session.execute(select(Child.id).where(Child.public_id == public_id).with_for_update())
    asked = {"family_id": family_id, "public_id": public_id, "since": _since()}
    return _agreement(family_id, session.execute(_OF_CHILD, asked).all())


def other_home(session: Session, child_id: int, family_id: int) -> int:
    [other] = other_homes(session, child_id, family_id)
    return other


def other_homes(session: Session, child_id: int, family_id: int) -> list[int]:
    found = (
        select(Family.id)
        .join(FamilyChild, FamilyChild.family_id == Family.id)
        .where(
            FamilyChild.child_id == child_id,
            Family.id != family_id,
            Family.archived_at.is_(None),
        )
        .order_by(Family.id)
    )
    return list(session.scalars(found))


def _forget(session: Session, child_id: int) -> None:
    session.execute(delete(CustodyProposal).where(CustodyProposal.child_id == child_id))


def _agreement(family_id: int, rows: Sequence[Any]) -> Agreement | None:
    for row in rows:
        may_agree = row.homes == TWO_HOMES
        return Agreement(
            child_id=row.id,
            public_id=row.public_id,
            weeks=OfHome(row.first_name, turns_of(row)),
            may_agree=may_agree,
            proposal=_proposal(family_id, row) if may_agree and row.proposal else None,
        )
    return None


def _proposal(family_id: int, row: Any) -> Proposal:
    turns = Turns(row.proposed_pattern, row.proposed_handover, row.proposed_anchor)
    is_ours = row.proposed_by == family_id
    return Proposal(
        public_id=row.proposal,
        weeks=OfHome(row.first_name, turns if is_ours else turns.others),
        is_ours=is_ours,
        until=day_of(row.proposed_at + KEPT_FOR),
    )
