"""What the State publishes, as the library has it; and what it only supposes, which is refused."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.calendar import working_days
from app.calendar.school_years import SchoolYear
from app.models import SpanKind
from app.services.bookings.setting_up import decrees
from app.services.bookings.setting_up.decrees import Published
from app.services.refusals import Refusal

YEAR = SchoolYear(2026)


def holidays(zone: str, year: SchoolYear = YEAR) -> list[tuple[date, date, str]]:
    """List the school holidays of a zone."""
    found = decrees.published(year, zone, "")
    return [each[1:4] for each in found if each.kind is SpanKind.SCHOOL]


def test_the_school_year_of_a_town_in_zone_a() -> None:
    """As the decree of 22 October 2025 has them, with the summers on both sides."""
    assert holidays("A") == [
        (date(2026, 7, 4), date(2026, 8, 31), "Vacances d’été"),
        (date(2026, 10, 17), date(2026, 11, 1), "Vacances de la Toussaint"),
        (date(2026, 12, 19), date(2027, 1, 3), "Vacances de Noël"),
        (date(2027, 2, 13), date(2027, 2, 28), "Vacances d’hiver"),
        (date(2027, 4, 10), date(2027, 4, 25), "Vacances de printemps"),
        (date(2027, 7, 3), date(2027, 9, 1), "Vacances d’été"),
    ]


def test_zones_differ_in_winter_and_in_spring_alone() -> None:
    one, two, three = (set(holidays(zone)) for zone in "ABC")
    assert {name for *_, name in (one | two | three) - (one & two & three)} == {
        "Vacances d’hiver",
        "Vacances de printemps",
    }


def test_each_line_says_where_it_is_from() -> None:
    bridge, *_ = (each for each in decrees.published(YEAR, "B", "") if each.kind is SpanKind.BRIDGE)
    assert bridge == Published(
        SpanKind.BRIDGE,
        date(2027, 5, 6),
        date(2027, 5, 9),
        "Pont de l’Ascension",
        "B",
        "arrêté du 22 octobre 2025",
    )


def test_a_year_without_a_decree_is_refused() -> None:
    """The library answers all the same, by a rule of thumb; so it does of years long gone."""
    with pytest.raises(Refusal, match=r"n’est pas encore publié.* jusqu’à 2027-2028"):
        decrees.published(SchoolYear(decrees.known().last.start + 1), "A", "")
    with pytest.raises(Refusal, match="trop ancien"):
        decrees.published(SchoolYear(2018), "A", "")


def test_the_years_that_are_known_follow_each_other() -> None:
    """Whatever a new version of the library says in its notes: else its form is another."""
    starts = [year.start for year in decrees.known().by_year]
    assert starts == list(range(starts[0], starts[-1] + 1))
    assert starts[0] == 2023
    assert starts[-1] >= 2027


def test_a_town_without_a_zone_has_public_holidays_alone() -> None:
    """Corsica and overseas: their academies publish their own."""
    assert {each.kind for each in decrees.published(YEAR, "", "2A")} == {SpanKind.PUBLIC}


@pytest.mark.parametrize(
    ("place", "name", "is_sure"),
    [
        ("974", "Abolition de l’esclavage", True),
        ("67", "Saint-Étienne", True),
        ("68", "Vendredi saint", False),
        ("57", "Vendredi saint", False),
        ("971", "Mi-Carême", False),
        ("987", "Matāri’i", True),
    ],
)
def test_each_territory_has_its_own(place: str, name: str, *, is_sure: bool) -> None:
    """What is a custom, or only where there is a Protestant church, is for the town to tick."""
    found = {each.name: each.confirmed for each in decrees.published(YEAR, "", place)}
    assert found[name] is is_sure
    assert name not in {each.name for each in decrees.published(YEAR, "", "38")}


@given(st.sampled_from(sorted(decrees.known().by_year)), st.integers(0, 364))
def test_the_mainland_works_as_answers_are_promised(year: SchoolYear, number: int) -> None:
    """Two ways of counting the same public holidays agree on every weekday."""
    day = year.first_day + timedelta(days=number)
    public = {each.first for each in decrees.published(year, "", "")}
    if day.weekday() < working_days.SATURDAY:
        assert working_days.is_one(day) is (day not in public)
