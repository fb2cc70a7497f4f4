"""Which keys others know, or guess."""

import re

# Published with the source.
FOR_DEVELOPMENT = "development-only-key-never-used-in-production"
FOR_TESTS = "test-only-key-never-used-in-production"
PUBLISHED = frozenset({FOR_DEVELOPMENT, FOR_TESTS})

# Where nobody listens in between.
OWN_MACHINE = frozenset({"localhost", "127.0.0.1", "::1"})

MINIMUM_BYTES = 32
MINIMUM_SIGNS = 8
# What people type are words: chance writes neither so many in one case nor so few digits.
RUN = re.compile(r"[^\W\d_][a-zà-ÿ]{3,}|[A-ZÀ-Þ]{4,}")
VOWEL = re.compile(r"[aeiouyàâéèêëîïôùûü]", re.IGNORECASE)
CONSONANTS = re.compile(r"[b-df-hj-np-tv-xz]{4}", re.IGNORECASE)
WORDS_SHARE = 0.55
DIGITS_SHARE = 0.125


def is_strong(key: str) -> bool:
    """Tell whether a key seems drawn at random: not published, repeated, nor made of words."""
    if len(key.encode()) < MINIMUM_BYTES or key in PUBLISHED:
        return False
    return not (_is_repeated(key) or _is_typed(key))


def _is_repeated(key: str) -> bool:
    return len(set(key)) < MINIMUM_SIGNS or key in (key + key)[1:-1]


def _is_typed(key: str) -> bool:
    words = sum(len(run) for run in RUN.findall(key) if _is_a_word(run))
    digits = sum(map(str.isdigit, key))
    return words > WORDS_SHARE * len(key) and digits < DIGITS_SHARE * len(key)


def _is_a_word(run: str) -> bool:
    return bool(VOWEL.search(run)) and not CONSONANTS.search(run)
