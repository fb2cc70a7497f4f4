"""Who asked what in the demonstration town, and what became of it: each state once at least."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from app.formats import today
from app.services.actors import Clerk, CurrentAccount, Origin
from app.services.files import uploads
from app.services.files.uploads import Accepted, CheckedFile, Upload
from app.services.requests import acting, desk
from app.services.requests.sending import Sent

# Who answers, at this invented town hall.
TOWN_HALL = Clerk("Service enfance", Origin("127.0.0.1"))
SCHOOL_DAYS = ("monday", "tuesday", "thursday", "friday")
# Where demo/ keeps what parents join to their requests.
PAPERS = "demandes"

Act = Callable[[CurrentAccount, Sent], object]


@dataclass(frozen=True, slots=True)
class Story:
    """A request: who sends it, and what happened next; each so many working days ago."""

    identifier: str
    kind: str
    sent: int
    details: dict[str, object]
    # As the town's files name them.
    child: str | None = None
    invoice: str | None = None
    then: Sequence[tuple[int, Act]] = ()
    files: Sequence[CheckedFile] = ()


def stories(town: Path) -> list[Story]:
    """List them; `town` is where the files of the demonstration are."""
    return [
        # The family of the guides.
        Story(
            "38162386", "garderie", 14, _garderie("tuesday", "evening", -1), child="7001",
            then=[(12, _take), (11, _accept("PAYS est inscrit le mardi soir."))],
        ),
        Story(
            "38162386", "canteen", 4, {"days": list(SCHOOL_DAYS), "starts_on": _monday(2)},
            child="7001",
            then=[(1, _ask("La fiche sanitaire, que vous trouverez dans Infos/Documents."))],
        ),
        Story(
            "38162428", "garderie", 5, _garderie("wednesday", "evening", 1), child="7004",
            then=[(3, _ask("Une attestation de votre employeur pour le mercredi.")),
                  (1, _add(town / PAPERS / "attestation-employeur.pdf"))],
        ),
        Story("38162394", "attestation", 1, {"year": str(today().year)}),
        Story(
            "38162444", "invoice_question", 3, invoice="10216",
            details={"text": "Clémence a été absente une semaine. Pourquoi onze repas\u00a0?"},
            then=[(2, _take)],
        ),
        Story(
            "38162410", "garderie", 9, _garderie("friday", "morning", 0), child="7004",
            then=[(6, _refuse("Il n’y a plus de place le vendredi matin avant janvier."))],
        ),
        Story(
            "38162469", "absence", 6, {"starts_on": _monday(0), "ends_on": _monday(0)},
            child="7008", then=[(5, _withdraw)],
        ),
        # What most of them are: an absence that is taken note of, a paper that is given.
        Story(
            "38162394", "absence", 13, {"starts_on": _monday(-1), "ends_on": _monday(-1)},
            child="7002", then=[(12, _accept(""))],
        ),
        Story(
            "38162428", "absence", 11, {"starts_on": _monday(-1), "ends_on": _monday(-1)},
            child="7004", then=[(10, _accept(""))],
        ),
        Story(
            "38162444", "attestation", 12, {"year": str(today().year)},
            then=[(1, _accept("La voici, datée d’aujourd’hui."))],
        ),
        Story(
            "38162436", "other", 8, {"text": "Y a-t-il une étude surveillée\u00a0?"},
            then=[(5, _accept("Oui, le lundi et le jeudi, de 16\u00a0h\u00a030 à 18\u00a0h."))],
        ),
        # What the town hall is late with, and what it does at a glance.
        Story(
            "38162493", "other", 14,
            {"text": "Peut-on payer la garderie avec des chèques CESU\u00a0?"},
        ),
        Story(
            "38162519", "photo", 1, {}, child="7015",
            files=_read(town / "photos" / "enfant-7016.png", Accepted.PICTURES),
        ),
        # What the town's own software does not say yet.
        Story("38162410", "details", 7, {"mobile": "06 39 98 00 61"}, then=[(6, _accept(""))]),
    ]  # fmt: skip


def _garderie(day: str, moment: str, week: int) -> dict[str, object]:
    return {"days": [day], "moments": [moment], "starts_on": _monday(week)}


def _monday(week: int) -> str:
    """Return the Monday of this week (0), of another before or after."""
    now = today()
    return (now + timedelta(weeks=week, days=-now.weekday())).isoformat()


def _take(_account: CurrentAccount, sent: Sent) -> None:
    desk.take(sent.number, TOWN_HALL)


def _ask(text: str) -> Act:
    return lambda _account, sent: desk.ask(sent.number, text, TOWN_HALL)


def _accept(text: str) -> Act:
    return lambda _account, sent: desk.accept(sent.number, text, TOWN_HALL)


def _refuse(reason: str) -> Act:
    return lambda _account, sent: desk.refuse(sent.number, reason, TOWN_HALL)


def _read(path: Path, accepted: Accepted) -> list[CheckedFile]:
    return uploads.check([Upload(path.name, path.read_bytes())], accepted)


def paper(path: Path) -> list[CheckedFile]:
    """Read what a parent joins."""
    return _read(path, Accepted.PAPERS)


def _add(path: Path) -> Act:
    files = paper(path)
    return lambda account, sent: acting.add_files(account, sent.public_id, files)


def _withdraw(account: CurrentAccount, sent: Sent) -> None:
    acting.withdraw(account, sent.public_id)
