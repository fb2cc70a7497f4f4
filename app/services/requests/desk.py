"""What the town hall does with a request: it answers, asks, notes, hands over, puts off.

Each act may be told which event its author saw last: if something else happened since, nothing is
done. Whoever acts at a screen may go back on it for two minutes (`undoing`), and the mail waits as
long; a command has nothing to undo.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

from sqlalchemy.orm import Session

from app import db
from app.calendar import working_days
from app.formats import day_in_full, ended, today
from app.models import FamilyRequest, Folder, RequestEventKind, RequestState
from app.models.requests import WAIT_FOR_TOWN
from app.services.actors import Actor, CurrentClerk
from app.services.clerks import lookup
from app.services.files import stored_files
from app.services.files.uploads import CheckedFile
from app.services.mail.kinds import MailKind
from app.services.refusals import Reason, Refusal
from app.services.requests import applying, erasures, meanwhile, moving
from app.services.requests.applying import LeftToDo
from app.services.requests.kinds import ACCOUNT_DELETION, BY_KEY
from app.services.requests.moving import OPEN
from app.services.requests.sending import attach
from app.typed_text import some_lines

LONGEST_TEXT = 2000
TIME_TO_UNDO = timedelta(minutes=2)
FARTHEST = timedelta(days=92)
UNANSWERED = "écrivez votre réponse, ou joignez un fichier\u00a0: la famille les lira."
A_QUESTION = "c’est une question, on y répond, même pour dire non."
NOT_A_DAY = "choisissez un jour ouvré, après aujourd’hui et d’ici trois mois."
NOBODY_THERE = "cette personne n’a plus d’accès à la mairie."


class Done(NamedTuple):
    """An act that is done: its line of the history, and what follows."""

    event_id: int
    # Whether the family sees it, and whether whoever sent the request gets a mail.
    told: bool = False
    mailed: bool = False
    left: LeftToDo = applying.NOTHING_LEFT


def take(number: int, actor: Actor, seen: int | None = None) -> Done:
    """Tell the family that somebody is at it. Raises Refusal."""
    sources = (RequestState.SENT, RequestState.PIECE_MISSING)
    with db.transaction() as session:
        act = _Act(session, number, actor, seen)
        act.move(sources, RequestState.TAKEN)
        return act.say(RequestEventKind.TAKEN)


def hold(number: int, clerk: CurrentClerk, seen: int | None = None) -> Done:
    """Look after a request oneself; its family is told when nobody was at it. Raises Refusal."""
    with db.transaction() as session:
        act = _Act(session, number, clerk, seen)
        if act.request.state is RequestState.SENT:
            act.request.clerk_id = clerk.clerk_id
            act.move((RequestState.SENT,), RequestState.TAKEN)
            return act.say(RequestEventKind.TAKEN)
        return act.hand_over(clerk.clerk_id, clerk.name)


def entrust(number: int, public_id: str, actor: Actor, seen: int | None = None) -> Done:
    """Have a colleague look after a request; its family does not see whom. Raises Refusal."""
    with db.transaction() as session:
        act = _Act(session, number, actor, seen)
        clerk = lookup.still_open(lookup.by_public_id(session, public_id))
        if clerk is None:
            raise Refusal(Reason.UNKNOWN, NOBODY_THERE)
        return act.hand_over(clerk.id, clerk.name)


def ask(
    number: int,
    text: str,
    actor: Actor,
    files: Sequence[CheckedFile] = (),
    seen: int | None = None,
) -> Done:
    """Ask the family for a file, a form to fill in perhaps joined. Raises Refusal."""
    wanted = _text(text, "dites quelle pièce il manque.")
    with stored_files.keeping(Folder.REQUESTS, files) as stored, db.transaction() as session:
        act = _Act(session, number, actor, seen)
        act.move(OPEN, RequestState.PIECE_MISSING)
        done = act.say(RequestEventKind.PIECE_ASKED, wanted)
        attach(session, number, files, stored, done.event_id)
    return done


def speak(
    number: int,
    text: str,
    actor: Actor,
    files: Sequence[CheckedFile] = (),
    seen: int | None = None,
) -> Done:
    """Say something to the family, and leave the request open. Raises Refusal."""
    words = _text(text)
    with stored_files.keeping(Folder.REQUESTS, files) as stored, db.transaction() as session:
        act = _Act(session, number, actor, seen)
        # What it still misses, it misses all the same.
        if act.request.state is not RequestState.PIECE_MISSING:
            act.move(WAIT_FOR_TOWN, RequestState.TAKEN)
        done = act.say(RequestEventKind.SPOKEN, words)
        attach(session, number, files, stored, done.event_id)
    return done


def postpone(number: int, day: date, text: str, actor: Actor, seen: int | None = None) -> Done:
    """Promise the answer for another day, and tell the family. Raises Refusal."""
    words = _text(text) if text else ""
    if not today() < day <= today() + FARTHEST or not working_days.is_one(day):
        raise Refusal(Reason.UNFIT, NOT_A_DAY)
    with db.transaction() as session:
        act = _Act(session, number, actor, seen)
        act.must_be(WAIT_FOR_TOWN)
        if act.request.expected_on == day:
            raise Refusal(Reason.SAME, f"la réponse est déjà promise pour le {day_in_full(day)}.")
        act.request.expected_on = day
        told = f"La mairie vous répondra au plus tard le {day_in_full(day)}."
        return act.say(RequestEventKind.POSTPONED, f"{told}\n{words}".strip())


def note(number: int, text: str, actor: Actor) -> None:
    """Write down what the town hall alone reads, whatever became of the request. Raises Refusal."""
    words = _text(text)
    with db.transaction() as session:
        meanwhile.locked(session, number)
        moving.note(session, number, RequestEventKind.NOTED, actor, words)


def accept(
    number: int,
    text: str,
    actor: Actor,
    files: Sequence[CheckedFile] = (),
    seen: int | None = None,
) -> Done:
    """Accept a request or answer it, and do what the portal can. Raises Refusal."""
    words = _text(text) if text else ""
    with stored_files.keeping(Folder.REQUESTS, files) as stored, db.transaction() as session:
        act = _Act(session, number, actor, seen)
        act.move(OPEN, RequestState.ACCEPTED)
        if BY_KEY[act.request.kind].is_question and not (words or files):
            raise Refusal(Reason.MISSING, UNANSWERED)
        left = applying.apply(session, act.request, actor)
        act.before["accepted"] = left.replaced
        if left.batch_id:
            act.before["booked"] = left.batch_id
        if left.planned:
            act.move((RequestState.ACCEPTED,), RequestState.TAKEN)
            done = act.say(RequestEventKind.TAKEN, words or left.planned)
        else:
            done = act.say(RequestEventKind.ACCEPTED, words)
        attach(session, number, files, stored, done.event_id)
    return done._replace(left=left)


def refuse(
    number: int,
    reason: str,
    actor: Actor,
    files: Sequence[CheckedFile] = (),
    seen: int | None = None,
) -> Done:
    """Refuse a request, with a reason. Raises Refusal."""
    why = _text(reason, "donnez la raison du refus\u00a0: la famille la lira.")
    with stored_files.keeping(Folder.REQUESTS, files) as stored, db.transaction() as session:
        act = _Act(session, number, actor, seen)
        act.move(OPEN, RequestState.REFUSED)
        if BY_KEY[act.request.kind].is_question:
            raise Refusal(Reason.UNFIT, A_QUESTION)
        if act.request.kind == ACCOUNT_DELETION:
            act.before["cancelled"] = erasures.cancel(session, act.request.family_id, actor)
        done = act.say(RequestEventKind.REFUSED, why)
        attach(session, number, files, stored, done.event_id)
    return done


class _Act:
    """Something that is done to a request which nobody else changes meanwhile."""

    def __init__(self, session: Session, number: int, actor: Actor, seen: int | None) -> None:
        """Find it as whoever acts saw it. Raises Refusal when there is none, or no longer so."""
        self.session, self.actor = session, actor
        self.request = meanwhile.locked(session, number)
        meanwhile.check(session, self.request, seen)
        self.before: dict[str, Any] = {
            "state": self.request.state.value,
            "expected_on": self.request.expected_on.isoformat(),
            "clerk_id": self.request.clerk_id,
        }

    def must_be(self, sources: tuple[RequestState, ...]) -> None:
        """Raise Refusal when it is in no such state."""
        if self.request.state not in sources:
            raise closed(self.request)

    def move(self, sources: tuple[RequestState, ...], target: RequestState) -> None:
        """Change its state. Raises Refusal when it is in none of `sources`."""
        self.session.flush()
        if not moving.move(self.session, self.request.id, sources, target):
            raise closed(self.request)
        self.session.refresh(self.request)

    def say(self, kind: RequestEventKind, text: str = "") -> Done:
        """Tell the family; whoever answers what nobody looks after looks after it."""
        if self.request.clerk_id is None and isinstance(self.actor, CurrentClerk):
            self.request.clerk_id = self.actor.clerk_id
        wait = TIME_TO_UNDO if isinstance(self.actor, CurrentClerk) else timedelta()
        mail = moving.write_to_sender(self.session, MailKind.REQUEST_ANSWERED, self.request, wait)
        return Done(self._note(kind, text, mail), told=True, mailed=mail is not None)

    def hand_over(self, clerk_id: int, name: str) -> Done:
        """Have somebody look after it. Raises Refusal when they do, or when it is closed."""
        self.must_be(OPEN)
        if self.request.clerk_id == clerk_id:
            raise Refusal(Reason.SAME, f"{name} s’en occupe déjà.")
        self.request.clerk_id = clerk_id
        return Done(self._note(RequestEventKind.ENTRUSTED, ended(f"À {name}"), None))

    def _note(self, kind: RequestEventKind, text: str, mail: int | None) -> int:
        before = {**self.before, "mail": mail}
        event = moving.note(self.session, self.request.id, kind, self.actor, text, before)
        self.session.flush()
        return event.id


def closed(request: FamilyRequest) -> Refusal:
    """Say that a request has had its answer."""
    state = moving.state_words(request.kind, request.state).lower()
    number = f"n°\u00a0{request.id}"
    return Refusal(Reason.CLOSED, f"la demande {number} est déjà «\u00a0{state}\u00a0».")


def _text(typed: str, missing: str = "le texte est vide.") -> str:
    text = some_lines(typed)
    if not text:
        raise Refusal(Reason.MISSING, missing)
    if len(text) > LONGEST_TEXT:
        raise Refusal(Reason.TOO_LONG, f"écrivez {LONGEST_TEXT} caractères au plus.")
    return text
