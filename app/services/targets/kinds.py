"""A target: every family, one, or some by what they have in common."""

from enum import StrEnum
from typing import Any, NamedTuple

from app.formats import NBSP, plural


class TargetKind(StrEnum):
    """What a target's families have in common; the value is the word of forms."""

    EVERYBODY = "toutes"
    FAMILY = "famille"
    SCHOOL = "ecole"
    ACTIVITY = "activite"
    LATE = "retard"
    NUMBERS = "liste"


IN_FRENCH = {
    TargetKind.EVERYBODY: "Toutes les familles",
    TargetKind.FAMILY: "Une famille",
    TargetKind.SCHOOL: "Une école, des classes",
    TargetKind.ACTIVITY: "Une activité",
    TargetKind.LATE: "Les familles en retard de paiement",
    TargetKind.NUMBERS: "Une liste de familles",
}
LONGEST_WORDS = 300


class Target(NamedTuple):
    """To whom; `values` are a number, classes, an activity, days or numbers, by the kind."""

    kind: TargetKind = TargetKind.EVERYBODY
    values: tuple[str, ...] = ()

    def stored(self) -> dict[str, Any]:
        """Write it for a row."""
        return {"kind": self.kind.value, "values": list(self.values)}

    @classmethod
    def read(cls, row: dict[str, Any]) -> "Target":
        """Read it from a row; one that says nothing is nobody's yet, so of a list of nobody."""
        kind = TargetKind(row.get("kind", TargetKind.NUMBERS))
        return cls(kind, tuple(row.get("values", ())))

    @property
    def words(self) -> str:
        """Say whom, as it is kept beside what they were sent."""
        first = self.values[0] if self.values else ""
        words = {
            TargetKind.EVERYBODY: IN_FRENCH[TargetKind.EVERYBODY],
            TargetKind.FAMILY: f"Famille n°{NBSP}{first}",
            TargetKind.SCHOOL: " ; ".join(self.values),
            TargetKind.ACTIVITY: first,
            TargetKind.LATE: f"En retard de paiement de plus de {plural(_days(first), 'jour')}",
            TargetKind.NUMBERS: f"Liste de {plural(len(self.values), 'famille')}",
        }[self.kind]
        return words if len(words) <= LONGEST_WORDS else words[: LONGEST_WORDS - 1] + "…"


def _days(typed: str) -> int:
    return int(typed) if typed.isascii() and typed.isdigit() else 0
