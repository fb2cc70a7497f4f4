"""The requests of families that a town may switch off, and how soon it promises an answer."""

import re
from collections.abc import Iterable, Iterator

from configuring.sources import PREFIX

# As addresses name them.
KINDS = (
    "cantine", "garderie", "absence", "coordonnees", "fiche-enfant", "photo", "facture",
    "attestation", "suppression", "autre",
)  # fmt: skip
MOST_DAYS = 60
DELAY = re.compile(r"([\w-]+):([0-9]{1,2})", re.ASCII)


def delays(written: Iterable[str]) -> dict[str, int]:
    """Read the days promised for each kind; what is none is left out."""
    found = (DELAY.fullmatch(each) for each in written)
    return {each[1]: int(each[2]) for each in found if each}


def faults(off: Iterable[str], written: tuple[str, ...]) -> Iterator[str]:
    """Say of each name that is no kind, and of each delay that is none."""
    unknown = [kind for kind in off if kind not in KINDS]
    if unknown:
        yield (
            f"{PREFIX}REQUEST_KINDS_OFF contient « {', '.join(unknown)} », "
            f"choisissez parmi {', '.join(KINDS)}"
        )
    read = delays(written)
    if (
        len(read) < len(written)
        or not read.keys() <= set(KINDS)
        or not all(map(_fits, read.values()))
    ):
        yield (
            f"{PREFIX}REQUEST_DELAYS vaut « {', '.join(written)} », des sortes et leurs jours, "
            f"de 1 à {MOST_DAYS}, sont attendus, par exemple cantine:5, photo:10"
        )


def _fits(days: int) -> bool:
    return 1 <= days <= MOST_DAYS
