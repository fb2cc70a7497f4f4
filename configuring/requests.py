"""The requests of families that a town may switch off, and how soon it promises an answer."""

import re
from collections.abc import Iterable, Iterator

from configuring.sources import PREFIX

# As addresses name them.
KINDS = (
    "cantine", "garderie", "absence", "place", "coordonnees", "fiche-enfant", "photo", "facture",
    "attestation", "suppression", "autre",
)  # fmt: skip
MOST_DAYS = 60
DELAY = re.compile(r"([\w-]+):([0-9]{1,2})", re.ASCII)


def delays(written: Iterable[str]) -> dict[str, int]:
    """Read the days promised for each kind; what is none is left out."""
    found = (DELAY.fullmatch(each) for each in written)
    return {each[1]: int(each[2]) for each in found if each}


def words(written: Iterable[str]) -> dict[str, str]:
    """Read what families read under each kind; what names none is left out."""
    parts = (each.partition(":") for each in written)
    return {kind.strip(): said.strip() for kind, _, said in parts if said.strip()}


def faults(off: Iterable[str], written: tuple[str, ...], said: tuple[str, ...]) -> Iterator[str]:
    """Say of each name that is no kind, of each delay that is none, of words for nothing."""
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

    named = words(said)
    if len(named) < len(said) or not named.keys() <= set(KINDS):
        yield (
            f"{PREFIX}REQUEST_WORDS vaut « {', '.join(said)} », des sortes et leurs phrases sont "
            f'attendues, dans une liste de settings.toml, par exemple ["cantine:Avant jeudi."]'
        )


def _fits(days: int) -> bool:
    return 1 <= days <= MOST_DAYS
