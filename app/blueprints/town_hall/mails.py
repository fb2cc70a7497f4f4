"""« Courriels »: what became of each, and what is done about it."""

from collections.abc import Callable

from flask import flash, redirect, render_template
from flask import request as asked
from flask.typing import ResponseReturnValue

from app.blueprints.town_hall.blueprint import town_hall
from app.formats import plural
from app.paging import Selection
from app.services.actors import Actor
from app.services.clerks import rights
from app.services.clerks.rights import Right
from app.services.mail import leaving
from app.services.mail.kinds import IN_FRENCH, TO_CLERKS, MailKind
from app.services.town_hall import mails as service
from app.services.town_hall.mails import Outcome
from app.web import lists
from app.web.clerk_access import current_clerk, needs
from app.web.drafts import stands_on
from app.web.forms import left_open
from app.web.lists import Act, Column, Filter, Listing

TYPED = "inconnus"
COLUMNS = [Column(each) for each in ("Quand", "À qui", "Quoi", "État")]
COLUMNS.append(Column("Essais", kind="number"))
TYPED_COLUMNS = [Column(each) for each in ("Quand", "Ce qui a été tapé", "Sans doute")]
ACTS = (
    Act("Renvoyer", "town_hall.retry_mails"),
    Act("Abandonner", "town_hall.withdraw_mails"),
)
OUTCOMES = (
    (Outcome.FAILED.value, "Pas arrivés"),
    (Outcome.WAITING.value, "En attente"),
    (Outcome.SENT.value, "Partis"),
    (Outcome.STOPPED.value, "Écartés"),
)
CHOOSE = "Cochez d’abord des courriels, ou «\u00a0Tout sélectionner\u00a0»."


@town_hall.get("/mairie/courriels")
@needs(Right.MAILS)
def mails() -> ResponseReturnValue:
    """A page of them; or of what was typed that is nobody's."""
    if asked.args.get("vue") == TYPED:
        listing = lists.read(TYPED_COLUMNS, kept={"vue": TYPED})
        page = service.typed(listing.asked.page)
        return render_template("town_hall/typed_identifiers.html", listing=listing, page=page)
    listing = _listing()
    return render_template(
        "town_hall/mails.html",
        listing=listing,
        page=service.listed(listing.asked, with_clerks=_with_clerks()),
        stopped_since=leaving.none_since(),
    )


@town_hall.post("/mairie/courriels/renvoyer")
@needs(Right.ACCESS)
@stands_on("town_hall.mails")
def retry_mails() -> ResponseReturnValue:
    """Have those that are chosen leave, which did not."""
    left_already = "Rien à renvoyer\u00a0: déjà partis, ou gardés exprès."
    return _do(service.retry, "repart", "repartent", left_already)


@town_hall.post("/mairie/courriels/abandonner")
@needs(Right.ACCESS)
@stands_on("town_hall.mails")
def withdraw_mails() -> ResponseReturnValue:
    """Keep those that are chosen from leaving."""
    too_late = "Rien à abandonner\u00a0: aucun d’eux n’attendait encore."
    return _do(service.withdraw, "ne partira pas", "ne partiront pas", too_late)


def _do(act: Callable[..., int], one: str, several: str, none: str) -> ResponseReturnValue:
    listing = _listing()
    if stale := left_open():
        return stale
    chosen: Selection = listing.selection
    if chosen.is_empty:
        flash(CHOOSE, "info")
    else:
        clerk: Actor = current_clerk()
        count = act(clerk, chosen, with_clerks=_with_clerks())
        words = plural(count, f"courriel {one}", f"courriels {several}")
        flash(f"{words}." if count else none, "success" if count else "info")
    return redirect(listing.to("town_hall.mails"))


def _listing() -> Listing:
    shown = [each for each in MailKind if _with_clerks() or each not in TO_CLERKS]
    kinds = sorted((IN_FRENCH[each], each.value) for each in shown)
    filters = (
        Filter("etat", "État", OUTCOMES, none="Tous"),
        Filter("sorte", "Sorte", [(key, words[:1].upper() + words[1:]) for words, key in kinds]),
        Filter("jour", "Jour", kind="date"),
        Filter("famille", "Famille"),
    )
    return lists.read(COLUMNS, filters, acts=ACTS)


def _with_clerks() -> bool:
    """Tell whether colleagues' mails are shown: their codes and invitations."""
    return rights.may(current_clerk(), Right.TEAM)
