"""How many open what the town hall writes, by the month of the message."""

from collections import Counter, defaultdict
from datetime import date

from sqlalchemy import bindparam, func, select

from app import db
from app.models import Message, MessageMark, MessageSending
from app.services.town_hall.measures import FEW, middle, percent, percent_of_many
from app.services.town_hall.statistics.periods import Period, Span
from app.services.town_hall.statistics.tables import Column, Row, Table, Unit, since_something

COLUMNS = (
    Column("À plusieurs familles"),
    Column("Part ouverte (médiane)", Unit.PERCENT, drawn=True),
    Column("À une seule famille"),
    Column("Part ouverte", Unit.PERCENT),
)
ABOUT = (
    "Les messages que les familles ont reçus. À plusieurs familles\u00a0: un message sur deux a "
    "été ouvert par cette part de ses parents au moins. À une seule\u00a0: ceux qu’un parent a "
    "ouverts."
)
_ARE_GIVEN = (
    ~Message.unsent
    & Message.withdrawn_at.is_(None)
    & (Message.sent_on >= bindparam("first"))
    & (Message.sent_on < bindparam("end"))
)
_OPENED = (
    select(func.count())
    .where(MessageMark.message_id == Message.id, MessageMark.read_at.is_not(None))
    .scalar_subquery()
)
_TO_SEVERAL = (
    select(Message.sent_on, MessageSending.parents, _OPENED)
    .outerjoin(MessageSending, MessageSending.message_id == Message.id)
    .where(Message.family_id.is_(None), _ARE_GIVEN)
)
# Joined rather than looked for one by one: there are thousands.
_TO_ONE = (
    select(
        Message.sent_on,
        func.count(Message.id.distinct()),
        func.count(MessageMark.message_id.distinct()),
    )
    .outerjoin(
        MessageMark, (MessageMark.message_id == Message.id) & MessageMark.read_at.is_not(None)
    )
    .where(Message.family_id.is_not(None), _ARE_GIVEN)
    .group_by(Message.sent_on)
)


def by_month(period: Period, parents: int) -> Table:
    """Tell it; what the software sent to all is told of as many parents as there are now."""
    several: dict[date, list[int | None]] = defaultdict(list)
    for sent_on, reached, opened in db.rows(_TO_SEVERAL, first=period.first, end=period.end):
        several[_month(sent_on)].append(_share(opened, parents if reached is None else reached))
    one: Counter[date] = Counter()
    opened_of_one: Counter[date] = Counter()
    for sent_on, sent, opened in db.rows(_TO_ONE, first=period.first, end=period.end):
        one[_month(sent_on)] += sent
        opened_of_one[_month(sent_on)] += opened
    rows = [
        _row(each, several[each.first], one[each.first], opened_of_one[each.first])
        for each in period.months
    ]
    return Table("messages", "Messages", ABOUT, "Mois", COLUMNS, since_something(rows))


def _month(day: date) -> date:
    return day.replace(day=1)


def _share(opened: int, parents: int) -> int | None:
    """Say how many of its parents opened a message; nothing of one to few."""
    return percent(min(opened, parents), parents) if parents >= FEW else None


def _row(month: Span, shares: list[int | None], one: int, opened: int) -> Row:
    known = [each for each in shares if each is not None]
    return Row(month.label, [len(shares), middle(known), one, percent_of_many(opened, one)])
