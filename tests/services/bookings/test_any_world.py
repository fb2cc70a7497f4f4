"""Whatever stands in a family's week, what the judge says holds together."""

from dataclasses import replace
from datetime import date, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from app.booking_kinds import BookingOrigin, BookingState, Late
from app.services.bookings.judge.judging import judge
from app.services.bookings.judge.verdicts import Act, Obstacle, RemedyKind
from app.services.bookings.judge.worlds import Cell, Held, Room, World
from tests.support.agendas import PARIS
from tests.support.booking_worlds import CANTEEN, KARIM, MIDDAY, SERVICES, WORLD, ZOE, at
from tests.support.rules import rules

# A week before holidays, with the strike, and the week of the canteen's limit.
days = st.dates(date(2026, 11, 23), date(2026, 12, 23))
cells = st.builds(Cell, st.sampled_from([ZOE, KARIM]), st.sampled_from(sorted(SERVICES)), days)
instants = st.integers(0, 45 * 24 * 60).map(
    lambda minutes: at("2026-11-15 00:00:00") + timedelta(minutes=minutes)
)
held = st.builds(
    Held, st.sampled_from(BookingState), st.sampled_from(BookingOrigin), st.none() | instants
)
rooms = st.builds(Room, st.integers(0, 2), st.integers(0, 3))
acts = st.sampled_from(Act)
REMEDIES_DONE_HERE = {
    RemedyKind.BOOK_LATE: Act.BOOK_LATE,
    RemedyKind.DECLARE_ABSENCE: Act.DECLARE_ABSENCE,
}


@st.composite
def worlds(draw: st.DrawFn) -> World:
    """Other rules for one service, and anything that may stand in the cells."""
    number = draw(st.sampled_from(sorted(SERVICES)))
    changed = replace(
        SERVICES[number], book=draw(rules()), cancel=draw(rules()), absence=draw(rules())
    )
    return replace(
        WORLD,
        services=SERVICES | {number: changed},
        held=draw(st.dictionaries(cells, held, max_size=8)),
        rooms=draw(st.dictionaries(cells, rooms, max_size=8)),
        days_elsewhere=draw(st.frozensets(st.tuples(st.just(ZOE), days), max_size=2)),
        booked_elsewhere=draw(st.frozensets(cells, max_size=2)),
        invoiced_until=draw(st.none() | st.just(date(2026, 11, 30))),
    )


@settings(deadline=None, max_examples=60)
@given(acts, cells, worlds(), instants, st.integers(1, 60 * 24 * 20))
def test_what_may_be_done_now_could_be_done_earlier(
    act: Act, cell: Cell, world: World, asked_at: datetime, minutes: int
) -> None:
    """But before an opening, and past the limit, where it was then in time."""
    before = asked_at - timedelta(minutes=minutes)
    verdict, earlier = (judge(act, cell, world, instant) for instant in (asked_at, before))
    if verdict.ok:
        assert earlier.obstacle in {None, Obstacle.TOO_EARLY}
    if verdict.obstacle not in {None, Obstacle.TOO_LATE, Obstacle.PAST, Obstacle.TOO_EARLY}:
        assert earlier.obstacle in {verdict.obstacle, Obstacle.TOO_EARLY}


@settings(deadline=None, max_examples=60)
@given(acts, cells, worlds(), instants)
def test_a_limit_that_is_said_is_the_limit(
    act: Act, cell: Cell, world: World, asked_at: datetime
) -> None:
    verdict = judge(act, cell, world, asked_at)
    assert verdict.sentence
    assert verdict.sentence.endswith(".")
    if verdict.limit is None:
        return
    if verdict.ok:
        assert asked_at < verdict.limit
        # A late booking is judged by the second limit once the first is over.
        if act is not Act.BOOK_LATE:
            last = judge(act, cell, world, max(asked_at, verdict.limit - timedelta(seconds=1)))
            assert last.ok or last.obstacle is Obstacle.PAST
            over = judge(act, cell, world, verdict.limit).obstacle
            assert over in {Obstacle.TOO_LATE, Obstacle.PAST}
    elif verdict.obstacle is Obstacle.TOO_LATE:
        assert asked_at >= verdict.limit


@settings(deadline=None, max_examples=60)
@given(acts, cells, worlds(), instants)
def test_a_remedy_that_is_offered_may_be_taken(
    act: Act, cell: Cell, world: World, asked_at: datetime
) -> None:
    verdict = judge(act, cell, world, asked_at)
    assert verdict.ok <= (verdict.remedy is None)
    if verdict.remedy and verdict.remedy.kind in REMEDIES_DONE_HERE:
        done = judge(REMEDIES_DONE_HERE[verdict.remedy.kind], cell, world, asked_at)
        assert done.ok


@settings(deadline=None, max_examples=60)
@given(cells, worlds(), instants)
def test_a_meal_never_stays_without_its_midday(
    cell: Cell, world: World, asked_at: datetime
) -> None:
    """Whatever is allowed, done as it is told: the canteen has its midday still."""
    meal, midday = cell._replace(service=CANTEEN), cell._replace(service=MIDDAY)
    if world.is_coming(meal) and not world.is_coming(midday):
        world = replace(world, held=dict(world.held) | {midday: Held(BookingState.BOOKED)})
    for act, cells_of in ((Act.BOOK, world.to_book), (Act.CANCEL, world.to_cancel)):
        if judge(act, cell, world, asked_at).ok:
            done = frozenset(cells_of(cell))
            booking = act is Act.BOOK
            after = replace(
                world,
                added=done if booking else frozenset(),
                removed=frozenset() if booking else done,
            )
            assert not after.is_coming(meal) or after.is_coming(midday)


@settings(deadline=None, max_examples=60)
@given(cells, worlds(), instants)
def test_late_is_what_is_past_its_own_limit(cell: Cell, world: World, asked_at: datetime) -> None:
    """Whoever takes the higher price upon them pays it for nothing that was in time."""
    in_time, late = (judge(act, cell, world, asked_at) for act in (Act.BOOK, Act.BOOK_LATE))
    assert not in_time.late
    if in_time.ok:
        assert (late.late, late.sentence, late.price) == (
            frozenset(), in_time.sentence, in_time.price,
        )  # fmt: skip
    elif late.ok:
        assert in_time.obstacle is Obstacle.TOO_LATE
        assert late.late
        assert all(world.services[each.service].late is Late.SURCHARGE for each in late.late)
    # Nobody waits for what the list does not give any more.
    if late.late or in_time.obstacle is Obstacle.TOO_LATE:
        assert late.remedy is None or late.remedy.kind is not RemedyKind.WAIT


@settings(deadline=None, max_examples=40)
@given(cells, worlds(), instants)
def test_a_day_that_is_over_changes_no_more(cell: Cell, world: World, asked_at: datetime) -> None:
    if cell.day < asked_at.astimezone(PARIS).date():
        assert not any(judge(act, cell, world, asked_at).ok for act in Act)
