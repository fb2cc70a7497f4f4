"""Until when the days of a week are booked and cancelled, said once where it is the same."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from app.formats import NBSP
from app.services.bookings.judge import spoken
from app.services.bookings.judge.limits import limit
from app.services.bookings.judge.verdicts import Act
from app.services.bookings.reading import Known


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of the services that a family's children may come to."""

    known: Known
    days: Sequence[date]
    now: datetime

    def told(self) -> list[str]:
        """Tell once until when: services that have the same limits share a sentence."""
        said: dict[str, list[str]] = {}
        for service in self._services():
            if not any(map(self.known.world.services[service].agenda.is_served, self.days)):
                continue
            book, cancel = self._until(Act.BOOK, service), self._until(Act.CANCEL, service)
            name = self.known.town.services[service].name
            if book == cancel:
                said.setdefault(f"à réserver ou annuler {book}", []).append(name)
            else:
                said.setdefault(f"à réserver {book}", []).append(name)
                said.setdefault(f"à annuler {cancel}", []).append(name)
        return [f"{', '.join(names)}{NBSP}: {words}." for words, names in said.items()]

    def _until(self, act: Act, service: int) -> str:
        """Write jusqu’au jeudi 26 novembre à minuit, or la veille, jusqu’à minuit."""
        bookable = self.known.world.services[service]
        found = self.shared(act, service)
        if found is None:
            return spoken.rule(bookable.book if act is Act.BOOK else bookable.cancel)
        until = spoken.whole_limit(found, bookable.agenda.zone)
        is_over = found <= self.now
        return f"jusqu’au {until}{' (c’est passé)' if is_over else ''}"

    def shared(self, act: Act, service: int) -> datetime | None:
        """Return the one limit of all the days of the week; None when they have several."""
        along = {service}
        if act is Act.BOOK:
            along |= self.known.world.links.brought_by(service)
        served = self.known.world.services[service].agenda.is_served
        found = {
            min(self._limit(act, each, day) for each in along) for day in self.days if served(day)
        }
        return found.pop() if len(found) == 1 else None

    def _limit(self, act: Act, service: int, day: date) -> datetime:
        bookable = self.known.world.services[service]
        rule = bookable.book if act is Act.BOOK else bookable.cancel
        return limit(rule, day, bookable.agenda)

    def _services(self) -> list[int]:
        """List those that a child may come to, in the order of pages."""
        enrolled = {service for _, service in self.known.world.enrolments}
        return [service for service in self.known.town.services if service in enrolled]
