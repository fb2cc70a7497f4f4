"""What is made once and kept for its arguments: bounded in bytes, whatever somebody types.

A number of entries alone bounds nothing: 500 telephone numbers of 250 KB each stayed in memory.
"""

from collections.abc import Callable
from functools import lru_cache, update_wrapper
from typing import Any, Generic, TypeVar

# Longer words are no words of ours: they are worked on, and forgotten.
LONGEST_KEPT = 200

Made = TypeVar("Made")


class Kept(Generic[Made]):
    """A function that makes the same thing once for the same arguments, as long as they are short.

    What it makes must not depend on anything else, nor be much longer than they are.
    """

    def __init__(self, make: Callable[..., Made], most: int) -> None:
        """Keep the `most` last used."""
        self._make = make
        self._kept = lru_cache(maxsize=most)(make)
        update_wrapper(self, make, updated=())

    def __call__(self, *args: Any, **kwargs: Any) -> Made:
        """Make it, or give what was made."""
        for word in args:
            if isinstance(word, str) and len(word) > LONGEST_KEPT:
                return self._make(*args, **kwargs)
        for word in kwargs.values():
            if isinstance(word, str) and len(word) > LONGEST_KEPT:
                return self._make(*args, **kwargs)
        return self._kept(*args, **kwargs)

    @property
    def count(self) -> int:
        """Count what is kept."""
        return self._kept.cache_info().currsize


def kept(most: int) -> Callable[[Callable[..., Made]], Kept[Made]]:
    """Keep what a function makes, for the `most` last used of its arguments."""
    return lambda make: Kept(make, most)
