"""Long lists are cut in pages, and any address leads to one of them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.paging import Page, page_count, page_number


@pytest.mark.parametrize(
    ("asked", "number"),
    [("", 1), ("1", 1), ("3", 3), ("0", 1), ("99", 3), ("-1", 1), ("²", 1), ("9" * 30, 1)],
)
def test_any_address_leads_to_a_page(asked: str, number: int) -> None:
    assert page_number(asked, total=101) == number


@pytest.mark.parametrize(("total", "count"), [(0, 1), (1, 1), (50, 1), (51, 2), (600, 12)])
def test_an_empty_list_has_a_page_too(total: int, count: int) -> None:
    assert page_count(total) == count


def test_far_pages_are_left_out() -> None:
    assert Page(items=[], number=6, total=600).near == [1, 0, 4, 5, 6, 7, 8, 0, 12]
    assert Page(items=[], number=1, total=120).near == [1, 2, 3]


@given(total=st.integers(0, 5000), asked=st.integers(-5, 200))
def test_the_page_shown_is_always_offered(total: int, asked: int) -> None:
    page: Page[int] = Page(items=[], number=page_number(str(asked), total), total=total)
    assert page.number in page.near
    assert page.near[0] == 1
    assert page.near[-1] == page.count
