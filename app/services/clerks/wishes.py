"""What somebody of the town hall wants: keys that act by themselves, news by mail and when."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import db
from app.models import ClerkAccount, ClerkNews, ClerkWish, Told
from app.services import journal
from app.services.actors import CurrentClerk, Origin, Stranger
from app.services.clerks import lookup, rights
from app.services.clerks.rights import Right
from app.services.mail import clerk_news
from app.services.tokens import wish_links

# By their names, as forms send them.
ABOUT: dict[str, str] = {
    ClerkNews.NEW_REQUEST: "Une nouvelle demande",
    ClerkNews.LATE_REQUEST: "Une demande passée en retard",
    ClerkNews.FAILED_MAIL: "Un courriel qui n’arrive pas à une famille",
}
WHEN: dict[str, str] = {
    Told.AT_ONCE: "Tout de suite",
    Told.MORNING: "Le matin, à 8\u00a0h",
    Told.NEVER: "Jamais",
}
# What each wants to be read, and what makes it somebody's work: they are told unless they say no.
_RIGHTS = {
    ClerkNews.NEW_REQUEST: (Right.REQUESTS, Right.ANSWER),
    ClerkNews.LATE_REQUEST: (Right.REQUESTS, Right.ANSWER),
    ClerkNews.FAILED_MAIL: (Right.MAILS, Right.MAILS),
}
_WISHES = select(ClerkWish).order_by(ClerkWish.news)


class LinkedWish(NamedTuple):
    """What the link of a mail stops, and whether it still comes."""

    told: Told
    wanted: bool


def switch_shortcuts(clerk: CurrentClerk) -> bool:
    """Switch the keys that act by themselves on, or off; return whether they are on."""
    with db.transaction() as session:
        account = session.get_one(ClerkAccount, clerk.clerk_id)
        account.shortcuts = not account.shortcuts
        journal.record(session, "clerk_shortcuts_switched", clerk)
        return account.shortcuts


def usual(roles: Iterable[str]) -> dict[ClerkNews, Told]:
    """Say when somebody with these roles is told of what they may read, unless they choose."""
    held = rights.allowed(tuple(roles))
    return {
        news: Told.MORNING if work in held else Told.NEVER
        for news, (reading, work) in _RIGHTS.items()
        if reading in held
    }


def chosen(roles: Iterable[str], kept: Iterable[ClerkWish]) -> dict[ClerkNews, Told]:
    """Say when they are told, by what they chose; of what their roles let them read alone."""
    told = {wish.news: wish.told for wish in kept}
    return {news: told.get(news) or as_usual for news, as_usual in usual(roles).items()}


def read(clerk: CurrentClerk) -> dict[str, str]:
    """Return what this clerk wants, by the names of ABOUT and WHEN."""
    wanted = chosen(clerk.roles, _kept(db.session(), clerk.clerk_id))
    return {news.value: told.value for news, told in wanted.items()}


def save(clerk: CurrentClerk, wanted: Mapping[str, str]) -> None:
    """Keep what this clerk wants from now on, by the same names."""
    with db.transaction() as session:
        account = lookup.locked(session, clerk.public_id)
        _save(session, account, {ClerkNews(news): Told(when) for news, when in wanted.items()})
        # What waited for the morning is told with what comes next.
        clerk_news.tell_soon(session)
        told = ", ".join(f"{ABOUT[news]} ({WHEN[when]})" for news, when in wanted.items())
        journal.record(session, "clerk_mail_wishes_saved", clerk, mails=told)


def linked(token: str) -> LinkedWish | None:
    """Say what the link of a mail stops; None for no such link, or an access that is closed."""
    account, told = _named(db.session(), token)
    if account is None or told is None:
        return None
    wanted = chosen(account.roles, _kept(db.session(), account.id))
    return LinkedWish(told, told in wanted.values())


def stop(token: str, origin: Origin) -> None:
    """Stop the mails of a link, whoever is at the keyboard; no other link changes anything."""
    with db.transaction() as session:
        account, told = _named(session, token)
        if account is None or told is None:
            return
        account = lookup.locked(session, account.public_id)
        wanted = chosen(account.roles, _kept(session, account.id))
        stopped = {news: Told.NEVER for news, when in wanted.items() if when is told}
        if stopped:
            _save(session, account, stopped)
            journal.record(
                session,
                "clerk_mail_wishes_saved",
                Stranger(origin),
                about=account.name,
                without=WHEN[told],
            )


def of_account(session: Session, account: ClerkAccount) -> dict[ClerkNews, ClerkWish]:
    """Return what is kept of each wish, to be written on, in the caller's transaction."""
    kept = {wish.news: wish for wish in _kept(session, account.id)}
    for news in set(usual(account.roles)) - set(kept):
        kept[news] = ClerkWish(clerk_id=account.id, news=news)
        session.add(kept[news])
    return kept


def _save(session: Session, account: ClerkAccount, wanted: Mapping[ClerkNews, Told]) -> None:
    kept, as_usual = of_account(session, account), usual(account.roles)
    before = chosen(account.roles, kept.values())
    for news in wanted.keys() & as_usual.keys():
        wish = kept[news]
        wish.told = None if wanted[news] is as_usual[news] else wanted[news]
        # What came while they wanted none of it is no news.
        if before[news] is Told.NEVER:
            wish.told_until = datetime.now(UTC)


def _kept(session: Session, clerk_id: int) -> Sequence[ClerkWish]:
    found = _WISHES.where(ClerkWish.clerk_id == clerk_id)
    return session.scalars(found, execution_options={"populate_existing": True}).all()


def _named(session: Session, token: str) -> tuple[ClerkAccount | None, Told | None]:
    match wish_links.clerk_wish_of(token):
        case (public_id, told) if told in set(Told):
            return lookup.still_open(lookup.by_public_id(session, public_id)), Told(told)
    return None, None
