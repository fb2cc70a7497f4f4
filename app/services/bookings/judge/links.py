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


@dataclass(frozen=True, slots=True)
class Links:
    """All that is said; what goes round in a circle cannot be."""

    said: tuple[Link, ...] = ()
    # A page asks sixty times, and towns say little.
    _brought: dict[int, frozenset[int]] = field(default_factory=dict, init=False, repr=False)

    def __post_init__(self) -> None:
        """Refuse what nobody could ever book, or ever cancel."""
        for service in {link.service for link in self.said}:
            self._brought[service] = self._reached(service, LinkKind.BRINGS)
            if service in self._brought[service]:
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
        return frozenset(each for each, brought in self._brought.items() if service in brought)

    def needed_by(self, service: int) -> frozenset[int]:
        """Find what one must have to book a service."""
        return frozenset(
            link.other
            for link in self.said
            if link.service == service and link.kind is LinkKind.NEEDS
        )

    def needing(self, service: int) -> frozenset[int]:
        """Find what may not be booked without a service."""
        return frozenset(
            link.service
            for link in self.said
            if link.other == service and link.kind is LinkKind.NEEDS
        )

    def excluded_by(self, service: int) -> frozenset[int]:
        """Find what one may not have beside a service, whichever of them says so."""
        return frozenset(
            link.other if link.service == service else link.service
            for link in self.said
            if link.kind is LinkKind.EXCLUDES and service in link[:2]
        )

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
