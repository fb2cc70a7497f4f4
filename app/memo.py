"""What is made once and kept for its arguments: bounded in bytes, whatever somebody types.

A number of entries alone bounds nothing: 500 telephone numbers of 250 KB each stayed in memory.
"""

from collections.abc import Callable
from functools import update_wrapper
from threading import Lock
from typing import Any, Final, Generic, TypeVar

# Longer words are no words of ours: they are worked on, and forgotten.
LONGEST_KEPT = 200
_NAMES_FOLLOW: Final = object()

Made = TypeVar("Made")


class Kept(Generic[Made]):
    """A function that makes the same thing once for the same arguments, as long as they are short.

    What it makes must not depend on anything else, nor be much longer than they are.
    """

    def __init__(self, make: Callable[..., Made], most: int) -> None:
        """Keep the `most` last made."""
        self._make = make
        self._most = most
        self._kept: dict[tuple[Any, ...], Made] = {}
        self._keeping = Lock()
        update_wrapper(self, make, updated=())

    def __call__(self, *args: Any, **kwargs: Any) -> Made:
        """Make it, or give what was made."""
        # A page asks hundreds of times: what is kept is given before anything is looked at.
        key = (*args, _NAMES_FOLLOW, *kwargs.items()) if kwargs else args
        try:
            return self._kept[key]
        except KeyError:
            made = self._make(*args, **kwargs)
            if all(map(_is_short, args)) and all(map(_is_short, kwargs.values())):
                self._keep(key, made)
            return made

    def _keep(self, key: tuple[Any, ...], made: Made) -> None:
        with self._keeping:
            while len(self._kept) >= self._most:
                del self._kept[next(iter(self._kept))]
            self._kept[key] = made

    @property
    def count(self) -> int:
        """Count what is kept."""
        return len(self._kept)


def kept(most: int) -> Callable[[Callable[..., Made]], Kept[Made]]:
    """Keep what a function makes, for the `most` last of its arguments."""
    return lambda make: Kept(make, most)


def _is_short(argument: object) -> bool:
    if isinstance(argument, tuple):
        return all(map(_is_short, argument))
    return not isinstance(argument, str) or len(argument) <= LONGEST_KEPT
