"""Until when the days of a week are booked and cancelled, said once where it is the same."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from app.booking_kinds import BookingState
from app.calendar import ONE_DAY
from app.formats import NBSP, day_of, together
from app.services.bookings.judge import spoken
from app.services.bookings.judge.limits import limit_of_all
from app.services.bookings.judge.naming import the
from app.services.bookings.judge.rules import Never, Rule
from app.services.bookings.judge.verdicts import Act, Verdict
from app.services.bookings.judge.worlds import Cell
from app.services.bookings.reading import Known
from app.services.bookings.weeks import ChildDay

# A limit that is so near is told above its day, where the week has several.
SOON = timedelta(hours=36)
FIRM = "une réservation est ferme"
VERBS = {Act.BOOK: "réserver", Act.CANCEL: "annuler"}
# Said of the limit of a week on its last day, and the day before.
NEAR = {timedelta(): " (c’est aujourd’hui)", ONE_DAY: " (c’est demain)"}


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of the services that a family's children may come to."""

    known: Known
    days: Sequence[date]
    now: datetime
    # Each box that is too late asks.
    _shared: dict[tuple[Act, int], datetime | None] = field(default_factory=dict, init=False)

    def told(self) -> list[str]:
        """Tell once until when: services that have the same limits share a sentence."""
        said: dict[str, list[str]] = {}
        for service in self._services():
            if not any(map(self.known.world.services[service].agenda.is_served, self.days)):
                continue
            for words in self._words(service):
                said.setdefault(words, []).append(self.known.town.services[service].name)
        limits = [f"{', '.join(names)}{NBSP}: {words}." for words, names in said.items()]
        return [*limits, *filter(None, map(self._along, self._services()))]

    def _along(self, service: int) -> str:
        """Say what comes with a service: who knows that both are compulsory looks for two boxes."""
        town, world = self.known.town.services, self.known.world
        brought = world.links.brought_by(service)
        along = [the(town[each].name) for each in town if each in brought]
        if not along or not any(map(world.services[service].agenda.is_served, self.days)):
            return ""
        bringing = the(self.known.town.services[service].name)
        return f"Avec {bringing}, on réserve aussi {together(along)}{NBSP}: rien de plus à cocher."

    def _words(self, service: int) -> list[str]:
        book, cancel = self._until(Act.BOOK, service), self._until(Act.CANCEL, service)
        if book == cancel:
            return [f"à réserver ou annuler {book}"] if book else []
        return [
            *([f"à réserver {book}"] if book else []),
            f"à annuler {cancel}" if cancel else FIRM,
        ]

    def _until(self, act: Act, service: int) -> str:
        """Write jusqu’au jeudi 26 novembre à minuit, or la veille, jusqu’à minuit.

        Nothing where it is never done by itself.
        """
        rule = self._rule(act, service)
        if isinstance(rule, Never):
            return ""
        found = self.shared(act, service)
        if found is None:
            return spoken.rule(rule)
        until = spoken.whole_limit(found, self.known.world.services[service].agenda.zone)
        if found <= self.now:
            return f"jusqu’au {until} (c’est passé)"
        last = day_of(found - spoken.ONE_MINUTE)
        return f"jusqu’au {until}{NEAR.get(last - day_of(self.now), '')}"

    def shared(self, act: Act, service: int) -> datetime | None:
        """Return the one limit of all the days of the week; None when they have none, or several.

        With all that the service brings, which is booked and goes with it.
        """
        key = act, service
        if key not in self._shared:
            self._shared[key] = self._found(act, service)
        return self._shared[key]

    def is_said(self, cell: Cell, verdict: Verdict) -> bool:
        """Tell whether the limit is said above the week or its day.

        Whoever waits has none, and may stop.
        """
        if not verdict.ok or self.known.world.is_offered(cell):
            return False
        if verdict.limit is None:
            return self.known.is_live(cell)
        return verdict.limit - self.now > SOON or not self._is_absent(cell)

    def near(self, cell: Cell, verdict: Verdict) -> tuple[Act, str] | None:
        """Say a limit that is near, and not that of the whole week: once for all of a day."""
        limit = verdict.limit if verdict.ok else None
        if limit is None or limit - self.now > SOON or self._is_absent(cell):
            return None
        act = Act.CANCEL if self.known.is_live(cell) else Act.BOOK
        if self.known.world.is_offered(cell) or self.shared(act, cell.service) == limit:
            return None
        zone = self.known.world.services[cell.service].agenda.zone
        return act, f"jusqu’au {spoken.limit(limit, zone)}"

    def _is_absent(self, cell: Cell) -> bool:
        return self.known.world.state(cell) is BookingState.ABSENT

    def _found(self, act: Act, service: int) -> datetime | None:
        if isinstance(self._rule(act, service), Never):
            return None
        services = self.known.world.services
        along = self.known.world.links.brought_by(service)
        rules = [(self._rule(act, each), services[each].agenda) for each in (service, *along)]
        served = services[service].agenda.is_served
        found = {limit_of_all(rules, day) for day in self.days if served(day)}
        return found.pop() if len(found) == 1 else None

    def _rule(self, act: Act, service: int) -> Rule:
        bookable = self.known.world.services[service]
        return bookable.book if act is Act.BOOK else bookable.cancel

    def _services(self) -> list[int]:
        """List those that a child may come to, in the order of pages."""
        enrolled = {service for _, service in self.known.world.enrolments}
        return [service for service in self.known.town.services if service in enrolled]


def told_once(children: Sequence[ChildDay]) -> str:
    """Tell the limits of a day that are near, once for all of its children and services."""
    said: dict[str, tuple[dict[str, None], set[Act]]] = {}
    for line in (line for each in children for line in each.lines):
        if line.near:
            act, until = line.near
            names, acts = said.setdefault(until, ({}, set()))
            names[line.service] = None
            acts.add(act)
    return " ".join(
        f"{', '.join(names)}{NBSP}: à {' ou '.join(VERBS[each] for each in sorted(acts))} {until}."
        for until, (names, acts) in said.items()
    )
