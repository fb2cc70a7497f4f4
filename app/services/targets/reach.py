"""How many parents a target is, and what each of them gets: read before anything is sent."""

from typing import NamedTuple

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import InstrumentedAttribute

from app import db
from app.models import MAY_SIGN_IN, Account, Family, Guardian

# They come to the portal, where what they are sent is.
_COMES = MAY_SIGN_IN & Account.password_hash.is_not(None)
_HAS_ADDRESS = Guardian.email != ""


class Reach(NamedTuple):
    """A target in figures; each parent has a mail, or none, or no access."""

    families: int
    parents: int
    mailed: int
    # They come, and get no mail: they want none, or have no address.
    unmailed: int
    # They never came, or cannot come any more.
    without_access: int
    # Those of them whom a letter may bring.
    to_bring: int


def of(which: ColumnElement[bool], wish: InstrumentedAttribute[bool]) -> Reach:
    """Count the guardians of the families chosen; `wish` says who wants these mails."""
    mailed = _COMES & _HAS_ADDRESS & wish
    counted = (
        select(
            func.count(Family.id.distinct()),
            func.count(Guardian.id),
            _count(mailed),
            _count(_COMES & ~(_HAS_ADDRESS & wish)),
            _count(MAY_SIGN_IN & Account.password_hash.is_(None) & Account.id.is_not(None)),
        )
        .select_from(Family)
        .outerjoin(Guardian, (Guardian.family_id == Family.id) & Guardian.rank.is_not(None))
        .outerjoin(Account, Account.guardian_id == Guardian.id)
        .where(which)
    )
    [(families, parents, by_mail, without_mail, to_bring)] = db.rows(counted)
    without_access = parents - by_mail - without_mail
    return Reach(families, parents, by_mail, without_mail, without_access, to_bring)


def _count(which: ColumnElement[bool]) -> ColumnElement[int]:
    return func.count(case((which, Guardian.id)))
