"""What a line of an invoice says, under the name of a child."""

from decimal import Decimal

import pytest

from app.services.billing.line_words import quantity, without_name


@pytest.mark.parametrize(
    "label",
    ["Étude – Inaya", "Étude - INAYA", "Étude (Inaya)", "Étude, Inaya", "Inaya : Étude", "Étude"],
)
def test_the_name_is_said_once(label: str) -> None:
    assert without_name(label, "Inaya BENALI", "Inaya") == "Étude"


@pytest.mark.parametrize("label", ["Inaya", "Garderie Anne-Frank", "Inayael", "Pré-Anne"])
def test_what_is_no_name_stays(label: str) -> None:
    assert without_name(label, "Anne FRANK", "Anne" if "Anne" in label else "Inaya") == label


@pytest.mark.parametrize(
    ("label", "count", "said"),
    [
        ("Cantine de juin", "14", "14 repas"),
        ("CANTINE", "1", "1 repas"),
        ("Goûter", "2", "2 goûters"),
        ("Goûter", "1.5", "1,5 goûter"),
        ("Garderie du matin", "8.5", "8,5"),
    ],
)
def test_a_quantity_says_what_it_counts_where_it_is_known(
    label: str, count: str, said: str
) -> None:
    assert quantity(label, Decimal(count)).replace("\xa0", " ") == said
