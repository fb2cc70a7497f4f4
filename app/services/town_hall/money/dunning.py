"""Writing to families that are late: a draft to go on with, which nobody has until it is sent."""

from collections.abc import Mapping

from app import db
from app.paging import Selection
from app.services.actors import Actor
from app.services.inbox import composing
from app.services.inbox.composing import Letter
from app.services.refusals import Reason, Refusal
from app.services.targets import choosing
from app.services.targets.kinds import Target, TargetKind
from app.services.town_hall.money import late_payers

SUBJECT = "Rappel\u00a0: une facture à régler"
BODY = """Bonjour,

Sauf erreur de notre part, une ou plusieurs de vos factures ne sont pas réglées, et leur échéance est passée. Votre relevé de compte, dans le portail, dit lesquelles et comment les régler.

Si vous venez de payer, ne tenez pas compte de ce message.

Une difficulté\u00a0? Appelez-nous\u00a0: nous chercherons une solution ensemble."""  # noqa: E501
NOBODY = (
    "Aucune des familles choisies n’est à la fois en retard et inscrite\u00a0: celles qui ont "
    "quitté la commune ne lisent plus leurs messages."
)


def is_of_all(filters: Mapping[str, str]) -> bool:
    """Tell whether what is asked of the list is all that are late, for so long maybe."""
    return filters.keys() <= {"depuis"}


def target(selection: Selection) -> Target:
    """Say to whom: all that are late, for so long maybe; or some, by their numbers.

    Raises Refusal when it is nobody.
    """
    if selection.everything and is_of_all(selection.filters):
        return Target(TargetKind.LATE, (selection.filters.get("depuis", "0"),))
    found = late_payers.chosen(selection).limit(choosing.MOST_NUMBERS + 1)
    numbers = tuple(db.session().scalars(found))
    if not numbers:
        raise Refusal(Reason.UNKNOWN, NOBODY)
    return Target(TargetKind.NUMBERS, numbers)


def draft(to: Target, actor: Actor) -> int:
    """Begin a reminder; return its number. Raises Refusal when it cannot be to these families."""
    return composing.save(Letter(to, SUBJECT, BODY), actor)
