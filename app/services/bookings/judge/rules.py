"""When it is too late: what towns publish, as values; `notation` is their text.

The minute that a rule names is still in time. Whoever makes one that makes no sense is told in
French what to write instead, whether it comes from a screen or from a file.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TypeAlias

from app import typed_text
from app.formats import WEEKDAYS
from app.services.refusals import Reason, Refusal

# Minutes of the day: 24:00 is its end.
END_OF_DAY = 24 * 60
MOST_DAYS = 365
MOST_WEEKS = 52
MOST_MONTHS = 12
LAST_OF_MONTH = 31


class Counted(StrEnum):
    """Which days count; the value is the word of the notation."""

    DAYS = "jours"
    WORKING = "ouvrés"
    # Those on which the service is planned.
    SERVED = "ouverture"
    # Whole days between: neither the day of the service nor the one on which one books.
    CLEAR = "francs"


@dataclass(frozen=True, slots=True)
class DaysBefore:
    """So many days before; none is the same day."""

    days: int
    at: int
    counted: Counted = Counted.DAYS

    def __post_init__(self) -> None:
        """Refuse what makes no sense."""
        _check_days("J", self.days, self.at, self.counted)


@dataclass(frozen=True, slots=True)
class WeekBefore:
    """On one day of a week before, for all days of a week."""

    weekday: int
    weeks: int
    at: int

    def __post_init__(self) -> None:
        """Refuse what makes no sense."""
        if self.weeks < 1:
            raise unfit(
                "une limite dans la semaine même s’écrit jour par jour :"
                " « jeu:mar 09:00 ven:mar 09:00 »"
            )
        if self.weeks > MOST_WEEKS:
            raise unfit(f"une limite ne remonte pas à plus de {MOST_WEEKS} semaines")
        _check_minute(self.at)


@dataclass(frozen=True, slots=True)
class OnDay:
    """For one day of the week: until when, so many weeks before."""

    served: int
    weekday: int
    weeks: int
    at: int

    def __post_init__(self) -> None:
        """Refuse what makes no sense."""
        _check_minute(self.at)
        if self.weeks > MOST_WEEKS:
            raise unfit(f"une limite ne remonte pas à plus de {MOST_WEEKS} semaines")
        if self.weeks == 0 and self.weekday > self.served:
            served, late = WEEKDAYS[self.served], WEEKDAYS[self.weekday]
            raise unfit(
                f"le {late} vient après le {served} : pour celui d’avant, écrivez"
                f" « {served[:3]}:{late[:3]}-1 »"
            )


@dataclass(frozen=True, slots=True)
class ByWeekday:
    """Each day of the week has its own; one left out goes with the day listed before it."""

    table: tuple[OnDay, ...]

    def __post_init__(self) -> None:
        """Refuse what makes no sense."""
        listed = [each.served for each in self.table]
        if not listed:
            raise unfit("aucun jour n’a de limite : écrivez par exemple « lun:ven-1 09:00 »")
        if listed != sorted(set(listed)):
            raise unfit("chaque jour s’écrit une fois, dans l’ordre de la semaine")


@dataclass(frozen=True, slots=True)
class MonthBefore:
    """On one day of a month before; on its last day if it is shorter."""

    day: int
    months: int
    at: int

    def __post_init__(self) -> None:
        """Refuse what makes no sense."""
        if not 1 <= self.months <= MOST_MONTHS:
            raise unfit(
                f"une limite au mois remonte de 1 à {MOST_MONTHS} mois : écrivez « M-1 20 24:00 »"
                " pour le 20 du mois d’avant"
            )
        if not 1 <= self.day <= LAST_OF_MONTH:
            raise unfit(
                f"un mois n’a pas de {self.day} : écrivez « M-1 31 24:00 » pour son dernier jour"
            )
        _check_minute(self.at)


@dataclass(frozen=True, slots=True)
class BeforePeriod:
    """So many days before the first day served of the holidays, or of the term."""

    days: int
    at: int
    counted: Counted = Counted.DAYS

    def __post_init__(self) -> None:
        """Refuse what makes no sense."""
        _check_days("P", self.days, self.at, self.counted)


@dataclass(frozen=True, slots=True)
class Window:
    """From an instant to a minute, whatever the day of the service."""

    first: date
    opens_at: int
    last: date
    at: int

    def __post_init__(self) -> None:
        """Refuse what makes no sense."""
        if not 0 <= self.opens_at < END_OF_DAY:
            raise unfit("les réservations ouvrent entre 00:00 et 23:59")
        _check_minute(self.at)
        if (self.last, self.at) <= (self.first, self.opens_at):
            raise unfit("les réservations ferment après avoir ouvert : écrivez « du » avant « au »")


@dataclass(frozen=True, slots=True)
class Never:
    """It cannot be done: a firm booking, an absence that nobody declares."""


Rule: TypeAlias = DaysBefore | WeekBefore | ByWeekday | MonthBefore | BeforePeriod | Window | Never


def without_limit(rule: Rule, weekdays: frozenset[int]) -> list[str]:
    """Name the days of a service that a table by weekday leaves out."""
    if not isinstance(rule, ByWeekday):
        return []
    listed = {each.served for each in rule.table}
    return [WEEKDAYS[weekday] for weekday in sorted(weekdays - listed)]


def _check_days(letter: str, days: int, at: int, counted: Counted) -> None:
    if days > MOST_DAYS:
        raise unfit(f"une limite ne remonte pas à plus de {MOST_DAYS} jours")
    _check_minute(at)
    if counted is Counted.CLEAR and at != END_OF_DAY:
        raise unfit(
            f"des jours francs finissent à minuit : écrivez « {letter}-{days} francs », sans heure"
        )


def _check_minute(at: int) -> None:
    if at == 0:
        raise unfit(
            "00:00 est le début du jour : pour minuit, à la fin du jour, écrivez 24:00 et le jour"
            " d’avant"
        )
    if not 0 < at <= END_OF_DAY:
        raise unfit("l’heure va de 00:01 à 24:00")


def unfit(words: str) -> Refusal:
    """Refuse what cannot be a rule; its words get the no-break spaces of a sentence."""
    return Refusal(Reason.UNFIT, typed_text.one_sentence(words))
