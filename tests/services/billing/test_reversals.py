"""What goes back is told from what it takes back."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from app.services.billing.reversals import Movement, taken_back


def movement(amount: int, reference: str = "", invoice: int | None = None) -> Movement:
    return Movement(Decimal(amount), reference, invoice)


def test_the_latest_of_the_same_amount_goes_back() -> None:
    assert taken_back([movement(60), movement(60), movement(45), movement(-60)]) == {3: 1}


def test_a_reference_says_which() -> None:
    given_ = [movement(60, "SEPA 1"), movement(60, "SEPA 2"), movement(-60, "SEPA 1")]
    assert taken_back(given_) == {2: 0}


def test_an_invoice_says_which() -> None:
    """And what paid another one is never touched."""
    assert taken_back([movement(60, invoice=1), movement(60), movement(-60, invoice=1)]) == {2: 0}
    assert taken_back([movement(60, invoice=2), movement(-60, invoice=1)]) == {}


def test_a_part_of_a_payment_undoes_none() -> None:
    assert taken_back([movement(60), movement(-20)]) == {}


@given(st.lists(st.sampled_from([10, -10, 20, -20]).map(movement)))
def test_each_is_undone_once_and_came_before(movements: list[Movement]) -> None:
    found = taken_back(movements)
    assert len(set(found.values())) == len(found)
    for back, paid in found.items():
        assert paid < back
        assert movements[paid].amount == -movements[back].amount > 0
