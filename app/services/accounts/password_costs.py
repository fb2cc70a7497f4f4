"""What the kept passwords cost to check: more than one thing once the settings have changed."""

from weakref import WeakKeyDictionary

from sqlalchemy import Engine, Select, func, select, union_all
from sqlalchemy.orm import InstrumentedAttribute

from app import db
from app.models import Account, ClerkAccount
from app.services.accounts import passwords
from app.services.accounts.passwords import Cost

# The salt and the hash itself, with the $ before each, end what argon2 writes: one kept password of
# each beginning is enough to look into, and a million never leave the database.
_END = 1 + 22 + 1 + 43


def _one_of_each(password_hash: InstrumentedAttribute[str | None]) -> Select[str | None]:
    beginning = func.substr(password_hash, 1, func.length(password_hash) - _END)
    return select(func.min(password_hash)).where(password_hash.is_not(None)).group_by(beginning)


_KEPT = union_all(_one_of_each(Account.password_hash), _one_of_each(ClerkAccount.password_hash))
# Once for a process: what is hashed later has the cost of now.
_found: WeakKeyDictionary[Engine, frozenset[Cost]] = WeakKeyDictionary()


def in_use() -> frozenset[Cost]:
    """Return every cost that a kept password may have."""
    engine = db.engine()
    if engine not in _found:
        _found[engine] = _read()
    return _found[engine]


def _read() -> frozenset[Cost]:
    return frozenset(passwords.cost_of(kept) for kept in db.session().scalars(_KEPT) if kept)
