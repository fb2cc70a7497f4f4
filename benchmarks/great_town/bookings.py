"""A school year of bookings: a canteen that brings its midday garderie, one early, one late.

Every child comes on four days a week of the half year around a day; three of ten come early, the
others stay late. The first family, which has a third child, books all there is, Wednesdays too. The
newcomers, of three children too, have said their typical week and booked nothing.
"""

from collections.abc import Iterator
from datetime import date, timedelta

from benchmarks import town
from benchmarks.great_town.sql import FIRST_DAY, Dialect, Filled, one_of

NEWCOMERS = 3
SLUGS = CANTEEN, MIDDAY, EARLY, LATE = "cantine", "midi", "matin", "soir"
NAMES = ("Cantine", "Pause méridienne", "Garderie du matin", "Garderie du soir")
KINDS = ("canteen", "midday", "garderie", "garderie")
WEEKS_BEHIND = WEEKS_AHEAD = 18
WEEKS = WEEKS_BEHIND + WEEKS_AHEAD
# What each child has booked: three services on four days a week.
OF_A_CHILD = 3 * 4 * WEEKS
OF_A_FAMILY = OF_A_CHILD * town.CHILDREN_PER_FAMILY
EARLY_OF_TEN = 3
# Whoever comes later finds room.
ROOM = 300
# From Monday to Friday; without Wednesday, the third.
ALL_DAYS, WEDNESDAY = 31, 3
# One child of so many eats no pork.
DIETS = 20


def bookings(d: Dialect, families: int, monday: date) -> Iterator[Filled]:
    """Yield each table's name and what fills it, around this Monday."""
    yield from _third_children(d, families)
    yield from _services(d, families)
    yield from _habits(d)
    yield from _booked(d, monday - timedelta(weeks=WEEKS_BEHIND))


def _third_children(d: Dialect, families: int) -> Iterator[Filled]:
    last = families * town.CHILDREN_PER_FAMILY
    yield (
        "child",
        f"""
        INSERT INTO child (id, public_id, source_id, last_name, first_name, sex, birth_date,
                           school, class_name, photo)
        SELECT {last} + n, {d.opaque(f"{last} + n")}, ({last} + n) || '', 'MARTIN', 'Zoé', 'F',
               {d.on("n - 2200")}, 'École 1', 'CE1', ''
        FROM {d.numbers("k", 2)}""",
    )
    yield (
        "family_child",
        f"""
        INSERT INTO family_child (family_id, child_id)
        SELECT CASE n WHEN 1 THEN {town.FIRST} ELSE {NEWCOMERS} END, {last} + n
        FROM {d.numbers("k", 2)}""",
    )


def _services(d: Dialect, families: int) -> Iterator[Filled]:
    room = families * town.CHILDREN_PER_FAMILY + ROOM
    yield (
        "service",
        f"""
        INSERT INTO service (id, public_id, source_id, slug, name, short_name, kind, operator,
                             position, starts_at, ends_at, weekdays, in_terms, in_holidays, mode,
                             capacity, waiting, book_rule, cancel_rule, absence_rule, shift, late)
        SELECT n, {d.opaque("n")}, n || '', {one_of(SLUGS, "n - 1")},
               {one_of(NAMES, "n - 1")}, '', {one_of(KINDS, "n - 1")}, '', n,
               CASE n WHEN 1 THEN 690 WHEN 2 THEN 750 WHEN 3 THEN 450 ELSE 990 END,
               CASE n WHEN 1 THEN 750 WHEN 2 THEN 810 WHEN 3 THEN 510 ELSE 1110 END,
               {ALL_DAYS}, true, false, 'days', CASE n WHEN 1 THEN {room} END, 'automatic',
               CASE WHEN n < 3 THEN 'S-1 jeudi 24:00' ELSE 'J-1 18:00' END, '', 'J-0 09:00',
               false, 'refuse'
        FROM {d.numbers("k", len(SLUGS))}""",
    )
    yield (
        "service_link",
        "INSERT INTO service_link (service_id, other_id, kind) VALUES (1, 2, 'brings')",
    )
    yield (
        "enrolment",
        f"""
        INSERT INTO enrolment (child_id, service_id, family_id, first)
        SELECT c.child_id, s.n, c.family_id, {d.on("0")}
        FROM family_child c CROSS JOIN {d.numbers("s", len(SLUGS))} ORDER BY c.child_id, s.n""",
    )


def _habits(d: Dialect) -> Iterator[Filled]:
    yield (
        "typical_day",
        f"""
        INSERT INTO typical_day (family_id, child_id, parity, weekday, service_id)
        SELECT c.family_id, c.child_id, 'all', k.n - 1, s.n
        FROM family_child c CROSS JOIN {d.numbers("k", 5)}
        CROSS JOIN {d.numbers("s", len(SLUGS))}
        WHERE c.family_id = {NEWCOMERS} AND k.n <> {WEDNESDAY} AND s.n <> 2""",
    )
    yield (
        "health_mark",
        f"""
        INSERT INTO health_mark (child_id, kind, words, until, written_at, acted_by)
        SELECT id, 'diet', 'Sans porc', {d.on("3600")}, {d.at("0")}, 'Brigitte'
        FROM child WHERE id % {DIETS} = 0 ORDER BY id""",
    )


def _booked(d: Dialect, since: date) -> Iterator[Filled]:
    day = d.on(f"{(since - FIRST_DAY).days} + (w.n - 1) * 7 + k.n - 1")
    key = f"((c.child_id * 4 + s.n) * {WEEKS} + w.n) * 5 + k.n"
    last = f"CASE WHEN c.child_id % 10 < {EARLY_OF_TEN} THEN 3 ELSE 4 END"
    yield (
        "booking",
        f"""
        INSERT INTO booking (public_id, child_id, service_id, day, family_id, state, origin, late,
                             version)
        SELECT {d.opaque(key)}, c.child_id, s.n, {day}, c.family_id, 'booked',
               CASE s.n WHEN 2 THEN 'linked' ELSE 'parent' END, false, 1
        FROM {d.numbers("w", WEEKS)} CROSS JOIN family_child c CROSS JOIN {d.numbers("k", 5)}
        CROSS JOIN {d.numbers("s", len(SLUGS))}
        WHERE c.family_id = {town.FIRST} OR (c.family_id <> {NEWCOMERS} AND k.n <> {WEDNESDAY}
              AND (s.n < 3 OR s.n = {last}))
        ORDER BY w.n, c.child_id, k.n, s.n""",
    )
    yield (
        "booking_batch",
        f"""
        INSERT INTO booking_batch (id, public_id, family_id, account_id, acted_by, at, sending_key,
                                   added, removed, waiting, refused, absent)
        SELECT f.id, {d.opaque("f.id")}, f.id, f.id, '', {d.at("f.id")}, {d.opaque("f.id")},
               12, 0, 0, 0, 0
        FROM family f WHERE f.id <> {NEWCOMERS} ORDER BY f.id""",
    )
    yield (
        "booking_event",
        f"""
        INSERT INTO booking_event (booking_id, family_id, batch_id, at, kind, old, new, sentence)
        SELECT id, family_id, family_id, {d.at("family_id")}, 'booked', NULL, 'booked', ''
        FROM booking ORDER BY id""",
    )
    yield (
        "place",
        """
        INSERT INTO place (service_id, group_id, day, capacity, taken)
        SELECT s.id, 0, b.day, s.capacity, count(*) FROM booking b
        JOIN service s ON s.id = b.service_id WHERE s.capacity IS NOT NULL
        GROUP BY s.id, s.capacity, b.day ORDER BY b.day""",
    )
