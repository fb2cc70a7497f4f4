"""Waiting after failures, counted in the database so that workers and restarts share it.

A wait belongs to somebody who fails: to an identifiant typed from one network, or on a device that
is known. Failures in a row from anywhere end in « by the mailbox », never in a lock: nobody shuts a
parent out by typing their identifiant.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import IPv6Address, IPv6Network, ip_address
from typing import NamedTuple

from sqlalchemy import (
    ColumnElement,
    and_,
    bindparam,
    case,
    delete,
    null,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Session

from app import db
from app.models import Throttle

FREE_FAILURES = 5
FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(minutes=15)
FORGOTTEN_AFTER = timedelta(hours=24)
# NIST 800-63B allows as many in a row on one account, wherever they come from.
MOST_IN_A_ROW = 100
IN_A_ROW_FORGOTTEN_AFTER = timedelta(days=30)

# A school or a phone network is one address: 40 families may each fail a few times.
ADDRESS_WINDOW = timedelta(minutes=5)
ADDRESS_FAILURES = 300
# Each asks for a mail to be made: still generous, but a flood has to stop somewhere.
ADDRESS_REQUESTS = 120
# « Mes données » reads all there is: enough for a download that failed, twice.
OWN_DATA_REQUESTS = 3
# What one subscriber has of IPv6: a phone takes another address of it every day.
IPV6_NETWORK_BITS = 64

IN_A_ROW = "in-a-row"

# A row has a `count` of its own.
NUMBER = Throttle.count.label("number")

_COUNTERS = select(Throttle.key, NUMBER, Throttle.blocked_until).where(
    Throttle.key.in_(bindparam("keys", expanding=True)), Throttle.expires_at > bindparam("now")
)
_SIGN_IN = "sign-in:"
# Keys of one identifiant end before it.
AFTER_COLON = ";"
# Of two guardians at once.
_OF_SIGN_IN = select(Throttle.key, NUMBER, Throttle.blocked_until).where(
    or_(
        and_(Throttle.key >= bindparam("one"), Throttle.key < bindparam("after_one")),
        and_(Throttle.key >= bindparam("other"), Throttle.key < bindparam("after_other")),
    ),
    Throttle.expires_at > bindparam("now"),
)


class Hindered(NamedTuple):
    """Somebody whose password is not checked, on some device or network."""

    failures: int
    # None when « Mot de passe oublié » alone lets in.
    until: datetime | None


@dataclass(frozen=True, slots=True)
class Wait:
    """Too many failures: nothing is checked for this time."""

    delay: timedelta


@dataclass(frozen=True, slots=True)
class ByMailbox:
    """Too many failures in a row: « Mot de passe oublié » alone lets in."""


Obstacle = Wait | ByMailbox


class Counted(NamedTuple):
    """A counter after something was added."""

    number: int
    # As it was before.
    blocked_until: datetime | None


class Tries(NamedTuple):
    """Somebody's tries at a password, by the counters of their failures."""

    # Makes wait, longer and longer.
    waiting: str
    # Ends in « by the mailbox ».
    in_a_row: str
    # What a success forgets as well: the failures in a row of all, from anywhere.
    forgiven: str
    # Of the network, whose flood leaves nobody who fails there a free try.
    network: str = ""


def of_identifier(identifier: str, address: str, device: str | None) -> Tries:
    """Count the tries at an identifiant, for the network they come from or the device alone."""
    mine = _sign_in_of(identifier)
    everywhere = f"{mine}{IN_A_ROW}"
    return Tries(
        waiting=f"{mine}on:{device}" if device else f"{mine}from:{network_of(address)}",
        in_a_row=f"{everywhere}-on:{device}" if device else everywhere,
        forgiven=everywhere,
        network=address_key("sign-in", address),
    )


def of_current_password(account_id: int) -> Tries:
    """Count the tries at the current password of an account that is signed in."""
    return of_one("current-password", account_id)


def of_one(situation: str, row_id: int) -> Tries:
    """Count the tries of somebody who is known already, wherever they are."""
    key = f"{situation}:{row_id}"
    in_a_row = f"{key}:{IN_A_ROW}"
    return Tries(waiting=key, in_a_row=in_a_row, forgiven=in_a_row)


def own_data_key(account_id: int) -> str:
    """Name the counter of the archives that an account asked for."""
    return f"own-data:{account_id}"


def address_key(situation: str, address: str) -> str:
    """Name the counter of a network in a situation, `sign-in` or `reset`."""
    return f"{situation}-from:{network_of(address)}"


def network_of(address: str) -> str:
    """Return the address, or the /64 that it is one of; what is no address stays as it is."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    if not isinstance(parsed, IPv6Address):
        return str(parsed)
    if parsed.ipv4_mapped:
        return str(parsed.ipv4_mapped)
    return str(IPv6Network((int(parsed), IPV6_NETWORK_BITS), strict=False))


def obstacle(session: Session, tries: Tries) -> Obstacle | None:
    """Say what keeps a password from being checked; None when it may be.

    Asked before, so that a flood costs no hash; and once more in the transaction that lets in, as
    many may be checked at the same moment.
    """
    now = datetime.now(UTC)
    found = session.execute(_COUNTERS, {"keys": [tries.waiting, tries.in_a_row], "now": now})
    counters = {row.key: row for row in found}
    in_a_row, waiting = counters.get(tries.in_a_row), counters.get(tries.waiting)
    if in_a_row is not None and in_a_row.number >= MOST_IN_A_ROW:
        return ByMailbox()
    return _rest_of(waiting.blocked_until, now) if waiting is not None else None


def floods(session: Session, tries: Tries) -> bool:
    """Tell whether so many failures come from this network that each check has to be spared."""
    found = session.execute(_COUNTERS, {"keys": [tries.network], "now": datetime.now(UTC)})
    return any(row.number > ADDRESS_FAILURES for row in found)


def fail(session: Session, tries: Tries) -> Obstacle | None:
    """Count a failure: 5 are free, one where the network floods; then the wait doubles.

    Returns what came in the way while the password was checked.
    """
    now = datetime.now(UTC)
    # What all the tries at an identifiant share comes first: nobody locks it after the others.
    in_a_row = _count(session, tries.in_a_row, now, IN_A_ROW_FORGOTTEN_AFTER, fed=True)
    waiting = _count(session, tries.waiting, now, FORGOTTEN_AFTER, fed=True)
    flooding = bool(tries.network) and not count_in_window(session, tries.network, ADDRESS_FAILURES)
    free = 1 if flooding else FREE_FAILURES
    if waiting.number >= free:
        doublings = min(waiting.number - free, 10)
        _block(session, tries.waiting, now + min(FIRST_WAIT * 2**doublings, LONGEST_WAIT))
    if in_a_row.number > MOST_IN_A_ROW:
        return ByMailbox()
    return _rest_of(waiting.blocked_until, now)


def succeed(session: Session, tries: Tries) -> None:
    """Forget the failures: somebody proved who they are."""
    for key in dict.fromkeys((tries.forgiven, tries.in_a_row, tries.waiting)):
        _forget(session, Throttle.key == key)


def count_in_window(
    session: Session, key: str, limit: int, lasting: timedelta = ADDRESS_WINDOW, amount: int = 1
) -> bool:
    """Count an act; False once there were more than `limit` in 5 minutes, or as long as said."""
    return _count(session, key, datetime.now(UTC), lasting, amount).number <= limit


def one_at_a_time(session: Session, identifier: str) -> None:
    """Let those who have to wait with an identifiant be noted one after the other."""
    _count(session, f"{_sign_in_of(identifier)}noted", datetime.now(UTC), ADDRESS_WINDOW)


def hindered(identifiers: Sequence[str], now: datetime) -> dict[str, Hindered]:
    """Say who of two people at most has to wait to sign in, for whoever helps them."""
    if not identifiers:
        return {}
    one, *others = identifiers
    between = {"one": _sign_in_of(one), "other": _sign_in_of((others or [one])[0])}
    after = {f"after_{name}": first[:-1] + AFTER_COLON for name, first in between.items()}
    found: dict[str, Hindered] = {}
    for row in db.rows(_OF_SIGN_IN, now=now, **between, **after):
        identifier, _, where = row.key.removeprefix(_SIGN_IN).partition(":")
        rest = _rest_of(row.blocked_until, now)
        if where.startswith(IN_A_ROW) and row.number >= MOST_IN_A_ROW:
            found[identifier] = Hindered(row.number, None)
        elif rest is not None:
            known = found.get(identifier)
            # The longest wait is told, unless none would be long enough.
            if known is None or (known.until and known.until < now + rest.delay):
                found[identifier] = Hindered(row.number, now + rest.delay)
    return found


def clear_sign_in(session: Session, identifier: str) -> None:
    """Forget every failed sign-in with an identifiant, wherever and on whatever device.

    Somebody proved by their mailbox that it is theirs: nobody's failures make them wait any more.
    """
    mine = _sign_in_of(identifier)
    _forget(session, Throttle.key == f"{mine}{IN_A_ROW}")
    _forget(session, and_(Throttle.key >= mine, Throttle.key < mine[:-1] + AFTER_COLON))


def _sign_in_of(identifier: str) -> str:
    """Begin the keys of the failures with an identifiant."""
    return f"{_SIGN_IN}{identifier}:"


def _rest_of(blocked_until: datetime | None, now: datetime) -> Wait | None:
    if blocked_until is None or not now < blocked_until <= now + LONGEST_WAIT + db.CLOCKS_DIFFER:
        return None
    return Wait(min(blocked_until - now, LONGEST_WAIT))


def _count(
    session: Session,
    key: str,
    now: datetime,
    lasting: timedelta,
    amount: int = 1,
    *,
    fed: bool = False,
) -> Counted:
    """Add to a counter, begun anew if it has expired, and lock it until the commit.

    One that is `fed` lives on as long as something is added.
    """
    new = db.insert(Throttle).values(key=key, count=amount, expires_at=now + lasting)
    over = (Throttle.expires_at <= now) | (Throttle.expires_at > now + lasting + db.CLOCKS_DIFFER)
    expires_at = case((over, new.excluded.expires_at), else_=Throttle.expires_at)
    added = new.on_conflict_do_update(
        index_elements=[Throttle.key],
        set_={
            "count": case((over, new.excluded.count), else_=Throttle.count + new.excluded.count),
            "blocked_until": case((over, null()), else_=Throttle.blocked_until),
            "expires_at": new.excluded.expires_at if fed else expires_at,
        },
    )
    returned = added.returning(NUMBER, Throttle.blocked_until)
    return Counted(*session.execute(returned).one())


def _block(session: Session, key: str, until: datetime) -> None:
    session.execute(
        update(Throttle)
        .where(Throttle.key == key)
        .values(blocked_until=until)
        .execution_options(synchronize_session=False)
    )


def _forget(session: Session, which: ColumnElement[bool]) -> None:
    session.execute(delete(Throttle).where(which).execution_options(synchronize_session=False))
