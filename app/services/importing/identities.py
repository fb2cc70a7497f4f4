"""Telling people apart, though the files give no number to a guardian."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from app.formats import fold

# Before it, a date says that nobody knows.
EARLIEST_BIRTH = date(1901, 1, 1)
# Who knows only the year is written as born on its first or its last day.
UNKNOWN_DAYS = {(1, 1), (12, 31)}
TWO_CLUES = 2


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

    @property
    def born_on(self) -> date | None:
        """Return the birth date, when it tells something."""
        born = self.birth_date
        if born is None or born < EARLIEST_BIRTH or (born.month, born.day) in UNKNOWN_DAYS:
            return None
        return born

    def is_named_as(self, other: "Person") -> bool:
        """Compare both names; a birth date may have been corrected."""
        return self.words == other.words

    def may_be(self, other: "Person", shared: Collection[date | str] = ()) -> bool:
        """Tell whether somebody may have changed names, by marriage or by a correction.

        Two clues at least. A couple has one last name and one mailbox: the two count once, unless
        the first name differs by a slip. What is in `shared`, a date or an address, is no clue.
        """
        if self.is_born_apart_from(other):
            return False
        same_birth = self.born_on is not None and self.born_on == other.born_on
        same_first = not _words(self.first_name).isdisjoint(_words(other.first_name))
        own = (same_birth and self.born_on not in shared) + same_first
        same_last = not _words(self.last_name).isdisjoint(_words(other.last_name))
        same_address = bool(self.email) and self.email == other.email
        household = same_last + (same_address and self.email not in shared)
        if own == 0:
            return household == TWO_CLUES and _is_a_slip(self.first_name, other.first_name)
        return own + household >= TWO_CLUES

    def is_born_apart_from(self, other: "Person") -> bool:
        """Tell whether two birth dates are known, and differ."""
        born, also_born = self.born_on, other.born_on
        return born is not None and also_born is not None and born != also_born

    @property
    def full_name(self) -> str:
        """Write the names as the report does."""
        return f"{self.first_name} {self.last_name}".strip()


@dataclass(frozen=True, slots=True)
class Known:
    """A guardian of the portal; without a rank, one who left."""

    guardian_id: int
    rank: int | None
    person: Person
    # Whether they proved their address in the portal.
    confirmed: bool = False


def new_places(
    known: Sequence[Known],
    named: Mapping[int, Person],
    spoken_of: Collection[int] = (1, 2),
    shared_elsewhere: Collection[str] = (),
) -> dict[int, int | None]:
    """Say which guardians change places, and who has none any more.

    Whoever is in a place that the files say nothing of, not even that it is empty, stays there.
    """
    shared = {*shared_elsewhere, *_shared([each.person for each in known])}
    shared |= _shared([*named.values()])

    def renamed(each: Known, rank: int, person: Person) -> bool:
        return each.rank == rank and each.person.may_be(person, shared)

    def moved_and_renamed(each: Known, _rank: int, person: Person) -> bool:
        return each.person.may_be(person, shared)

    seats = _seats(known, named, (_same, _moved, renamed, moved_and_renamed))
    places: dict[int, int | None] = {}
    for each in known:
        otherwise = None if each.rank in spoken_of else each.rank
        place = seats.get(each.guardian_id, otherwise)
        if place != each.rank:
            places[each.guardian_id] = place
    return places


def _seats(
    known: Sequence[Known],
    named: Mapping[int, Person],
    ways: Sequence[Callable[[Known, int, Person], bool]],
) -> dict[int, int]:
    """Find who of the portal is whom of the file, by the surest way first."""
    seats: dict[int, int] = {}
    for is_the_one in ways:
        for rank, person in named.items():
            if rank in seats.values():
                continue
            for each in known:
                if each.guardian_id not in seats and is_the_one(each, rank, person):
                    seats[each.guardian_id] = rank
                    break
    return seats


def _same(known: Known, rank: int, person: Person) -> bool:
    return known.rank == rank and known.person.is_named_as(person)


def _moved(known: Known, _rank: int, person: Person) -> bool:
    return known.person.is_named_as(person) and not known.person.is_born_apart_from(person)


def _shared(people: Sequence[Person]) -> set[date | str]:
    """Find the dates and the addresses of two people who are named otherwise."""
    owners: dict[date | str, list[str]] = {}
    shared: set[date | str] = set()
    for person in people:
        for clue in (person.born_on, person.email):
            if clue and owners.setdefault(clue, person.words) != person.words:
                shared.add(clue)
    return shared


def _is_a_slip(one: str, other: str) -> bool:
    """Tell whether two names differ by one letter; a last one makes Michèle of Michel."""
    short, long = sorted((fold(one), fold(other)), key=len)
    if len(long) - len(short) > 1 or short[-1:] != long[-1:]:
        return False
    start = next((at for at, (a, b) in enumerate(zip(short, long, strict=False)) if a != b), None)
    if start is None:
        return False
    rest = short[start:] if len(short) < len(long) else short[start + 1 :]
    return rest == long[start + 1 :]


def _words(names: str) -> frozenset[str]:
    return frozenset(fold(names).replace("-", " ").split())
