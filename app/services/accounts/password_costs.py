"""What the kept passwords cost to check: more than one thing once the settings have changed."""

from weakref import WeakKeyDictionary

from sqlalchemy import Engine, select

from app import db
from app.models import Account
from app.services.accounts import passwords
from app.services.accounts.passwords import Cost

_KEPT = select(Account.password_hash).where(Account.password_hash.is_not(None))
# Once for a process: what is hashed later has the cost of now.
_found: WeakKeyDictionary[Engine, frozenset[Cost]] = WeakKeyDictionary()


def in_use() -> frozenset[Cost]:
    """Return every cost that a kept password may have."""
    engine = db.engine()
    if engine not in _found:
        _found[engine] = _read()
    return _found[engine]


def _read() -> frozenset[Cost]:
    # A hash ends in $ and its salt, $ and itself: one of each beginning is enough to look into.
    samples = {
        kept.rsplit("$", 2)[0]: kept for kept in db.session().scalars(_KEPT) if kept is not None
    }
    return frozenset(map(passwords.cost_of, samples.values()))
