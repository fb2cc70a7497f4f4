"""Calendars written before: not every program says which one it has."""

import zlib
from collections import OrderedDict
from collections.abc import Callable
from threading import Lock
from weakref import WeakKeyDictionary

from sqlalchemy import Engine

from app import db

# Some 4 KB each once packed, whose writing takes a hundred times what unpacking does.
MOST_KEPT = 256
_of_towns: WeakKeyDictionary[Engine, OrderedDict[str, bytes]] = WeakKeyDictionary()
_keeping = Lock()


def kept_or_written(mark: str, write: Callable[[], bytes]) -> bytes:
    """Give what this town's calendar of this mark was, or write it and keep it a while."""
    with _keeping:
        kept = _of_towns.setdefault(db.engine(), OrderedDict())
        packed = kept.get(mark)
        if packed is not None:
            kept.move_to_end(mark)
            return zlib.decompress(packed)
    body = write()
    packed = zlib.compress(body, level=1)
    with _keeping:
        kept[mark] = packed
        if len(kept) > MOST_KEPT:
            kept.popitem(last=False)
    return body
