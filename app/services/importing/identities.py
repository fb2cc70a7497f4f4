"""Telling people apart, though the files give no number to a guardian."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from app.formats import fold


@dataclass(frozen=True, slots=True)
class Person:
    """What tells a guardian from another."""

    last_name: str
    first_name: str
    birth_date: date | None = None
    email: str = ""

    @property
    def words(self) -> list[str]:
        """Return the words of both names, however they are written."""
        return sorted(_words(f"{self.first_name} {self.last_name}"))

    def is_named_as(self, other: "Person") -> bool:
        """Compare both names; a birth date may have been corrected."""
        return self.words == other.words

    def may_be(self, other: "Person") -> bool:
        """Tell whether somebody may have changed names, by marriage or by a correction."""
        if self.birth_date and other.birth_date:
            return self.birth_date == other.birth_date
        if not _words(self.first_name).isdisjoint(_words(other.first_name)):
            return True
        same_address = bool(self.email) and self.email == other.email
        return same_address and not set(self.words).isdisjoint(other.words)

    @property
    def full_name(self) -> str:
        """Write the names as the report does."""
        return f"{self.first_name} {self.last_name}"


@dataclass(frozen=True, slots=True)
class Known:
    """A guardian of the portal; without a rank, one whose place another took."""

    guardian_id: int
    rank: int | None
    person: Person


def new_places(known: Sequence[Known], named: Mapping[int, Person]) -> dict[int, int | None]:
    """Say which guardians change places, and who has none any more.

    Whoever is in a place that the files do not name stays there.
    """
    seats: dict[int, int] = {}
    for is_the_one in (_same, _moved, _renamed):
        for rank, person in named.items():
            if rank in seats.values():
                continue
            for each in known:
                if each.guardian_id not in seats and is_the_one(each, rank, person):
                    seats[each.guardian_id] = rank
                    break
    places: dict[int, int | None] = {}
    for each in known:
        otherwise = None if each.rank in named else each.rank
        place = seats.get(each.guardian_id, otherwise)
        if place != each.rank:
            places[each.guardian_id] = place
    return places


def _same(known: Known, rank: int, person: Person) -> bool:
    return known.rank == rank and known.person.is_named_as(person)


def _moved(known: Known, _rank: int, person: Person) -> bool:
    born, also_born = known.person.birth_date, person.birth_date
    is_namesake = bool(born and also_born) and born != also_born
    return known.person.is_named_as(person) and not is_namesake


def _renamed(known: Known, rank: int, person: Person) -> bool:
    return known.rank == rank and known.person.may_be(person)


def _words(names: str) -> frozenset[str]:
    return frozenset(fold(names).replace("-", " ").split())
