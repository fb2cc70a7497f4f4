"""« Familles »: all of them, by what the town hall looks for; what is done to many at once."""

from collections.abc import Iterator

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.blueprints.town_hall.blueprint import town_hall
from app.formats import plural
from app.paging import Selection
from app.services.clerks import rights
from app.services.clerks.rights import Right
from app.services.refusals import Refusal
from app.services.town_hall import families as service
from app.services.town_hall import invited, inviting
from app.services.town_hall.access_states import IN_FRENCH, AccessState
from app.services.town_hall.families import Situation
from app.settings import settings
from app.web import lists, printing
from app.web.access_letters import Letters, print_letters
from app.web.clerk_access import current_clerk, needs
from app.web.drafts import stands_on
from app.web.errors import say_why
from app.web.files import CSV, only_with_printing, send_made_file
from app.web.forms import left_open
from app.web.lists import Act, Column, Filter, Listing

LATE = Column("En retard", kind="number")
COLUMNS = (
    Column("Responsables", "nom"),
    Column("N°", "numero"),
    Column("Enfants"),
    Column("Accès"),
    Column("Dernière visite"),
)
CHOOSE = "Cochez d’abord des familles, ou «\u00a0Tout sélectionner\u00a0»."
FOLLOW = "La colonne «\u00a0Accès\u00a0» dit qui est invité."
SITUATIONS = ((Situation.MISSING, "Absentes du dernier import"), (Situation.GONE, "Parties"))
ACCESSES = list(IN_FRENCH.items())
SINCE = Filter(
    invited.SINCE, "Invités depuis", [(each, f"{each} jours") for each in invited.DAYS], "Toujours"
)
TIMES = Filter(invited.TIMES, "Invitations", (("1", "Une"), ("2", "Deux"), ("3", "Trois ou plus")))


@town_hall.get("/mairie/familles")
@needs(Right.FAMILIES)
def families() -> ResponseReturnValue:
    """A page of them."""
    listing = listing_asked()
    found = service.listed(listing.asked)
    sees_amounts = rights.may(current_clerk(), Right.AMOUNTS)
    return render_template(
        "town_hall/families.html",
        listing=listing,
        families=found,
        sees_amounts=sees_amounts,
        late=service.late([each.id for each in found.items]) if sees_amounts else {},
    )


@town_hall.get("/mairie/familles.csv")
@needs(Right.AMOUNTS)
def families_file() -> ResponseReturnValue:
    """All that the filters find, for a spreadsheet."""
    listing = listing_asked()
    try:
        return send_made_file(service.table(listing.asked), CSV, "Familles")
    except Refusal as refused:
        flash(str(refused), "info")
        return redirect(listing.to("town_hall.families"))


@town_hall.post("/mairie/familles/acces")
@needs(Right.ACCESS)
@stands_on("town_hall.families")
def choose_families_to_invite() -> ResponseReturnValue:
    """Go from the families that are chosen to what would leave."""
    return _go_on_with_those_chosen("town_hall.invite_families")


@town_hall.post("/mairie/familles/lettres")
@needs(Right.ACCESS)
@stands_on("town_hall.families")
@only_with_printing
def choose_families_for_letters() -> ResponseReturnValue:
    """Go from the families that are chosen to their letters."""
    return _go_on_with_those_chosen("town_hall.letters_of_families")


@town_hall.post("/mairie/familles/ecrire")
@needs(Right.WRITE_TO_ALL)
@stands_on("town_hall.families")
def choose_families_to_write_to() -> ResponseReturnValue:
    """Go from the families that are chosen to a message for them."""
    listing = listing_asked()
    if not listing.selection.is_empty:
        try:
            service.numbers(listing.selection)
        except Refusal as refused:
            flash(str(refused), "info")
            return redirect(listing.to("town_hall.families"))
    return _go_on_with_those_chosen("town_hall.new_message")


def _go_on_with_those_chosen(endpoint: str) -> ResponseReturnValue:
    listing = listing_asked()
    if stale := left_open():
        return stale
    if listing.selection.is_empty:
        flash(CHOOSE, "info")
        return redirect(listing.to("town_hall.families"))
    return redirect(url_for(endpoint, **lists.chosen(listing.selection)))


@town_hall.get("/mairie/familles/lettres.pdf")
@needs(Right.ACCESS)
@only_with_printing
def letters_of_families() -> ResponseReturnValue:
    """The letters of those who never came."""
    listing = listing_asked()
    try:
        return print_letters(
            lambda: Letters(inviting.letters(current_clerk(), listing.selection)), inline=True
        )
    except Refusal as refused:
        flash(str(refused), "info")
        return redirect(listing.to("town_hall.families"))


@town_hall.post("/mairie/familles/lettres-avec-code")
@needs(Right.ACCESS)
@stands_on("town_hall.families")
@only_with_printing
def letters_with_codes() -> ResponseReturnValue:
    """Those of whoever never came and has no address, with a code that no screen shows."""
    listing = listing_asked()
    if stale := left_open():
        return stale
    if listing.selection.is_empty:
        flash(CHOOSE, "info")
        return redirect(listing.to("town_hall.families"))
    try:
        return print_letters(lambda: _letters_with_codes(listing.selection))
    except Refusal as refused:
        say_why(refused)
    return redirect(listing.to("town_hall.families"))


@town_hall.route("/mairie/familles/inviter", methods=["GET", "POST"])
@needs(Right.ACCESS)
def invite_families() -> ResponseReturnValue:
    """What would leave to whom; then it does."""
    listing = listing_asked()
    plan = inviting.plan(listing.selection)
    if request.method == "GET":
        sending = url_for("town_hall.invite_families", **lists.chosen(listing.selection))
        return render_template(
            "town_hall/invite_families.html", plan=plan, listing=listing, sending=sending
        )
    if stale := left_open():
        return stale
    number = inviting.start(current_clerk(), listing.selection)
    # See components/banner.html.
    said = {
        "text": f"{plural(plan.written_to, 'invitation')} en chemin, dans 2\u00a0minutes. {FOLLOW}",
        "undo": url_for("town_hall.call_off_invitations", number=number),
    }
    flash(said, "success")  # type: ignore[arg-type]
    return redirect(listing.to("town_hall.families"))


@town_hall.post("/mairie/familles/inviter/<int:number>/annuler")
@needs(Right.ACCESS)
@stands_on("town_hall.families")
def call_off_invitations(number: int) -> ResponseReturnValue:
    """Nobody is invited after all, for two minutes."""
    if stale := left_open():
        return stale
    try:
        inviting.call_off(current_clerk(), number)
    except Refusal as refused:
        flash(str(refused), "info")
    else:
        flash("Annulé\u00a0: aucune invitation ne part.", "success")
    return redirect(url_for("town_hall.families"))


def listing_asked() -> Listing:
    """Read which families an address asks for."""
    sees_amounts = rights.may(current_clerk(), Right.AMOUNTS)
    schools = Filter("ecole", "École", _same(service.schools()))
    filters = [schools, *_of_school(lists.asked_of(schools))]
    access = Filter("acces", "Accès", ACCESSES, none="Tous")
    filters += [access, *_of_invited(lists.asked_of(access))]
    filters.append(Filter("situation", "Familles", SITUATIONS, none="Inscrites"))
    if sees_amounts:
        filters.append(Filter("paiement", "Paiement", (("retard", "En retard"),), none="Tous"))
    return lists.read(
        (*COLUMNS, LATE) if sees_amounts else COLUMNS,
        filters,
        usual="nom",
        download="town_hall.families_file",
        acts=tuple(_acts()),
    )


def _letters_with_codes(selection: Selection) -> Letters:
    people, codes = inviting.letters_with_codes(current_clerk(), selection)
    return Letters(people, "Lettres avec code", codes)


def _acts() -> Iterator[Act]:
    yield Act("Envoyer un accès", "town_hall.choose_families_to_invite")
    if printing.available():
        yield Act("Imprimer les lettres", "town_hall.choose_families_for_letters")
        if settings.letter_codes:
            yield Act("Lettres avec code", "town_hall.letters_with_codes")
    yield Act("Écrire", "town_hall.choose_families_to_write_to")


def _of_school(school: str) -> list[Filter]:
    """Offer the classes of the school that is asked for; of all schools, they are too many."""
    return [Filter("classe", "Classe", _same(service.classes(school)))] if school else []


def _of_invited(access: str) -> list[Filter]:
    """Offer, of those who never came, since when and after how many invitations."""
    return [SINCE, TIMES] if access == AccessState.INVITED else []


def _same(names: list[str]) -> list[tuple[str, str]]:
    return [(name, name) for name in names]
