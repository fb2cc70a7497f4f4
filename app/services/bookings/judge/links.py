"""What services say of each other: one brings another, needs it, or excludes it."""

from dataclasses import dataclass, field
from typing import NamedTuple

from app.booking_kinds import LinkKind
from app.services.refusals import Reason, Refusal

NONE: frozenset[int] = frozenset()


class Link(NamedTuple):
    """`service` brings, needs or excludes `other`; both are numbers."""

    service: int
    other: int
    kind: LinkKind


Found = dict[int, frozenset[int]]


@dataclass(frozen=True, slots=True)
class Links:
    """All that is said; what goes round in a circle cannot be."""

    said: tuple[Link, ...] = ()
    # A page asks sixty times, and towns say little.
    _brought: Found = field(default_factory=dict, init=False, repr=False)
    _bringing: Found = field(default_factory=dict, init=False, repr=False)
    _needed: Found = field(default_factory=dict, init=False, repr=False)
    _needing: Found = field(default_factory=dict, init=False, repr=False)
    _excluded: Found = field(default_factory=dict, init=False, repr=False)

    def __post_init__(self) -> None:
        """Refuse what nobody could ever book, or ever cancel."""
        self._sort_out()
        for service in {link.service for link in self.said}:
            if service in self.brought_by(service):
                raise Refusal(Reason.UNFIT, "un service ne peut pas s’entraîner lui-même")
            needed = self._reached(service, LinkKind.NEEDS)
            if service in needed:
                raise Refusal(Reason.UNFIT, "un service ne peut pas se demander lui-même")
            with_it = self._reached(service, LinkKind.BRINGS, LinkKind.NEEDS) | {service}
            if any(self.excluded_by(each) & with_it for each in with_it):
                raise Refusal(
                    Reason.UNFIT, "un service ne peut pas exclure ce qu’il entraîne ou demande"
                )

    def brought_by(self, service: int) -> frozenset[int]:
        """Find all that comes with a service, and with what comes with it."""
        return self._brought.get(service, NONE)

    def bringing(self, service: int) -> frozenset[int]:
        """Find all that a service comes with."""
        return self._bringing.get(service, NONE)

    def needed_by(self, service: int) -> frozenset[int]:
        """Find what one must have to book a service."""
        return self._needed.get(service, NONE)

    def needing(self, service: int) -> frozenset[int]:
        """Find what may not be booked without a service."""
        return self._needing.get(service, NONE)

    def excluded_by(self, service: int) -> frozenset[int]:
        """Find what one may not have beside a service, whichever of them says so."""
        return self._excluded.get(service, NONE)

    def _sort_out(self) -> None:
        for service, other, kind in self.said:
            if kind is LinkKind.NEEDS:
                _add(self._needed, service, other)
                _add(self._needing, other, service)
            if kind is LinkKind.EXCLUDES:
                _add(self._excluded, service, other)
                _add(self._excluded, other, service)
            if kind is LinkKind.BRINGS and service not in self._brought:
                self._brought[service] = self._reached(service, kind)
                for brought in self._brought[service]:
                    _add(self._bringing, brought, service)

    def _reached(self, service: int, *kinds: LinkKind) -> frozenset[int]:
        found: set[int] = set()
        ahead = [service]
        while ahead:
            current = ahead.pop()
            steps = {
                link.other for link in self.said if link.service == current and link.kind in kinds
            }
            ahead += steps - found
            found |= steps
        return frozenset(found)


def _add(found: Found, service: int, other: int) -> None:
    found[service] = found.get(service, NONE) | {other}
