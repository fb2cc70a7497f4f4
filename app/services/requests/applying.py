"""What accepting a request changes in the portal, and what it leaves to the town hall."""

from collections.abc import Callable
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import (
    Account,
    Child,
    Family,
    FamilyRequest,
    Folder,
    Guardian,
    RequestFile,
    RequestState,
)
from app.services.actors import Actor
from app.services.families import accepted
from app.services.files import stored_files, uploads
from app.services.files.uploads import Accepted, Upload, UploadRefused
from app.services.refusals import Reason, Refusal
from app.services.requests import erasures
from app.services.requests.answers import boxes
from app.services.requests.kinds import ACCOUNT_DELETION, DETAILS, PHOTO, PLACE

IN_YOUR_SOFTWARE = (
    "Changez-le aussi dans le logiciel de la mairie\u00a0: d’ici là, les imports le gardent, "
    "et la liste «\u00a0À reporter\u00a0» vous le rappelle."
)
WITH_THE_FILES = (
    "Mettez-la aussi dans le logiciel de la mairie\u00a0: d’ici là, les imports la gardent, "
    "et la liste «\u00a0À reporter\u00a0» vous le rappelle."
)
KEPT_NEWER = (
    "Ce que la famille a demandé de changer depuis, et que vous avez déjà accepté, reste\u00a0: "
    "voyez la demande {}. Le reste est changé dans le portail."
)
NO_PICTURE = "aucune photo n’est jointe à cette demande."
SPOILT_PICTURE = "la photo jointe est abîmée. Demandez-en une autre à la famille."
NOTHING_DONE = "Faites le nécessaire dans votre logiciel\u00a0: le portail n’a rien changé d’autre."
IS_BOOKED = "C’est réservé, avec ce qui va avec."
TO_BE_ERASED = (
    "Les données de la famille seront effacées {}, pour tous ses responsables. "
    "Jusque-là, refusez cette demande pour les garder."
)
FAMILY_READS = (
    "Vos données seront effacées {}. Jusque-là, vous pouvez retirer cette demande\u00a0: "
    "rien ne sera effacé."
)


class LeftToDo(NamedTuple):
    """What the portal leaves to the town hall, in words, and the photo that goes with them."""

    words: str
    # Its stored name.
    photo: str = ""
    # What the family reads while it is planned and not done; empty for what is done.
    planned: str = ""
    # What `families.accepted` puts back, should somebody go back on it.
    replaced: tuple[dict[str, Any], ...] = ()
    # Whether it is to be changed in the town's software too.
    to_report: bool = False
    # The act that booked what was asked for, should somebody go back on it; 0 for none.
    batch_id: int = 0


NOTHING_LEFT = LeftToDo("")


def apply(session: Session, request: FamilyRequest, actor: Actor) -> LeftToDo:
    """Do what was asked, as far as the portal can; return what is left to the town hall.

    Raises Refusal when it cannot be done.
    """
    return _ACTS.get(request.kind, _nothing)(session, request, actor)


def _details(session: Session, request: FamilyRequest, actor: Actor) -> LeftToDo:
    account = session.get_one(Account, request.account_id)
    guardian = session.get_one(Guardian, account.guardian_id)
    family = session.get_one(Family, request.family_id)
    newer = _changed_since(session, request)
    replaced = []
    for holder, names in ((guardian, accepted.OF_GUARDIAN), (family, accepted.OF_FAMILY)):
        for name in request.details.keys() & names.keys() - newer.keys():
            wish = str(request.details[name])
            replaced.append(accepted.accept(session, holder, name, wish, actor, request.id))
    words = f"Les coordonnées sont changées dans le portail. {IN_YOUR_SOFTWARE}"
    if newer:
        numbers = ", ".join(f"n°\u00a0{number}" for number in sorted({*newer.values()}))
        words = KEPT_NEWER.format(numbers)
    return LeftToDo(words, replaced=tuple(replaced), to_report=not newer)


def _changed_since(session: Session, request: FamilyRequest) -> dict[str, int]:
    """Find what a later request changed already, and which: the last wish counts."""
    later = select(FamilyRequest).where(
        FamilyRequest.kind == DETAILS,
        FamilyRequest.family_id == request.family_id,
        FamilyRequest.id > request.id,
        FamilyRequest.state == RequestState.ACCEPTED,
    )
    return {
        name: each.id
        for each in session.scalars(later)
        for name in each.details.keys() & request.details.keys()
        if name in accepted.OF_FAMILY or each.account_id == request.account_id
    }


def _photo(session: Session, request: FamilyRequest, actor: Actor) -> LeftToDo:
    sent = select(RequestFile.file).where(
        RequestFile.request_id == request.id, RequestFile.event_id.is_(None)
    )
    name = session.scalars(sent.order_by(RequestFile.id.desc())).first()
    content = stored_files.read(Folder.REQUESTS, name) if name else None
    if request.child_id is None or content is None:
        raise Refusal(Reason.MISSING, NO_PICTURE)
    picture = Upload("photo", content)
    try:
        [checked] = uploads.check([picture], Accepted.PICTURES, uploads.PORTRAIT_SIDE)
    except UploadRefused as refused:
        raise Refusal(Reason.UNFIT, SPOILT_PICTURE) from refused
    # Should this transaction fail, a later night sweeps a photo that no child has.
    stored = stored_files.keep_by_content(Folder.PHOTOS, checked)
    child = session.get_one(Child, request.child_id)
    replaced = accepted.accept(session, child, "photo", stored, actor, request.id)
    words = f"La photo de l’enfant est changée dans le portail. {WITH_THE_FILES}"
    return LeftToDo(words, stored, replaced=(replaced,), to_report=True)


def _deletion(session: Session, request: FamilyRequest, actor: Actor) -> LeftToDo:
    when = erasures.night_in_words(erasures.plan(session, request.family_id, actor))
    return LeftToDo(TO_BE_ERASED.format(when), planned=FAMILY_READS.format(when))


def _place(session: Session, request: FamilyRequest, actor: Actor) -> LeftToDo:
    from app.services.bookings.exceptional import granting

    batch_id = granting.grant(session, request.family_id, boxes(request.details), actor)
    return LeftToDo(IS_BOOKED, batch_id=batch_id)


def _nothing(_session: Session, _request: FamilyRequest, _actor: Actor) -> LeftToDo:
    return LeftToDo(NOTHING_DONE)


_ACTS: dict[str, Callable[[Session, FamilyRequest, Actor], LeftToDo]] = {
    DETAILS: _details,
    PHOTO: _photo,
    PLACE: _place,
    ACCOUNT_DELETION: _deletion,
}
