"""What a day costs: of the lines that the town wrote, one counts, whatever their order."""

from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.services.bookings.judge.pricing import UNKNOWN, Rate, Situation, rate, situation
from app.services.bookings.judge.worlds import Price

DAY = date(2026, 11, 30)
BEGIN = date(2026, 9, 1)
FREE, LOW, HIGH = Decimal(0), Decimal("2.10"), Decimal("4.20")
BANDS = (
    Rate(BEGIN, FREE, qf_max=Decimal(400)),
    Rate(BEGIN, LOW, qf_min=Decimal(401), qf_max=Decimal(800)),
    Rate(BEGIN, HIGH, qf_min=Decimal(801), late=Decimal("6.30")),
)


def with_quotient(value: str, *, outside: bool = False) -> Situation:
    return Situation(BEGIN, None, Decimal(value), outside)


@pytest.mark.parametrize(
    ("value", "amount"),
    [
        ("0", FREE), ("400", FREE), ("400.50", FREE), ("401", LOW), ("800.99", LOW),
        ("801", HIGH), ("9000", HIGH),
    ],
)  # fmt: skip
def test_a_band_goes_on_until_the_next_one(value: str, amount: Decimal) -> None:
    """Quotients have decimals, the bands of towns have none."""
    found = rate(BANDS, with_quotient(value), 1, DAY)
    assert found is not None
    assert found.amount == amount


def test_without_a_quotient_one_pays_as_the_highest_band() -> None:
    found = rate(BANDS, UNKNOWN, 1, DAY)
    assert found is not None
    assert found.price == Price(HIGH, Decimal("6.30"))
    assert (found.for_unbooked, found.for_absent) == (Decimal("6.30"), HIGH)


def test_what_nobody_said_costs_nothing_known() -> None:
    assert rate((), UNKNOWN, 1, DAY) is None
    assert rate(BANDS, UNKNOWN, 1, BEGIN - timedelta(days=1)) is None
    assert rate(BANDS[:1], with_quotient("500"), 1, DAY) is None


def test_families_from_elsewhere_pay_their_own_tariff_where_there_is_one() -> None:
    outside = Rate(BEGIN, Decimal("5.49"), is_outside=True)
    elsewhere = with_quotient("100", outside=True)
    for rates, amount in (((*BANDS, outside), Decimal("5.49")), (BANDS, FREE)):
        found = rate(rates, elsewhere, 1, DAY)
        assert found is not None
        assert found.amount == amount
    at_home = rate((*BANDS, outside), with_quotient("100"), 1, DAY)
    assert at_home == BANDS[0]


@given(st.integers(1, 6), st.permutations([None, 2, 3]))
def test_the_narrowest_rank_counts(rank: int, ranks: list[int | None]) -> None:
    """« Dès le 2e enfant » is for the third too, unless the third has a line."""
    rates = [Rate(BEGIN, Decimal(each or 1), rank=each) for each in ranks]
    found = rate(rates, UNKNOWN, rank, DAY)
    assert found is not None
    assert found.amount == min(rank, 3)


@given(
    st.lists(st.integers(0, 3000), min_size=1, max_size=8, unique=True),
    st.decimals(0, 4000, places=2),
    st.randoms(use_true_random=False),
)
def test_bands_without_a_gap_price_every_quotient_once(
    starts: list[int], value: Decimal, random: object
) -> None:
    """Whatever their order, exactly one holds; and who earns more never pays less."""
    bounds = sorted({0, *starts})
    ends = [following - 1 for _, following in pairwise(bounds)]
    rates = [
        Rate(
            BEGIN,
            Decimal(start),
            qf_min=Decimal(start),
            qf_max=None if end is None else Decimal(end),
        )
        for start, end in zip(bounds, [*ends, None], strict=True)
    ]
    shuffled = list(rates)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert sum(each.holds(value) for each in rates) == 1
    found = rate(shuffled, Situation(BEGIN, None, value, is_outside=False), 1, DAY)
    assert found is not None
    assert found.amount <= value
    richer = rate(shuffled, Situation(BEGIN, None, value + 1, is_outside=False), 1, DAY)
    assert richer is not None
    assert found.amount <= richer.amount


@given(st.lists(st.tuples(st.integers(0, 400), st.integers(0, 400)), max_size=6))
def test_the_latest_situation_that_holds_counts(spans: list[tuple[int, int]]) -> None:
    known = [
        Situation(BEGIN + timedelta(days=min(span)), BEGIN + timedelta(days=max(span)),
                  Decimal(number), is_outside=False)
        for number, span in enumerate(spans)
    ]  # fmt: skip
    held = [each for each in known if each.first <= DAY and each.last and each.last >= DAY]
    found = situation(known, DAY)
    assert (found in held) if held else (found == UNKNOWN)
    assert all(each.first <= found.first for each in held)
