"""Cells: each parser takes the text of one and returns what the database keeps.

They run several million times, so they return dates as ISO text and money as hundredths: what the
temporary tables hold. An empty cell is the `missing` value of its kind. A cell that cannot be kept
raises FieldRefused with the remedy. Cells come without blanks at their ends; `parse` never gets an
empty one.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from email_validator import EmailNotValidError, validate_email
from sqlalchemy import BigInteger, Boolean, Date, Integer, String, Text
from sqlalchemy.types import TypeEngine

from app.models import InvoiceKind, Sex
from app.services.accounts.identifiers import MAXIMUM_DIGITS, normalize_identifier
from app.services.importing.faults import FieldRefused

FIRST_YEAR, LAST_YEAR = 1900, 2100
LONGEST_TEXT = 20_000
KEY_CHARACTERS = 40
BETWEEN_NAMES = "|"
MOST_FILES = 10
CACHED_VALUES = 65_536

FRENCH_DATE = re.compile(r"(\d\d)/(\d\d)/(\d{4})", re.ASCII)
ISO_DATE = re.compile(r"(\d{4})-(\d\d)-(\d\d)", re.ASCII)
# Up to 9 999 999,99: thousands apart or together, comma or point.
NUMBER = re.compile(
    r"([+-]?)(\d{1,7}|\d{1,3}(?:[ \u00a0\u202f]\d{3}){1,2})(?:[.,](\d{1,2}))?", re.ASCII
)
BLANKS = " \u00a0\u202f"
# A subset of what the library accepts as the part before the @, and leaves as it is.
PLAIN_LOCAL_PART = re.compile(r"[A-Za-z0-9_+-]+(?:\.[A-Za-z0-9_+-]+)*", re.ASCII)
LONGEST_LOCAL_PART = 64
LONGEST_EMAIL = 254
TITLES = {
    "M": "Monsieur", "M.": "Monsieur", "MR": "Monsieur", "MONSIEUR": "Monsieur",
    "MME": "Madame", "MME.": "Madame", "MADAME": "Madame",
}  # fmt: skip
# In the text of a message: what neither a screen nor PostgreSQL can do anything with.
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")

Cells = Sequence[str]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of cell: how it is read, how it is kept, what an empty one is worth."""

    parse: Callable[[str], Any]
    stored: TypeEngine[Any]
    missing: str | int | bool | None = None

    def parse_all(self, cells: Cells) -> Sequence[Any]:
        """Parse a column: several thousand cells at once."""
        if all(cells):
            return list(map(self.parse, cells))
        return [self.parse(cell) if cell else self.missing for cell in cells]


@dataclass(frozen=True, slots=True)
class TextKind(Kind):
    """One line of text; a whole column that needs no change is recognised at once."""

    longest: int = 0

    def parse_all(self, cells: Cells) -> Sequence[Any]:
        """Parse a column: several thousand cells at once."""
        if (
            "".join(cells).isprintable()
            and max(map(len, cells)) <= self.longest
            and (self.missing == "" or all(cells))
        ):
            return cells
        # The parent by name: a dataclass with slots is another class than the one super() knows.
        return Kind.parse_all(self, cells)


def text(longest: int, missing: str | None = "") -> Kind:
    """One line of text: line breaks inside become blanks."""

    def parse(value: str) -> str:
        if not value.isprintable():
            value = " ".join(value.split())
            if CONTROL.search(value):
                raise FieldRefused("retirez les caractères invisibles.")
        if len(value) > longest:
            raise FieldRefused(
                f"{longest} caractères au plus sont acceptés, il y en a {len(value)}."
            )
        return value

    return TextKind(parse, String(), missing, longest)


def _parse_body(value: str) -> str:
    value = value.replace("\r\n", "\n").replace("\r", "\n")
    if CONTROL.search(value):
        raise FieldRefused("retirez les caractères invisibles.")
    if len(value) > LONGEST_TEXT:
        raise FieldRefused(
            f"{LONGEST_TEXT} caractères au plus sont acceptés, il y en a {len(value)}."
        )
    return value


@lru_cache(CACHED_VALUES)
def _parse_day(value: str) -> str:
    if found := FRENCH_DATE.fullmatch(value):
        day, month, year = (int(part) for part in found.groups())
    elif found := ISO_DATE.fullmatch(value):
        year, month, day = (int(part) for part in found.groups())
    else:
        raise FieldRefused("écrivez une date comme 08/11/2016 ou 2016-11-08.")
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise FieldRefused(f"l’année doit être comprise entre {FIRST_YEAR} et {LAST_YEAR}.")
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        raise FieldRefused("cette date n’existe pas au calendrier.") from None


@lru_cache(CACHED_VALUES)
def _parse_hundredths(value: str) -> int:
    found = NUMBER.fullmatch(value)
    if not found:
        raise FieldRefused("écrivez un nombre comme 891,35, avec deux décimales au plus.")
    sign, whole, decimals = found.groups()
    digits = "".join(character for character in whole if character not in BLANKS)
    hundredths = int(digits) * 100 + int((decimals or "").ljust(2, "0"))
    return -hundredths if sign == "-" else hundredths


@lru_cache(CACHED_VALUES)
def _parse_amount(value: str) -> int:
    hundredths = _parse_hundredths(value)
    if hundredths < 0:
        raise FieldRefused("écrivez un montant positif ; une réduction se donne par un AVOIR.")
    return hundredths


def _parse_received(value: str) -> int:
    hundredths = _parse_hundredths(value)
    if hundredths <= 0:
        raise FieldRefused("écrivez un montant supérieur à zéro.")
    return hundredths


def choice(
    words: dict[str, Any], remedy: str, stored: TypeEngine[Any], missing: Any = None
) -> Kind:
    """One word among a few, in capitals or not."""

    def parse(value: str) -> Any:
        try:
            return words[value.upper()]
        except KeyError:
            raise FieldRefused(remedy) from None

    return Kind(parse, stored, missing)


def _parse_title(value: str) -> str:
    return TITLES.get(value.upper()) or SHORT_TEXT.parse(value)


def _parse_direct_debit(value: str) -> bool:
    mode: str = LONG_TEXT.parse(value)
    return mode.upper().startswith(("PRELEVEMENT", "PRÉLÈVEMENT"))


def _parse_identifier(value: str) -> str:
    found = normalize_identifier(value)
    if found is None:
        raise FieldRefused(f"écrivez un identifiant de 1 à {MAXIMUM_DIGITS} chiffres.")
    return found


def _parse_email(value: str) -> str:
    local, at, domain = value.rpartition("@")
    if (
        at
        and len(local) <= LONGEST_LOCAL_PART
        and len(value) <= LONGEST_EMAIL
        and PLAIN_LOCAL_PART.fullmatch(local)
        and (normalized := _normal_domain(domain))
        and len(local) + len(normalized) < LONGEST_EMAIL
    ):
        return f"{local}@{normalized}"
    return _checked_email(value)


@lru_cache(CACHED_VALUES)
def _normal_domain(domain: str) -> str | None:
    # The library takes 50 µs an address, and a town's parents share a few dozen domains.
    try:
        return validate_email(f"a@{domain}", check_deliverability=False).domain
    except EmailNotValidError:
        return None


def _checked_email(value: str) -> str:
    try:
        found = validate_email(value, check_deliverability=False).normalized
    except EmailNotValidError:
        raise FieldRefused(
            "écrivez une seule adresse électronique, comme prenom.nom@exemple.fr."
        ) from None
    if len(found) > LONGEST_EMAIL:
        raise FieldRefused(f"une adresse compte {LONGEST_EMAIL} caractères au plus.")
    return found


def _parse_file_name(value: str) -> str:
    name: str = LONG_TEXT.parse(value)
    if name in {".", ".."} or "/" in name or "\\" in name:
        raise FieldRefused("écrivez le nom du fichier seul, sans dossier.")
    return name


def _parse_file_names(value: str) -> str:
    names = [_parse_file_name(name.strip()) for name in value.split(BETWEEN_NAMES) if name.strip()]
    if len(set(names)) < len(names):
        raise FieldRefused("ce fichier est nommé deux fois ; gardez un seul des deux noms.")
    if len(names) > MOST_FILES:
        raise FieldRefused(f"{MOST_FILES} fichiers au plus sont acceptés, il y en a {len(names)}.")
    return BETWEEN_NAMES.join(names)


SHORT_TEXT = text(20)
LONG_TEXT = text(200)
KEY = text(KEY_CHARACTERS, missing=None)
BODY = Kind(_parse_body, Text(), missing="")
DAY = Kind(_parse_day, Date())
AMOUNT = Kind(_parse_amount, BigInteger())
RECEIVED = Kind(_parse_received, BigInteger())
HUNDREDTHS = Kind(_parse_hundredths, BigInteger())
TITLE = Kind(_parse_title, String(), missing="")
EMAIL = Kind(_parse_email, String(), missing="")
IDENTIFIER = Kind(_parse_identifier, String())
FILE_NAME = Kind(_parse_file_name, String(), missing="")
FILE_NAMES = Kind(_parse_file_names, String(), missing="")
DIRECT_DEBIT = Kind(_parse_direct_debit, Boolean(), missing=False)
SEX = choice(
    {
        **dict.fromkeys(("M", "MASCULIN"), Sex.MALE.value),
        **dict.fromkeys(("F", "FEMININ", "FÉMININ"), Sex.FEMALE.value),
    },
    "écrivez MASCULIN ou FEMININ (ou M, F).",
    String(),
)
YES_OR_NO = choice({"OUI": True, "NON": False}, "écrivez OUI ou NON.", Boolean(), missing=False)
RANK = choice(
    {"1": 1, "2": 2}, "écrivez 1 ou 2, le rang du responsable dans la famille.", Integer()
)
INVOICE_KIND = choice(
    {kind.value: kind.value for kind in InvoiceKind},
    "écrivez FACTURE ou AVOIR.",
    String(),
    missing=InvoiceKind.INVOICE.value,
)
