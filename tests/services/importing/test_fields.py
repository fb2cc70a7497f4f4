"""What a cell may hold, written in every way that people write it."""

from contextlib import suppress
from datetime import date

import pytest
from email_validator import EmailNotValidError, validate_email
from hypothesis import given
from hypothesis import strategies as st

from app.services.importing import fields
from app.services.importing.faults import FieldRefused

SPACES = st.sampled_from(["", " ", "\u00a0", "\u202f", "\u2009", "\u2007"])
# A number below zero, as keyboards, spreadsheets and accountants write it.
NEGATIVES = st.sampled_from(["-{}", "\u2212{}", "\u2013{}", "\u2011{}", "- {}", "({})", "( {})"])
CURRENCIES = st.sampled_from(["{}", "{} €", "{}€", "{}\u00a0€", "{} EUR", "{} euros"])
FRENCH_DAYS = st.sampled_from(
    ["{d:02}/{m:02}/{y}", "{d}/{m}/{y}", "{d:02}.{m:02}.{y}", "{d}/{m:02}/{y}"]
)
ISO_DAYS = st.sampled_from(["{y}-{m:02}-{d:02}", "{y}-{m}-{d}"])
MIDNIGHTS = st.sampled_from(["", " 00:00:00", " 00:00", " 0:00", "T00:00:00", " 00:00:00.000"])


@given(st.dates(date(1900, 1, 1), date(2100, 12, 31)), FRENCH_DAYS | ISO_DAYS, MIDNIGHTS)
def test_a_day_is_the_same_however_it_is_written(day: date, form: str, midnight: str) -> None:
    """08/11/2016, 8/11/2016, 08.11.2016, 2016-11-08, with the midnight that spreadsheets add."""
    written = form.format(d=day.day, m=day.month, y=day.year) + midnight
    assert fields.DAY.parse(written) == day.isoformat()


@pytest.mark.parametrize(
    "written",
    ["1/9/26", "01-09-2026", "2026/09/01", "01/09.2026", "01/09/2026 12:30", "2026-09-01T00:00:01",
     "00/00/0000", "31/02/2026", "01/13/2026", "2026-09-01 00:00:00 AM", "46266", "sept. 2026"],
)  # fmt: skip
def test_what_has_no_one_meaning_is_no_day(written: str) -> None:
    """Two digits of a year, an hour, a month of thirteen."""
    with pytest.raises(FieldRefused):
        fields.DAY.parse(written)


@given(st.integers(-999_999_999, 999_999_999), SPACES, st.sampled_from(".,"), NEGATIVES, CURRENCIES)
def test_an_amount_is_read_to_the_cent(
    cents: int, space: str, point: str, negative: str, currency: str
) -> None:
    """Thousands apart or not, comma or point, euros or not, any way to write a loss."""
    whole, decimals = divmod(abs(cents), 100)
    written = f"{f'{whole:,}'.replace(',', space)}{point}{decimals:02}"
    written = currency.format(negative.format(written) if cents < 0 else written)
    assert fields.HUNDREDTHS.parse(written) == cents


@pytest.mark.parametrize(
    ("written", "cents"),
    [("12", 1200), ("12,5", 1250), ("+12.50", 1250), ("0,01", 1), ("007", 700), ("1 000", 100_000),
     (",50", 50), (".5", 50), ("1 234,50 €", 123_450), ("(12,50)", -1250), ("(12,50 €)", -1250),
     ("\u221212,50", -1250), ("12 €", 1200), ("-,50", -50)],
)  # fmt: skip
def test_short_amounts_are_read(written: str, cents: int) -> None:
    """No decimals, one decimal, no whole part, a sign, euros."""
    assert fields.HUNDREDTHS.parse(written) == cents


@pytest.mark.parametrize(
    "written",
    ["1 00", "1,000.50", "1.000,50", "12,", ",", "1e3", "٣", "１２", "12 $", "--1", "0x1", "1_000",
     "12345678", "1 234 567 890", "nan", "inf", "12\n", "(12", "12)", "(-12)", "€", "()", "1\n234",
     "12,500", "5-2"],
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
    ("words", "sex"),
    [(["MASCULIN", "M", "h", "Homme", "1", "M.", "Monsieur", "Garçon"], "M"),
     (["FEMININ", "Féminin", "FE\u0301MININ", "f", "Femme", "2", "Mme", "MADAME", "fille"], "F")],
)  # fmt: skip
def test_a_sex_is_read_in_any_of_its_words(words: list[str], sex: str) -> None:
    """Software, spreadsheets and people each have theirs."""
    assert {fields.SEX.parse(word) for word in words} == {sex}


@given(st.text(min_size=1, max_size=30))
def test_any_text_is_read_or_refused(written: str) -> None:
    """By each kind of cell: what comes out could be stored, and nothing else is ever raised."""
    for kind in (value for value in vars(fields).values() if isinstance(value, fields.Kind)):
        with suppress(FieldRefused):
            assert isinstance(kind.parse(written), str | int | bool)


@given(st.text(min_size=1, max_size=30))
def test_a_key_is_kept_as_it_is_written_or_refused(written: str) -> None:
    """Nothing that nobody sees makes another key of it."""
    try:
        assert fields.KEY.parse(written) == written
    except FieldRefused:
        return
    assert written.isprintable()


@pytest.mark.parametrize("kind", [fields.KEY, fields.IDENTIFIER])
@pytest.mark.parametrize(
    ("written", "said"),
    [("\ufeff2", "un signe invisible"), ("38\u200b16", "un signe invisible"),
     ("2\u200e", "un signe invisible"), ("38162386.0", "un tableur"), ("38162386,00", "un tableur"),
     ("3,81624E+07", "un tableur"), ("3.8162386e+07", "un tableur")],
)  # fmt: skip
def test_a_key_that_a_program_reshaped_is_refused(
    kind: fields.Kind, written: str, said: str
) -> None:
    """Read as it is, it would be another family, or another parent's identifiant."""
    with pytest.raises(FieldRefused, match=said):
        kind.parse(written)


@pytest.mark.parametrize("written", ["38.162.386", "38 162 386", "3816\u00a02386"])
def test_an_identifiant_may_have_its_thousands_apart(written: str) -> None:
    """As papers print it."""
    assert fields.IDENTIFIER.parse(written) == "38162386"


@pytest.mark.parametrize("written", ["Zo\u200eé", "\ufeffZoé", "Zoé\u202c", "Zoé\u200b"])
def test_marks_that_nobody_sees_leave_a_name(written: str) -> None:
    """A mark of direction, a byte-order mark: copied with a name from a page or from a file."""
    assert fields.text(100).parse(written) == "Zoé"
    assert fields.FILE_NAME.parse(written + ".pdf") == "Zoé.pdf"


def test_a_file_is_named_in_one_form() -> None:
    """Accents apart, as a Macintosh writes them, or together."""
    assert fields.FILE_NAME.parse("re\u0300glement.pdf") == "r\u00e8glement.pdf"


@pytest.mark.parametrize(
    ("given_", "kept"),
    [
        ("Mme", "Madame"),
        ("Mlle", "Madame"),
        ("H", "Monsieur"),
        ("2", "Madame"),
        ("MME", "Madame"),
        ("M.", "Monsieur"),
        ("monsieur", "Monsieur"),
        ("Docteur", "Docteur"),
    ],
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
    for kind in (fields.text(10), fields.KEY, fields.NUMBER, fields.DAY, fields.EMAIL, fields.BODY):
        try:
            expected = [kind.parse(cell) if cell else kind.missing for cell in cells]
        except FieldRefused:
            with pytest.raises(FieldRefused):
                kind.parse_all(cells)
        else:
            assert list(kind.parse_all(cells)) == expected


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("Caf&eacute; de l&#039;&Eacute;cole", "Café de l'École"),
        ("Garderie&nbsp;du soir", "Garderie du soir"),
        ("R&D &amp; fils; &copy", "R&D & fils; &copy"),
        ("&amp;eacute;", "&eacute;"),
        ("&#x1F600;", "\U0001f600"),
    ],
)
def test_the_entities_of_web_exports_are_read(written: str, kept: str) -> None:
    """Once, and only what ends as one."""
    assert fields.LONG_TEXT.parse_all([written, "x"]) == [kept, "x"]
    assert fields.BODY.parse(f"{written}\nFin").replace("\u00a0", " ") == f"{kept}\nFin"


def test_an_entity_lets_no_control_in() -> None:
    """What stands for nothing a screen can show is nothing."""
    assert fields.BODY.parse("a&#1;&#127;&#0;b") == "a\ufffdb"
    assert fields.LONG_TEXT.parse("a&#8203;b") == "ab"
