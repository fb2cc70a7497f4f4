"""What a cell may hold, written in every way that people write it."""

from datetime import date

import pytest
from email_validator import EmailNotValidError, validate_email
from hypothesis import given
from hypothesis import strategies as st

from app.services.importing import fields
from app.services.importing.faults import FieldRefused

SPACES = st.sampled_from(["", " ", "\u00a0", "\u202f"])


@given(st.dates(date(1900, 1, 1), date(2100, 12, 31)))
def test_a_date_is_the_same_in_french_and_iso(day: date) -> None:
    """08/11/2016 and 2016-11-08."""
    assert fields.DAY.parse(f"{day:%d/%m/%Y}") == day.isoformat()
    assert fields.DAY.parse(day.isoformat()) == day.isoformat()


@given(st.integers(-999_999_999, 999_999_999), SPACES, st.sampled_from(".,"))
def test_an_amount_is_read_to_the_cent(cents: int, space: str, point: str) -> None:
    """Thousands apart or not, comma or point."""
    whole, decimals = divmod(abs(cents), 100)
    written = f"{'-' if cents < 0 else ''}{f'{whole:,}'.replace(',', space)}{point}{decimals:02}"
    assert fields.HUNDREDTHS.parse(written) == cents


@pytest.mark.parametrize(
    ("written", "cents"),
    [("12", 1200), ("12,5", 1250), ("+12.50", 1250), ("0,01", 1), ("007", 700), ("1 000", 100_000)],
)
def test_short_amounts_are_read(written: str, cents: int) -> None:
    """No decimals, one decimal, a sign."""
    assert fields.HUNDREDTHS.parse(written) == cents


@pytest.mark.parametrize(
    "written",
    ["1 00", "1,000.50", "1.000,50", "12,", ",5", "1e3", "٣", "１２", "12 €", "--1", "0x1", "1_000",
     "12345678", "1 234 567 890", "nan", "inf", "12\n"],
)  # fmt: skip
def test_what_is_no_amount_is_refused(written: str) -> None:
    """Rather than read as something else."""
    with pytest.raises(FieldRefused, match="écrivez un nombre"):
        fields.HUNDREDTHS.parse(written)


@given(st.text(max_size=30))
def test_any_text_is_an_amount_or_refused(written: str) -> None:
    """Nothing else ever comes out."""
    try:
        found = fields.HUNDREDTHS.parse(written)
    except FieldRefused:
        return
    assert isinstance(found, int)


locals_ = st.text(st.sampled_from("abzAZ09._+-' ,@\"\r\né"), max_size=70)
domains = st.sampled_from(
    ["exemple.fr", "EXEMPLE.fr", "mairie.info", "ecole.bzh", "x.test", "localhost", "-x.fr",
     "x..fr", "école.fr", "x.fr.", "", "[127.0.0.1]", "exemple",
     "a" * 250 + ".fr", "x.fr\r\nBcc: z"]
)  # fmt: skip


@given(locals_, domains)
def test_an_address_is_accepted_exactly_as_the_library_does(local: str, domain: str) -> None:
    """The fast way lets nothing in that the careful one refuses, and writes it the same."""
    address = f"{local}@{domain}".strip()
    try:
        expected = validate_email(address, check_deliverability=False).normalized
    except EmailNotValidError:
        with pytest.raises(FieldRefused, match="adresse électronique"):
            fields.EMAIL.parse(address)
    else:
        assert fields.EMAIL.parse(address) == expected


@pytest.mark.parametrize("address", ["a@mairie.info", "a@ecole.bzh", "prenom.nom+cantine@x.fr"])
def test_ordinary_addresses_are_kept(address: str) -> None:
    """As they are."""
    assert fields.EMAIL.parse(address) == address


@pytest.mark.parametrize(
    ("given_", "kept"),
    [("MME", "Madame"), ("M.", "Monsieur"), ("monsieur", "Monsieur"), ("Docteur", "Docteur")],
)
def test_a_title_is_written_in_full(given_: str, kept: str) -> None:
    """What the software shortens."""
    assert fields.TITLE.parse(given_) == kept


def test_line_breaks_in_a_name_become_blanks() -> None:
    """A name is one line."""
    assert fields.text(100).parse("Anne\r\n  Sophie") == "Anne Sophie"


@given(st.lists(st.text(max_size=12).map(str.strip), min_size=1, max_size=20))
def test_a_column_is_read_as_its_cells_are(cells: list[str]) -> None:
    """Thousands at once or one by one: the same."""
    for kind in (fields.text(10), fields.KEY, fields.DAY, fields.EMAIL, fields.BODY):
        try:
            expected = [kind.parse(cell) if cell else kind.missing for cell in cells]
        except FieldRefused:
            with pytest.raises(FieldRefused):
                kind.parse_all(cells)
        else:
            assert list(kind.parse_all(cells)) == expected
