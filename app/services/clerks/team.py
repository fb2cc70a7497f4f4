"""Who has an access at the town hall, and what may be done about it."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import db
from app.models import ClerkAccount, SecondFactor
from app.services import journal
from app.services.accounts.addresses import normalized
from app.services.actors import Actor
from app.services.clerks import invitations, lookup, rights, sessions
from app.services.clerks.rights import Right, Role
from app.services.refusals import Reason, Refusal
from app.services.tokens import clerk_links

LONGEST_NAME = 100
NOT_AN_ADDRESS = "Écrivez une seule adresse, comme prenom.nom@commune.fr."
NO_NAME = "Écrivez le prénom et le nom."
NO_ROLE = "Choisissez au moins un rôle."
LAST_ADMINISTRATOR = (
    "C’est le dernier accès qui a le rôle Administration. Donnez d’abord ce rôle à quelqu’un "
    "d’autre."
)
_ROLES = select(ClerkAccount.roles).where(
    ClerkAccount.closed_at.is_(None), ClerkAccount.password_hash.is_not(None)
)


class Colleague(NamedTuple):
    """Somebody who works at the town hall, as the others see them."""

    public_id: str
    name: str
    email: str
    roles: list[Role]
    second_factor: SecondFactor | None
    invited_at: datetime
    last_seen_at: datetime | None
    is_closed: bool
    # A password was chosen.
    has_come: bool

    def may(self, right: Right) -> bool:
        """Tell whether their roles allow something."""
        return any(right in rights.OF_ROLE[role] for role in self.roles)

    @property
    def reads_all(self) -> bool:
        """Tell whether no service is hidden from them, whatever they work for."""
        return self.may(rights.OF_ALL)


def colleagues() -> list[Colleague]:
    """List everybody, those whose access is closed last."""
    found = select(ClerkAccount).order_by(
        ClerkAccount.closed_at.is_not(None), ClerkAccount.name, ClerkAccount.id
    )
    return [_seen(clerk) for clerk in db.session().scalars(found)]


def colleague(public_id: str) -> Colleague | None:
    """Find one of them."""
    clerk = lookup.by_public_id(db.session(), public_id)
    return _seen(clerk) if clerk else None


def administrators() -> list[str]:
    """Name those who may do everything, for whoever may not."""
    return [
        each.name
        for each in colleagues()
        if not each.is_closed and each.has_come and Role.ADMINISTRATION in each.roles
    ]


def has_one_administrator() -> bool:
    """Tell whether one person alone may do everything: the day they are away, nobody can."""
    held = [row.roles for row in db.rows(_ROLES)]
    return sum(rights.administers(roles) for roles in held) == 1


def who_may(right: Right) -> list[Colleague]:
    """List those whose access is open and whose roles allow something."""
    return [each for each in present() if each.may(right)]


def present() -> list[Colleague]:
    """List those whose access is open."""
    return [each for each in colleagues() if not each.is_closed]


def invite(
    actor: Actor, email: str, name: str, roles: Iterable[str], services: Iterable[str] = ()
) -> str:
    """Give somebody an access, and have them invited by mail; return the link, good 72 hours.

    They work for some services, or for all. Raises Refusal for what is no address, no name, no
    role, no service, or somebody who has an access already.
    """
    address, held = _checked(email, name, roles)
    now = datetime.now(UTC)
    with db.transaction() as session:
        known = lookup.by_email(session, address)
        if known is not None:
            raise Refusal(Reason.SAME, _already(known))
        clerk = ClerkAccount(
            public_id=db.new_public_id(),
            email=address,
            name=name.strip(),
            roles=held,
            link_salt=clerk_links.new_salt(),
            created_at=now,
            invited_at=now,
        )
        session.add(clerk)
        # Loaded when somebody comes, or changes what they do.
        from app.services.clerks import serving

        link = _invited(session, clerk, actor, "clerk_invited")
        session.flush()
        serving.tie(session, clerk, services, actor)
        return link


def reset(actor: Actor, public_id: str) -> str:
    """Have a password and a code chosen anew, by a link sent by mail; return the link.

    Whoever is signed in as this clerk is so no more. Raises Refusal where the access is closed.
    """
    with db.transaction() as session:
        clerk = lookup.locked(session, public_id)
        if clerk.closed_at:
            raise Refusal(Reason.CLOSED, f"L’accès de {clerk.name} est fermé\u00a0: rouvrez-le.")
        clerk.password_hash = clerk.second_factor = None
        sessions.end_all(session, clerk.id)
        return _invited(session, clerk, actor, "clerk_reset")


def change_roles(
    actor: Actor, public_id: str, roles: Iterable[str], services: Iterable[str] = ()
) -> None:
    """Let somebody do other things, of some services or of all; they sign in again.

    Raises Refusal.
    """
    held = _known_roles(roles)
    with db.transaction() as session:
        everybody = _everybody_locked(session)
        clerk = _one_of(everybody, public_id)
        if not rights.administers(held):
            _keep_an_administrator(everybody, clerk)
        if rights.administers(held) and clerk.second_factor is SecondFactor.MAIL:
            # An administrator's code comes from an application, which the mailbox lets choose.
            clerk.second_factor = None
            invitations.send(session, clerk)
        clerk.roles = held
        sessions.end_all(session, clerk.id)
        journal.record(
            session, "clerk_roles_changed", actor, about=clerk.name, roles=", ".join(held)
        )
        from app.services.clerks import serving

        serving.tie(session, clerk, services, actor)


def close(actor: Actor, public_id: str) -> None:
    """Let somebody in no more, from now on. Raises Refusal for the last administrator."""
    with db.transaction() as session:
        everybody = _everybody_locked(session)
        clerk = _one_of(everybody, public_id)
        _keep_an_administrator(everybody, clerk)
        clerk.closed_at = clerk.closed_at or datetime.now(UTC)
        lookup.void_links(clerk)
        sessions.end_all(session, clerk.id)
        journal.record(session, "clerk_closed", actor, about=clerk.name)


def reopen(actor: Actor, public_id: str) -> str:
    """Let somebody in again, with a password and a code to be chosen; return the link."""
    with db.transaction() as session:
        clerk = lookup.locked(session, public_id)
        clerk.closed_at = clerk.password_hash = clerk.second_factor = None
        return _invited(session, clerk, actor, "clerk_reopened")


def rename(actor: Actor, public_id: str, name: str) -> None:
    """Change the name that families and colleagues read. Raises Refusal."""
    if not name.strip():
        raise Refusal(Reason.MISSING, NO_NAME)
    with db.transaction() as session:
        clerk = lookup.locked(session, public_id)
        before, clerk.name = clerk.name, name.strip()
        journal.record(session, "clerk_renamed", actor, about=clerk.name, before=before)


def _seen(clerk: ClerkAccount) -> Colleague:
    return Colleague(
        clerk.public_id,
        clerk.name,
        clerk.email,
        rights.known(clerk.roles),
        clerk.second_factor,
        clerk.invited_at,
        clerk.last_seen_at,
        clerk.closed_at is not None,
        clerk.password_hash is not None,
    )


def _checked(email: str, name: str, roles: Iterable[str]) -> tuple[str, list[str]]:
    address = normalized(email)
    if address is None:
        raise Refusal(Reason.UNFIT, NOT_AN_ADDRESS)
    if not name.strip():
        raise Refusal(Reason.MISSING, NO_NAME)
    return lookup.folded(address), _known_roles(roles)


def _known_roles(roles: Iterable[str]) -> list[str]:
    held = [str(role) for role in rights.known(roles)]
    if not held:
        raise Refusal(Reason.MISSING, NO_ROLE)
    return held


def _already(clerk: ClerkAccount) -> str:
    state = ", fermé\u00a0: rouvrez-le" if clerk.closed_at else ""
    return f"{clerk.name} a déjà un accès avec cette adresse{state}."


def _everybody_locked(session: Session) -> Sequence[ClerkAccount]:
    """Lock every account, always in the same order: of two who leave at once, one comes after."""
    everybody = select(ClerkAccount).order_by(ClerkAccount.id).with_for_update()
    return session.scalars(everybody, execution_options={"populate_existing": True}).all()


def _one_of(everybody: Iterable[ClerkAccount], public_id: str) -> ClerkAccount:
    found = next((each for each in everybody if each.public_id == public_id), None)
    if found is None:
        raise Refusal(Reason.UNKNOWN, lookup.UNKNOWN)
    return found


def _keep_an_administrator(everybody: Iterable[ClerkAccount], leaving: ClerkAccount) -> None:
    """Raise Refusal when nobody could do everything any more."""
    able = [each for each in everybody if rights.administers(each.roles) and not each.closed_at]
    if able == [leaving]:
        raise Refusal(Reason.UNFIT, LAST_ADMINISTRATOR)


def _invited(session: Session, clerk: ClerkAccount, actor: Actor, event: str) -> str:
    journal.record(session, event, actor, about=clerk.name)
    return invitations.send(session, clerk)
