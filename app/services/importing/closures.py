"""The guard: an import that would close many accesses asks for their number."""

import shlex
from dataclasses import dataclass
from pathlib import Path

from app.formats import plural

# So many may close without a word, and so many of a hundred.
FEW = 10
SHARE = 5


def are_few(count: int, of: int) -> bool:
    """Tell whether so many may leave without a word: else the files may be those of a few."""
    return count <= FEW or count * 100 <= of * SHARE


@dataclass(frozen=True, slots=True)
class Closures:
    """How many accesses an import closes, and how many somebody said."""

    count: int
    # Of how many that were open.
    of: int
    said: int | None
    # Whether those of families that the files do not name are among them.
    with_missing: bool

    @property
    def are_meant(self) -> bool:
        """Tell whether they are few, or as many as were said."""
        if self.said is None:
            return are_few(self.count, self.of)
        return self.said == self.count

    def question(self, path: Path) -> str:
        """Ask for the number, with the command that gives it."""
        accesses = plural(self.count, "accès", "accès")
        said = "" if self.said is None else f", et non {self.said}"
        option = "--archive-missing" if self.with_missing else "--closing"
        return (
            f"Cet import ferme {accesses} sur {self.of} ouverts{said}. Lisez lesquels "
            "avec --dry-run. Si c’est bien ce que vous voulez, tapez\u00a0:\n"
            f"  flask import {shlex.quote(str(path))} {option} {self.count}"
        )
