"""Answers that the town hall has ready (« modèles »): ten of the portal, until a town has its own.

They are filled in from a request, below what is typed: somebody reads them before they leave.
"""

from collections.abc import Iterator
from typing import NamedTuple

from sqlalchemy import select

from app import db
from app.formats import day_in_full
from app.models import ReadyAnswer
from app.services import journal
from app.services.actors import Actor
from app.services.refusals import Reason, Refusal
from app.services.requests.desk import LONGEST_TEXT
from app.services.requests.desk_reading import DeskRequest
from app.services.requests.kinds import BY_KEY

LONGEST_NAME = 100
MOST = 100
NO_NAME = "Donnez un nom au modèle."
NO_TEXT = "Écrivez le texte du modèle."
NO_KIND = "Choisissez une sorte de demande."
TOO_MANY = f"Il y a {MOST} modèles\u00a0: supprimez ceux qui ne servent plus."
# What a text leaves to the request, in braces.
BLANKS = ("enfant", "famille", "facture", "date")
TO_FILL = "Remplacez {} dans votre texte\u00a0: la demande ne le dit pas."


class Ready(NamedTuple):
    """An answer that is ready; those of the portal have numbers below zero."""

    number: int
    # Empty for any kind.
    kind: str
    name: str
    text: str

    @property
    def for_what(self) -> str:
        """Say which requests it is for."""
        return BY_KEY[self.kind].label if self.kind else "Toutes les sortes"

    @property
    def is_shipped(self) -> bool:
        """Tell whether it is one of the portal's own."""
        return self.number < 0


_OF_THE_PORTAL = (
    (
        "canteen",
        "Inscription à la cantine faite",
        "L’inscription de {enfant} à la cantine est faite, aux jours demandés.",
    ),
    (
        "garderie",
        "Inscription à la garderie faite",
        "L’inscription de {enfant} à la garderie est faite, aux moments demandés.",
    ),
    (
        "garderie",
        "Plus de place à la garderie",
        "Il n’y a plus de place à la garderie pour {enfant}, aux moments demandés.",
    ),
    (
        "absence",
        "Absence notée, repas non facturé",
        "L’absence de {enfant} est notée. Le repas ne sera pas facturé.",
    ),
    (
        "absence",
        "Absence notée, trop tard",
        "L’absence de {enfant} est notée. Le repas était commandé, il reste facturé.",
    ),
    (
        "child_error",
        "Fiche corrigée",
        "La fiche de {enfant} est corrigée. Vous le verrez ici dans quelques jours.",
    ),
    (
        "invoice_question",
        "Facture juste",
        "Nous avons repris le détail de la facture {facture}, elle est juste.",
    ),
    (
        "invoice_question",
        "Facture à corriger",
        "Vous avez raison, la facture {facture} sera corrigée sur la prochaine.",
    ),
    (
        "attestation",
        "Attestation jointe",
        "Voici l’attestation demandée, en pièce jointe.",
    ),
    (
        "",
        "Réponse plus tard",
        "Il nous faut plus de temps. Nous vous répondrons au plus tard le {date}.",
    ),
)
SHIPPED = tuple(
    Ready(-place, kind, name, f"Bonjour,\n\n{text}")
    for place, (kind, name, text) in enumerate(_OF_THE_PORTAL, 1)
)
_ALL = select(ReadyAnswer.id, ReadyAnswer.kind, ReadyAnswer.name, ReadyAnswer.text).order_by(
    ReadyAnswer.kind, ReadyAnswer.name, ReadyAnswer.id
)


def listed() -> list[Ready]:
    """List the town's own; the portal's as long as it has none."""
    return [Ready(*row) for row in db.rows(_ALL)] or list(SHIPPED)


def for_kind(kind: str) -> list[Ready]:
    """List those that suit a kind, its own first."""
    suit = [each for each in listed() if each.kind in ("", kind)]
    return sorted(suit, key=lambda each: not each.kind)


def find(number: int) -> Ready | None:
    """Find one of those that are listed."""
    return next((each for each in listed() if each.number == number), None)


def filled(ready: Ready, request: DeskRequest) -> str:
    """Fill it in; a blank that the request says nothing of stays, and is refused in an answer."""
    said = {
        "enfant": ", ".join(request.children),
        "famille": request.line.sender,
        "facture": request.invoice,
        "date": "" if request.line.days_left < 0 else day_in_full(request.line.expected_on),
    }
    text = ready.text
    for blank in BLANKS:
        text = text.replace(f"{{{blank}}}", said[blank] or f"{{{blank}}}")
    return text


def check_filled(text: str) -> None:
    """Raise Refusal when somebody would read « {enfant} »."""
    left = [f"{{{blank}}}" for blank in BLANKS if f"{{{blank}}}" in text]
    if left:
        raise Refusal(Reason.UNFIT, TO_FILL.format(", ".join(left)))


def take_over(actor: Actor) -> None:
    """Make the portal's ten the town's own, to be changed. Raises Refusal when it has some."""
    with db.transaction() as session:
        if session.scalars(select(ReadyAnswer.id).limit(1)).first() is not None:
            raise Refusal(Reason.SAME, "La commune a déjà ses modèles.")
        session.add_all(
            ReadyAnswer(kind=each.kind, name=each.name, text=each.text) for each in SHIPPED
        )
        journal.record(session, "ready_answers_changed", actor)


def write(number: int | None, kind: str, name: str, text: str, actor: Actor) -> None:
    """Change one, or add one when there is no number. Raises Refusal."""
    for wrong, words in _faults(kind, name, text):
        if wrong:
            raise Refusal(Reason.MISSING, words)
    with db.transaction() as session:
        if number is None:
            if len(session.scalars(select(ReadyAnswer.id)).all()) >= MOST:
                raise Refusal(Reason.TOO_MANY, TOO_MANY)
            session.add(ReadyAnswer(kind=kind, name=name, text=text))
        else:
            found = session.get(ReadyAnswer, number)
            if found is None:
                raise Refusal(Reason.UNKNOWN, "Ce modèle n’existe plus.")
            found.kind, found.name, found.text = kind, name, text
        journal.record(session, "ready_answers_changed", actor)


def remove(number: int, actor: Actor) -> None:
    """Remove one of the town's own; one that is gone is gone."""
    with db.transaction() as session:
        found = session.get(ReadyAnswer, number)
        if found is not None:
            session.delete(found)
            journal.record(session, "ready_answers_changed", actor)


def _faults(kind: str, name: str, text: str) -> Iterator[tuple[bool, str]]:
    yield bool(kind) and kind not in BY_KEY, NO_KIND
    yield not name or len(name) > LONGEST_NAME, NO_NAME
    yield not text or len(text) > LONGEST_TEXT, NO_TEXT
