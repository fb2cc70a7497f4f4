"""What families, the town and its files may do to the days of `random_towns`, in any order."""

from datetime import date
from typing import NamedTuple

from hypothesis import strategies as st

from app.models import Waiting
from tests.support.random_towns import DAYS, SLUGS

MINE = [("ines", "e3"), ("ines", "e4"), ("moreau", "e3"), ("zest", "e1")]
whose = st.sampled_from(MINE)
boxes = st.tuples(whose, st.sampled_from(SLUGS), st.sampled_from(DAYS))


class Send(NamedTuple):
    """A family sends boxes that no page need have had: absences, or days ticked and unticked."""

    boxes: dict[tuple[tuple[str, str], str, date], bool]
    misses: bool
    knows_cost: bool


class Copy(NamedTuple):
    """A family saves the next week as this one, or as one child has it."""

    who: tuple[str, str]
    alike: bool


class Apply(NamedTuple):
    """A family says a typical week, and books by it."""

    who: tuple[str, str]
    ticked: frozenset[str]


class Leave(NamedTuple):
    """A home leaves a day to the other one, or takes it back."""

    who: tuple[str, str]
    day: date
    takes_back: bool


class Close(NamedTuple):
    """The town closes a service, opens it again, or undoes what it closed last."""

    service: str
    day: date
    school: str
    how: str


class Have(NamedTuple):
    """The town has other places, and gives them by itself or asks."""

    service: str
    places: int | None
    how: Waiting


class Answer(NamedTuple):
    """The town gives a place to one who waits, or refuses it."""

    number: int
    gives: bool


class Grant(NamedTuple):
    """The town gives places past the limit to a family, or takes back what it gave last."""

    boxes: frozenset[tuple[tuple[str, str], str, date]]
    takes_back: bool


class Telephone(NamedTuple):
    """A family telephones: the town hall books its days, and withdraws others."""

    boxes: dict[tuple[tuple[str, str], str, date], bool]


class Part(NamedTuple):
    """The town gives a school places of its own at a service, or takes that group away."""

    service: str
    school: str
    places: int
    goes: bool


class Place(NamedTuple):
    """The town says in which group an enrolment is, or leaves it to the school."""

    who: tuple[str, str]
    service: str
    group: int


class Ask(NamedTuple):
    """A family wants to know when a service opens, or does not any more."""

    who: tuple[str, str]
    service: str
    wants: bool


class Read(NamedTuple):
    """The town's own software says a day."""

    box: tuple[tuple[str, str], str, date]
    state: str


class Wait(NamedTuple):
    """Hours go by, and offers lapse."""

    hours: int


Act = (
    Send | Copy | Apply | Leave | Close | Have | Answer | Grant | Telephone | Part | Place | Ask
    | Read | Wait
)  # fmt: skip
sends = st.builds(Send, st.dictionaries(boxes, st.booleans(), min_size=1), *[st.booleans()] * 2)
slots = st.builds("all.{}.{}".format, st.sampled_from([0, 3, 4]), st.sampled_from(SLUGS))
states = st.sampled_from(["RESERVE", "ATTENTE", "ANNULE", "ABSENT", "FERME"])
acts = sends | st.one_of(
    sends,
    st.builds(Copy, whose, st.booleans()),
    st.builds(Apply, whose, st.frozensets(slots, min_size=1)),
    st.builds(Leave, whose, st.sampled_from(DAYS), st.booleans()),
    st.builds(
        Close, st.sampled_from(SLUGS), st.sampled_from(DAYS),
        st.sampled_from(["", "École du Bourg"]), st.sampled_from(["closes", "opens", "undoes"]),
    ),
    st.builds(
        Have, st.sampled_from(SLUGS), st.sampled_from([None, 0, 1, 2, 3]), st.sampled_from(Waiting)
    ),
    st.builds(Answer, st.integers(0, 5), st.booleans()),
    st.builds(Grant, st.frozensets(boxes, min_size=1, max_size=3), st.booleans()),
    st.builds(Telephone, st.dictionaries(boxes, st.booleans(), min_size=1, max_size=4)),
    st.builds(
        Part, st.sampled_from(SLUGS), st.sampled_from(["École du Bourg", "École Louise-Michel"]),
        st.integers(1, 3), st.booleans(),
    ),
    st.builds(Place, whose, st.sampled_from(SLUGS), st.integers(0, 2)),
    st.builds(Ask, whose, st.sampled_from(SLUGS), st.booleans()),
    st.builds(Read, boxes, states),
    st.builds(Wait, st.integers(1, 60)),
)  # fmt: skip
