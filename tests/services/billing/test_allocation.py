"""Money from a family goes to what it owes, to the cent."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from app.services.billing.allocation import Credit, Due, Share, allocate


def cents(amount: int) -> Decimal:
    """Return euros."""
    return Decimal(amount).scaleb(-2)


def payment(number: int, amount: int, meant_for: int | None = None) -> Credit:
    """Return a payment."""
    return Credit(cents(amount), payment_id=number, meant_for=meant_for)


amounts = st.integers(0, 50_000)
dues = st.lists(amounts, max_size=8).map(
    lambda all_: [Due(number, cents(amount)) for number, amount in enumerate(all_, 1)]
)
# A few amounts only, so that what goes back often finds what it takes back.
moved = st.one_of(
    st.integers(1, 50_000), st.sampled_from([100, -100, 250, -250]), st.integers(-50_000, -1)
)
credits_ = st.lists(st.tuples(moved, st.none() | st.integers(1, 10)), max_size=10).map(
    lambda all_: [payment(number, *each) for number, each in enumerate(all_, 1)]
)


def test_the_oldest_invoice_is_paid_first() -> None:
    """A payment without a word pays September before October."""
    shares = allocate([Due(1, cents(100)), Due(2, cents(100))], [payment(7, 150)])
    assert shares == [Share(1, cents(100), 7, None), Share(2, cents(50), 7, None)]


def test_a_payment_pays_the_invoice_it_was_meant_for() -> None:
    """Even when an older one waits; what is too much goes to the oldest."""
    shares = allocate([Due(1, cents(100)), Due(2, cents(100))], [payment(7, 150, meant_for=2)])
    assert {share.invoice_id: share.amount for share in shares} == {2: cents(100), 1: cents(50)}


def test_a_later_payment_meant_for_an_invoice_goes_before_an_earlier_one() -> None:
    """Whoever said what they pay is heard first."""
    shares = allocate([Due(1, cents(100))], [payment(7, 100), payment(8, 100, meant_for=1)])
    assert shares == [Share(1, cents(100), 8, None)]


def test_a_credit_note_pays_like_money() -> None:
    """It keeps its own name in the shares."""
    shares = allocate([Due(1, cents(100))], [Credit(cents(30), credit_note_id=9)])
    assert shares == [Share(1, cents(30), None, 9)]


def test_a_payment_for_an_unknown_invoice_pays_the_oldest() -> None:
    """The invoice went to another family: the money stays here."""
    shares = allocate([Due(1, cents(100))], [payment(7, 100, meant_for=99)])
    assert shares == [Share(1, cents(100), 7, None)]


def test_a_rejected_debit_is_due_again() -> None:
    """Both stay to be seen under the invoice, and add up to nothing."""
    shares = allocate(
        [Due(1, cents(60)), Due(2, cents(60))],
        [payment(7, 60, meant_for=1), payment(8, 60, meant_for=2), payment(9, -60, meant_for=1)],
    )
    assert total(shares, invoice_id=1) == 0
    assert [share.amount for share in shares if share.invoice_id == 1] == [cents(60), cents(-60)]
    assert total(shares, invoice_id=2) == cents(60)


def test_what_is_paid_again_after_a_rejection_stays_paid() -> None:
    """The second payment says what it pays: the other invoice gets nothing of it."""
    shares = allocate(
        [Due(1, cents(60)), Due(2, cents(60))],
        [payment(7, 60, meant_for=2), payment(8, -60, meant_for=2), payment(9, 60, meant_for=2)],
    )
    assert total(shares, invoice_id=1) == 0
    assert total(shares, invoice_id=2) == cents(60)


def test_a_rejection_without_a_word_takes_back_the_payment_of_its_amount() -> None:
    """And the invoice that this payment was for is due again, not another."""
    shares = allocate(
        [Due(1, cents(60)), Due(2, cents(45))],
        [payment(7, 60, meant_for=1), payment(8, 45, meant_for=2), payment(9, -60)],
    )
    assert total(shares, invoice_id=1) == 0
    assert total(shares, invoice_id=2) == cents(45)


def test_a_rejection_shows_under_the_invoice_that_the_payment_would_have_paid() -> None:
    """Neither of the two says which: the oldest, where both are read."""
    shares = allocate([Due(1, cents(60)), Due(2, cents(60))], [payment(7, 60), payment(9, -60)])
    assert shares == [Share(1, cents(60), 7, None), Share(1, cents(-60), 9, None)]


def test_a_refund_takes_the_money_that_waits() -> None:
    """Nothing is due again when the family was ahead."""
    shares = allocate([Due(1, cents(60))], [payment(7, 100), payment(8, -40)])
    assert total(shares, invoice_id=1) == cents(60)
    assert all(share.amount > 0 for share in shares)


def test_a_refund_of_more_than_what_waits_makes_the_latest_invoice_due() -> None:
    shares = allocate(
        [Due(1, cents(60)), Due(2, cents(60))],
        [payment(7, 60, meant_for=1), payment(8, 60, meant_for=2), payment(9, -50)],
    )
    assert (total(shares, invoice_id=1), total(shares, invoice_id=2)) == (cents(60), cents(10))


@given(dues, credits_)
def test_nothing_is_shared_twice(due: list[Due], credit: list[Credit]) -> None:
    """Of an invoice, of a payment: never more than it holds; of each couple, one share."""
    shares = allocate(due, credit)
    for each in due:
        assert 0 <= total(shares, invoice_id=each.invoice_id) <= each.amount
    for money in credit:
        shared = total(shares, payment_id=money.payment_id)
        assert min(money.amount, cents(0)) <= shared <= max(money.amount, cents(0))
    signs = {each.payment_id: each.amount > 0 for each in credit}
    assert all((share.amount > 0) == signs[share.payment_id] for share in shares)
    assert len({(share.invoice_id, share.payment_id) for share in shares}) == len(shares)


@given(dues, credits_)
def test_unpaid_less_unused_is_what_the_ledger_says(due: list[Due], credit: list[Credit]) -> None:
    """Never both an unpaid invoice and money that waits, whatever came and went back."""
    shared = total(allocate(due, credit))
    unpaid = sum((each.amount for each in due), Decimal(0)) - shared
    in_hand = sum((each.amount for each in credit), Decimal(0)) - shared
    assert unpaid == 0 or in_hand <= 0
    # More went back than ever came: no invoice is paid with money that is not there.
    assert in_hand >= 0 or shared == 0


def total(shares: list[Share], **of: int | None) -> Decimal:
    """Add up the shares that match."""
    return sum(
        (
            share.amount
            for share in shares
            if all(getattr(share, name) == value for name, value in of.items())
        ),
        Decimal(0),
    )
