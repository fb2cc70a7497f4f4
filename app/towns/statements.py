"""SQL compiled once for all towns: each has an engine, and they say the same.

A town whose pages were all opened takes two MiB less.
"""

from functools import cache
from typing import Any

from sqlalchemy import Dialect, Engine
from sqlalchemy.util import LRUCache

from app.db.reading import kind_of

# As many as all pages and commands have, with room to spare.
MOST_KEPT = 2_000

_compiled: LRUCache[Any, Any] = LRUCache(MOST_KEPT)


def share(engine: Engine) -> None:
    """Have an engine use what was compiled for another of its kind."""
    engine.update_execution_options(compiled_cache=_compiled)
    # What is compiled is found again by its dialect, of which each engine has its own.
    kind: Any = type(engine.dialect)
    engine.dialect.__class__ = _comparable(kind)


@cache
def _comparable(kind: type[Dialect]) -> type[Dialect]:
    """Make dialects of one kind, for servers of one version, equal."""
    methods: dict[str, Any] = {
        # SQLAlchemy wants each class to say so itself.
        "supports_statement_cache": True,
        "__eq__": lambda one, other: kind_of(one) == kind_of(other),
        "__hash__": lambda one: hash(kind_of(one)),
    }
    return type(kind.__name__, (kind,), methods)
