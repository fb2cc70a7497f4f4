"""Cells: each parser takes the text of one and returns what the database keeps.

They run several million times, so they return dates as ISO text and money as hundredths: what the
temporary tables hold. An empty cell is the `missing` value of its kind. A cell that cannot be kept
raises FieldRefused with the remedy. Cells come without blanks at their ends; `parse` never gets an
empty one.
"""

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import unescape
from typing import Any

from sqlalchemy import BigInteger, Boolean, Date, Integer, String, Text
from sqlalchemy.types import TypeEngine

from app.formats import fold
from app.models import InvoiceKind, Sex
from app.services.importing import addresses, days, keys, numbers
from app.services.importing.faults import FieldRefused
from app.typed_text import one_line, visible

LONGEST_TEXT = 20_000
LONGEST_WORD = 40
BETWEEN_NAMES = "|"
MOST_FILES = 10
MALE = ("m", "m.", "mr", "mr.", "monsieur", "h", "homme", "masculin", "1")
FEMALE = ("f", "femme", "feminin", "mme", "mme.", "madame", "2")
# Whom a town hall calls Madame, whatever older software wrote.
MISS = ("mlle", "mlle.", "mademoiselle")
TITLES = dict.fromkeys(MALE, "Monsieur") | dict.fromkeys(FEMALE + MISS, "Madame")
# In the text of a message: what neither a screen nor PostgreSQL can do anything with.
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
# As software made for the web exports texts: caf&eacute;, l&#039;&eacute;cole.
ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});")
INVISIBLE = "retirez les caractères invisibles."

Cells = Sequence[str]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of cell: how it is read, how it is kept, what an empty one is worth."""

    parse: Callable[[str], Any]
    stored: TypeEngine[Any]
    missing: str | int | bool | None = None
    # Whether a whole column may be kept as it is, told at once.
    is_plain: Callable[[Sequence[str]], bool] = lambda _cells: False

    def parse_all(self, cells: Cells) -> Sequence[Any]:
        """Parse a column: several thousand cells at once."""
        full = all(cells)
        if (full or self.missing == "") and self.is_plain(cells):
            return cells
        if full:
            return list(map(self.parse, cells))
        return [self.parse(cell) if cell else self.missing for cell in cells]


def text(longest: int, missing: str | None = "") -> Kind:
    """One line of text: line breaks inside become blanks, what nobody sees is left out."""

    def parse(value: str) -> str:
        value = without_entities(value)
        if not value.isprintable():
            value = " ".join(value.split())
            if CONTROL.search(value) or not (value := one_line(value)):
                raise FieldRefused(INVISIBLE)
        _refuse_longer(value, longest)
        return value

    def is_plain(cells: Cells) -> bool:
        together = "".join(cells)
        plain = together.isprintable() and "&" not in together
        return plain and max(map(len, cells)) <= longest

    return Kind(parse, String(), missing, is_plain)


def without_entities(value: str) -> str:
    """Read the entities of HTML, once; « R&D » has none."""
    return ENTITY.sub(lambda found: unescape(found[0]), value) if "&" in value else value


def _refuse_longer(value: str, longest: int) -> None:
    if len(value) > longest:
        raise FieldRefused(f"{longest} caractères au plus sont acceptés, il y en a {len(value)}.")


def _parse_body(value: str) -> str:
    value = without_entities(value).replace("\r\n", "\n").replace("\r", "\n")
    if CONTROL.search(value):
        raise FieldRefused(INVISIBLE)
    _refuse_longer(value, LONGEST_TEXT)
    return visible(value)


def choice(
    words: dict[str, Any], remedy: str, stored: TypeEngine[Any], missing: Any = None
) -> Kind:
    """One word among a few, given without accents or capitals, which the cell may have."""

    def parse(value: str) -> Any:
        found = words.get(value.lower())
        if found is None and len(value) <= LONGEST_WORD:
            found = words.get(fold(value))
        if found is None:
            raise FieldRefused(remedy)
        return found

    return Kind(parse, stored, missing)


def _parse_title(value: str) -> str:
    return TITLES.get(value.lower()) or SHORT_TEXT.parse(value)


def _parse_direct_debit(value: str) -> bool:
    return fold(value[:LONGEST_WORD]).startswith("prelevement")


def _parse_file_name(value: str) -> str:
    name = unicodedata.normalize("NFC", LONG_TEXT.parse(value))
    if name in {".", ".."} or "/" in name or "\\" in name:
        raise FieldRefused("écrivez le nom du fichier seul, sans dossier.")
    return name


def _parse_file_names(value: str) -> str:
    names = [_parse_file_name(name.strip()) for name in value.split(BETWEEN_NAMES) if name.strip()]
    if len(set(names)) < len(names):
        raise FieldRefused("ce fichier est nommé deux fois ; gardez un seul des deux noms.")
    if len(names) > MOST_FILES:
        raise FieldRefused(f"{MOST_FILES} fichiers au plus sont acceptés, il y en a {len(names)}.")
    return BETWEEN_NAMES.join(names)


SHORT_TEXT = text(20)
LONG_TEXT = text(200)
KEY = Kind(keys.parse_key, String(), is_plain=keys.are_plain)
# What papers call a family or an invoice: searched for as a key is, but it may be empty.
NUMBER = Kind(keys.parse_key, String(), "", keys.are_plain)
BODY = Kind(_parse_body, Text(), missing="")
DAY = Kind(days.parse_day, Date())
AMOUNT = Kind(numbers.parse_amount, BigInteger())
RECEIVED = Kind(numbers.parse_received, BigInteger())
HUNDREDTHS = Kind(numbers.parse_hundredths, BigInteger())
QUANTITY = Kind(numbers.parse_quantity, BigInteger())
UNIT_PRICE = Kind(numbers.parse_unit_price, BigInteger())
TITLE = Kind(_parse_title, String(), missing="")
EMAIL = Kind(addresses.parse_email, String(), missing="")
IDENTIFIER = Kind(keys.parse_identifier, String())
FILE_NAME = Kind(_parse_file_name, String(), missing="")
FILE_NAMES = Kind(_parse_file_names, String(), missing="")
DIRECT_DEBIT = Kind(_parse_direct_debit, Boolean(), missing=False)
SEX = choice(
    dict.fromkeys((*MALE, "garcon"), Sex.MALE.value)
    | dict.fromkeys((*FEMALE, "fille"), Sex.FEMALE.value),
    "écrivez MASCULIN ou FEMININ (ou M, F).",
    String(),
)
YES_OR_NO = choice({"oui": True, "non": False}, "écrivez OUI ou NON.", Boolean(), missing=False)
RANK = choice(
    {"1": 1, "2": 2}, "écrivez 1 ou 2, le rang du responsable dans la famille.", Integer()
)
INVOICE_KIND = choice(
    {fold(kind.value): kind.value for kind in InvoiceKind},
    "écrivez FACTURE, AVOIR ou ANNULEE.",
    String(),
    missing=InvoiceKind.INVOICE.value,
)
