"""What the journal counts: passwords chosen and mails by month, visits by week.

It is kept for a year: a month that it does not hold whole any more has no figure.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Select, bindparam, func, select

from app import db
from app.memo import kept
from app.models import JournalEntry
from app.services.retention import A_YEAR
from app.services.town_hall.long_lists import moment
from app.services.town_hall.measures import percent_of_many
from app.services.town_hall.statistics.periods import Period, Span
from app.services.town_hall.statistics.tables import (
    Column,
    Figure,
    Row,
    Table,
    Unit,
    since_something,
)

CHOSEN, VISIT = "password_chosen", "signed_in"
MAILS = SENT, REFUSED, ABANDONED = "mail_sent", "mail_refused", "mail_abandoned"
PASSWORDS = (
    "Les mots de passe choisis grâce à un courriel\u00a0: la première fois, ou après un oubli."
)
MAILS_ABOUT = (
    "Tous les courriels du portail. Refusés\u00a0: leur boîte n’en veut pas, tout de suite ou plus "
    "tard. Abandonnés\u00a0: aucun serveur ne les a pris en un jour."
)
VISITS = (
    "Les connexions des parents, comptées dans le journal\u00a0: une visite compte une fois, quel "
    "que soit le nombre de pages\u00a0; ni les pages ouvertes ni les appareils ne sont suivis."
)


class _Asked(NamedTuple):
    """Which acts, of which days."""

    event: str
    span: Span


def tables(period: Period) -> list[Table]:
    """Count them all, in one statement."""
    counts = _counts(period)
    months, weeks = period.months, period.weeks
    return [
        Table(
            "mots-de-passe", "Mots de passe choisis", PASSWORDS, "Mois",
            [Column("Choisis", drawn=True)],
            since_something([Row(each.label, [counts.get((CHOSEN, each))]) for each in months]),
        ),
        Table(
            "courriels", "Courriels", MAILS_ABOUT, "Mois",
            [
                Column("Partis", drawn=True),
                Column("Refusés"),
                Column("Abandonnés"),
                Column("Part refusée", Unit.PERCENT),
            ],
            since_something([_mails(each, counts) for each in months]),
        ),
        Table(
            "visites", "Visites", VISITS, "Semaine",
            [Column("Visites", drawn=True)],
            since_something([Row(each.label, [counts.get((VISIT, each))]) for each in weeks]),
        ),
    ]  # fmt: skip


def _mails(month: Span, counts: dict[tuple[str, Span], int]) -> Row:
    sent, refused, abandoned = (counts.get((each, month)) for each in MAILS)
    if sent is None or refused is None:
        return Row(month.label, [None] * 4)
    share = percent_of_many(min(refused, sent + refused), sent + refused)
    figures: list[Figure] = [sent, refused, abandoned, share]
    return Row(month.label, figures)


def _counts(period: Period) -> dict[tuple[str, Span], int]:
    by_month = [_Asked(event, each) for event in (CHOSEN, *MAILS) for each in period.months]
    by_week = [_Asked(VISIT, each) for each in period.weeks]
    asked = [each for each in by_month + by_week if _is_held(each.span, period.today)]
    if not asked:
        return {}
    [row] = db.rows(_counted(len(asked)), **_values(asked))
    return dict(zip(asked, row, strict=True))


def _is_held(span: Span, today: date) -> bool:
    return span.first > today - A_YEAR


@kept(most=8)
def _counted(count: int) -> Select[Any]:
    """Count so many ranges of the index of what happened when."""
    return select(
        *(
            select(func.count())
            .where(
                JournalEntry.event == bindparam(f"event{number}"),
                JournalEntry.at >= moment(f"since{number}"),
                JournalEntry.at < moment(f"until{number}"),
            )
            .label(f"count{number}")
            for number in range(count)
        )
    )


def _values(asked: Sequence[_Asked]) -> dict[str, object]:
    values: dict[str, object] = {}
    for number, each in enumerate(asked):
        values[f"event{number}"] = each.event
        values[f"since{number}"] = each.span.since
        values[f"until{number}"] = each.span.until
    return values
