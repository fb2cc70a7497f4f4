"""Passwords that parents choose: how they are kept, and which ones are refused.

The four rules are those of the printed guides; refusing common and personal ones follows the
CNIL's recommendation of 21 July 2022 on passwords.
"""

import ctypes
import re
import threading
import unicodedata
from collections.abc import Callable, Iterable
from functools import cache, lru_cache
from pathlib import Path
from typing import NamedTuple

import argon2

from app import db
from app.formats import fold
from app.settings import settings

MAXIMUM_LENGTH = 128
MINIMUM_LENGTH = 8
# Hashing takes 19 MiB: a burst of sign-ins must neither fill the memory nor stop the process.
SIMULTANEOUS_HASHES = 2
# mallopt(3), of glibc.
M_MMAP_THRESHOLD = -3
LARGE_BLOCK_BYTES = 1 << 20

# A key that the page's script knows, the rule, what to do about it, and whether it is met.
Rule = tuple[str, str, str, Callable[[str], bool]]
RULES: tuple[Rule, ...] = (
    (
        "length",
        "8 caractères minimum",
        "Allongez votre mot de passe\u00a0: il faut au moins 8 caractères.",
        lambda clear: len(clear) >= MINIMUM_LENGTH,
    ),
    (
        "upper",
        "Au moins 1 majuscule",
        "Ajoutez une majuscule.",
        lambda clear: any(character.isupper() for character in clear),
    ),
    (
        "lower",
        "Au moins 1 minuscule",
        "Ajoutez une minuscule.",
        lambda clear: any(character.islower() for character in clear),
    ),
    (
        "digit",
        "Au moins 1 caractère numérique",
        "Ajoutez un chiffre.",
        lambda clear: any(character in "0123456789" for character in clear),
    ),
)
TOO_LONG = "Raccourcissez votre mot de passe\u00a0: il peut avoir 128 caractères au plus."
TOO_COMMON = "Choisissez un autre mot de passe\u00a0: celui-ci est trop courant."
TOO_PERSONAL = (
    "Choisissez un autre mot de passe\u00a0: celui-ci contient votre nom, votre prénom "
    "ou votre identifiant."
)
SAME_AS_TEMPORARY = "Choisissez un mot de passe différent du mot de passe temporaire."


class Cost(NamedTuple):
    """What one hash takes: its passes, its memory, its threads."""

    time: int
    memory_kib: int
    parallelism: int


_COMMON = Path(__file__).with_name("common_passwords")
# Shorter ones, such as Léa, stand in too many words to be a clue.
_SHORTEST_NAME = 4
_hashing_slots = threading.BoundedSemaphore(SIMULTANEOUS_HASHES)


def policy() -> list[tuple[str, str]]:
    """Return the rules to show: a key that the page's script knows, and its words."""
    return [(key, words) for key, words, _, _ in RULES]


def problems(clear: str, personal: Iterable[str] = (), rules: Iterable[Rule] = RULES) -> list[str]:
    """Say what to do about a chosen password, one sentence per unmet rule; empty when it is good.

    `personal` holds the identifiant and the names of the family.
    """
    if len(clear) > MAXIMUM_LENGTH:
        return [TOO_LONG]
    unmet = [advice for _, _, advice, met in rules if not met(clear)]
    if unmet:
        return unmet
    if is_common(clear):
        return [TOO_COMMON]
    if _contains_one_of(clear, personal):
        return [TOO_PERSONAL]
    return []


def is_common(clear: str) -> bool:
    """Tell whether a password is on the list of those that are tried first.

    Some 7,800 that were seen in leaks, whatever their capitals, and French words dressed with
    digits or signs, such as Rentree2026.
    """
    folded = fold(clear)
    bare = re.sub(r"^[^a-z]+|[^a-z]+$", "", folded)
    return folded in _words("exact.txt") or bare in _words("french_words.txt")


def hash_password(clear: str) -> str:
    """Hash a password for keeping (Argon2id, RFC 9106)."""
    db.let_go()
    with _hashing_slots:
        return _hasher(current_cost()).hash(_normalize(clear))


def verify(password_hash: str | None, clear: str, costs: Iterable[Cost] = ()) -> bool:
    """Check a password as typed; `costs` are those of the hashes that it might have been kept by.

    Whatever is wrong then takes as long: without a hash (unknown identifiant, nothing chosen yet)
    a dummy of each cost is verified, with one a dummy of each other cost.
    """
    if len(clear) > MAXIMUM_LENGTH:
        return False
    # Waiting for a hash takes nothing from who waits for the database.
    db.let_go()
    own = cost_of(password_hash) if password_hash else None
    if password_hash and own and _matches(_hasher(own), password_hash, clear):
        return True
    for cost in {current_cost(), *costs} - {own}:
        hasher = _hasher(cost)
        _matches(hasher, _dummy_hash(hasher), clear)
    return False


def cost_of(password_hash: str) -> Cost:
    """Read what a hash cost from the hash itself."""
    found = argon2.extract_parameters(password_hash)
    return Cost(found.time_cost, found.memory_cost, found.parallelism)


def current_cost() -> Cost:
    """Return what a hash costs from now on."""
    return Cost(settings.argon2_time_cost, settings.argon2_memory_kib, settings.argon2_parallelism)


def needs_rehash(password_hash: str) -> bool:
    """Tell whether the settings have changed since this hash was made."""
    return _hasher(current_cost()).check_needs_rehash(password_hash)


@cache
def _hasher(cost: Cost) -> argon2.PasswordHasher:
    _give_large_blocks_back()
    return argon2.PasswordHasher(cost.time, cost.memory_kib, cost.parallelism)


def _matches(hasher: argon2.PasswordHasher, password_hash: str, clear: str) -> bool:
    try:
        with _hashing_slots:
            return hasher.verify(password_hash, _normalize(clear))
    except argon2.exceptions.VerificationError:
        return False


def _give_large_blocks_back() -> None:
    # Left alone, glibc keeps the 19 MiB of a hash in every worker from the second one on.
    libc = ctypes.CDLL(None)
    if hasattr(libc, "mallopt"):
        libc.mallopt(M_MMAP_THRESHOLD, LARGE_BLOCK_BYTES)


@cache
def _dummy_hash(hasher: argon2.PasswordHasher) -> str:
    return hasher.hash("no account has this password")


def _normalize(clear: str) -> bytes:
    # The same é typed on a Mac and on a PC must be the same bytes; lone surrogates hash as well.
    return unicodedata.normalize("NFC", clear).encode("utf-8", "surrogatepass")


@lru_cache(maxsize=2)
def _words(name: str) -> frozenset[str]:
    return frozenset((_COMMON / name).read_text("utf-8").split())


def _contains_one_of(clear: str, personal: Iterable[str]) -> bool:
    folded = fold(clear)
    words = (word for text in personal for word in re.split(r"[\s'’-]+", fold(text)))
    return any(word in folded for word in words if len(word) >= _SHORTEST_NAME)
