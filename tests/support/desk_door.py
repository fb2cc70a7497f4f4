"""What the town hall says of a family's days: to one who telephones, to one who asks for a place.

It is the judge's word too, but that no hour binds the town, nor a number of places.
"""

import secrets
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple
from urllib.parse import urlsplit

from bs4 import BeautifulSoup
from flask import Flask

from app import db
from app.models import HOLDING, BookingState
from app.services.actors import NOWHERE
from app.services.bookings import on_behalf, reading
from app.services.bookings.exceptional import asking
from app.services.bookings.judge.judging import judge
from app.services.bookings.judge.verdicts import Act, Obstacle, RemedyKind, Verdict
from app.services.bookings.judge.worlds import Cell
from app.services.bookings.wishes import name_of
from app.services.clerks import lookup, sessions, team
from app.web.clerk_access import COOKIE
from tests.services.requests.conftest import send, signed_in
from tests.support.booking_doors import Line, Visitor, Where, lines
from tests.support.clerks import LAUNCHED
from tests.support.judged_towns import Example
from tests.support.page_checks.text import plain, visible_text

EMAIL = "nadia@commune.fr"
# What binds a family, and not the town that books for it.
HOURS_AND_PLACES = {Obstacle.TOO_EARLY, Obstacle.TOO_LATE, Obstacle.FULL}
GIVE = "Accepter et réserver"
TITLES = {
    BookingState.BOOKED: "À réserver",
    BookingState.CANCELLED: "À annuler",
    None: "Impossible",
}


def open_desk(app: Flask) -> None:
    """Have somebody of the town hall who answers the telephone."""
    with app.app_context():
        team.invite(LAUNCHED, EMAIL, "Nadia Petit", ("secretariat",))


@dataclass
class Desk(Visitor):
    """Nadia, who has the file of the family on her screen."""

    family_id: int

    def sign_in(self) -> str:
        """Come in without a code: it is another time in each example."""
        with self.app.app_context(), db.transaction() as session:
            clerk = lookup.by_email(session, EMAIL)
            assert clerk is not None
            name, key = COOKIE.full_name, sessions.open_session(session, clerk, NOWHERE)
        host = urlsplit(self.browser.base_url).hostname or ""
        self.browser.client.set_cookie(name, key, domain=host)
        [token, *_] = self.open(self.path).select("input[name=csrf_token]")
        return str(token["value"])

    @property
    def path(self) -> str:
        """Where the week of the family is."""
        return f"/mairie/familles/{self.family_id}/reservations/2026-W49"

    @cached_property
    def week(self) -> dict[Where, Line]:
        """Read the page of the week, as it is for the one who answers."""
        return lines(self.open(self.path))

    def late_place(self, number: int) -> BeautifulSoup:
        """Read what a family asked for."""
        return self.open(f"/mairie/exceptions/{number}")

    def give(self, number: int, page: BeautifulSoup) -> None:
        """Press « Accepter et réserver » of that page."""
        [button] = [each for each in page.select("form button") if visible_text(each) == GIVE]
        form = button.find_parent("form")
        assert form is not None
        [seen] = form.select("input[name=seen]")
        self.send(f"/mairie/exceptions/{number}/accepter", [("seen", str(seen["value"]))])


class ByTown(NamedTuple):
    """What the judge says of a box that the town ticks or unticks, whoever asked."""

    verdict: Verdict
    is_live: bool
    # It goes with another one, or it is answered on the waiting lists.
    is_apart: bool
    # Where no place is left, there is one more.
    is_one_more: bool

    @property
    def outcome(self) -> BookingState | None:
        """What becomes of it; None when it is refused."""
        if not self.verdict.ok:
            return None
        return BookingState.CANCELLED if self.is_live else BookingState.BOOKED


def by_town(example: Example, cell: Cell) -> ByTown:
    """Ask the judge, and check that its word to the family differs by right alone."""
    known, world = example.known, example.known.world
    is_live = known.is_live(cell)
    here, there = (Act.WITHDRAW, Act.CANCEL) if is_live else (Act.GRANT, Act.BOOK)
    said, to_family = (judge(act, cell, world, example.now) for act in (here, there))
    if to_family.ok or to_family.obstacle in HOURS_AND_PLACES:
        assert said.ok, (cell, said, to_family)
    else:
        assert (said.obstacle, said.sentence) == (to_family.obstacle, to_family.sentence)
    # What a family may book is in time whoever books it.
    assert not (said.late and to_family.ok), (cell, said, to_family)
    taking = [each for each in world.to_book(cell) if world.state(each) not in HOLDING]
    return ByTown(
        said,
        is_live,
        is_live and (bool(known.bringers(cell)) or world.is_offered(cell)),
        said.ok
        and not is_live
        and any(world.rooms[each].left < 1 for each in taking if each in world.rooms),
    )


def read_week(example: Example, desk: Desk) -> None:
    """A line where the family has one; a box wherever the town may do something, or why not."""
    for cell in example.cells():
        ruled, where = by_town(example, cell), example.where(cell)
        line, theirs = desk.week.get(where), example.parent.week.get(where)
        assert (line is None) is (theirs is None), (cell, line, theirs)
        if line is None:
            continue
        assert bool(line.box) is (ruled.verdict.ok and not ruled.is_apart), (cell, line, ruled)
        if not ruled.verdict.ok:
            assert ruled.is_apart or plain(ruled.verdict.sentence) in line.words, (line, ruled)
        elif line.box:
            assert line.ticked is ruled.is_live
            assert (on_behalf.LATE in line.words) is bool(ruled.verdict.late), (line, ruled)
            assert (plain(on_behalf.ONE_MORE) in line.words) is ruled.is_one_more, (line, ruled)


def telephone(example: Example, desk: Desk, cell: Cell) -> tuple[BookingState | None, str]:
    """Have a day changed for the family; return what becomes of it and what the judge says."""
    ruled, known = by_town(example, cell), example.known
    is_along = ruled.is_live and bool(known.bringers(cell))
    box = f"{name_of(known, cell)}:{known.version(cell)}"
    summary = desk.check(desk.path, box, ticked=not ruled.is_live)
    if is_along:
        assert "rien changé" in summary.errors
        return known.world.state(cell), ""
    title = "À réserver hors délai" if ruled.verdict.late else TITLES[ruled.outcome]
    assert title in summary.lists, (summary, ruled)
    if ruled.outcome is None:
        assert plain(ruled.verdict.sentence) in summary.lists[title]
    assert any("une place de plus" in each for each in summary.notices) is ruled.is_one_more
    desk.save(desk.path, summary.kept)
    return ruled.outcome, ruled.verdict.sentence


def read_late_places(example: Example) -> None:
    """A day leads to asking for it where the judge says so, and nowhere else."""
    for cell in example.cells():
        asks, line = _asks(example, cell), example.parent.week.get(example.where(cell))
        name = name_of(example.known, cell)
        if line is not None:
            assert bool(line.asks_at) is asks, (cell, line)
        with example.app.app_context():
            found = asking.beside(example.known.family_id, name)
        assert (found is not None) is asks, (cell, found)


def asked_for(example: Example, desk: Desk, cell: Cell) -> bool:
    """Have a day asked for past its limit, and given, where the judge leads to that."""
    line, ruled = example.parent.week.get(example.where(cell)), by_town(example, cell)
    if line is None or not line.asks_at:
        return False
    form = example.parent.open(line.asks_at)
    offered = {str(each["value"]) for each in form.select("input[name=boxes]")}
    days = reading.days_between(example.known.first, example.known.last)
    cells = [
        cell._replace(service=number, day=day)
        for number in example.known.town.services
        for day in days
    ]
    asks = [each for each in cells if _asks(example, each)]
    along = {other for each in asks for other in example.known.along(each)} - {cell}
    assert offered == {name_of(example.known, each) for each in asks if each not in along}
    with example.app.app_context():
        number = _send(example, cell)
    page = desk.late_place(number)
    said = visible_text(page)
    assert ruled.verdict.ok, (cell, ruled)
    assert ("C’est complet" in said) is ruled.is_one_more, said
    desk.give(number, page)
    return True


def _asks(example: Example, cell: Cell) -> bool:
    if not example.known.may_have_box(cell):
        return False
    remedy = judge(Act.BOOK, cell, example.known.world, example.now).remedy
    return remedy is not None and remedy.kind is RemedyKind.REQUEST_PLACE


def _send(example: Example, cell: Cell) -> int:
    name, child = name_of(example.known, cell), example.known.children[cell.child]
    details: dict[str, object] = {"boxes": [name], "places": ["Ce jour"], "text": "Je travaille."}
    return send(
        signed_in(example.people.ines), "place", secrets.token_hex(16),
        details=details, children=[child.public_id],
    ).number  # fmt: skip
