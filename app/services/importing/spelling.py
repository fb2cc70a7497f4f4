"""Changes as a secretary reads them: whose, what, before and after; and a table of them all."""

import csv
import io
from collections import Counter
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any, NamedTuple

from sqlalchemy import Connection, select

from app import formats, spreadsheets
from app.db import Base
from app.models import (
    Account,
    Child,
    Document,
    Family,
    FamilyChild,
    Guardian,
    Invoice,
    InvoiceLine,
    Message,
    Payment,
)  # fmt: skip
from app.services.importing.changes import Change

HEADINGS = ("quoi", "famille", "nom", "colonne", "avant", "après")
MOST_CHARACTERS = 120
# How each table is called in the report, and the columns that somebody at the town hall reads.
WORDS: dict[type[Base], tuple[str, dict[str, str]]] = {
    Family: (
        "familles",
        {"number": "numéro", "street": "rue", "postcode": "code postal", "city": "commune",
         "direct_debit": "prélèvement", "archived_at": "partie le"},
    ),
    Guardian: (
        "responsables",
        {"title": "civilité", "last_name": "nom", "first_name": "prénom",
         "birth_date": "naissance", "phone": "téléphone", "mobile": "portable",
         "work_phone": "téléphone professionnel", "email": "adresse électronique"},
    ),
    Account: ("identifiants", {"identifier": "identifiant", "archived_at": "accès fermé le"}),
    Child: (
        "enfants",
        {"last_name": "nom", "first_name": "prénom", "birth_date": "naissance",
         "school": "école", "class_name": "classe", "photo": "photo"},
    ),
    Invoice: (
        "factures et avoirs",
        {"number": "numéro", "issued_on": "date", "due_on": "échéance", "amount": "montant",
         "label": "libellé", "file": "fichier"},
    ),
    InvoiceLine: (
        "lignes de facture",
        {"label": "libellé", "quantity": "quantité", "unit_price": "prix unitaire",
         "amount": "montant"},
    ),
    Payment: (
        "règlements",
        {"paid_on": "date", "amount": "montant", "mode": "mode", "reference": "référence"},
    ),
    Message: (
        "messages",
        {"sent_on": "date", "sender": "expéditeur", "subject": "objet", "body": "texte"},
    ),
    Document: (
        "documents",
        {"title": "titre", "category": "rubrique", "published_on": "date", "file": "fichier"},
    ),
}  # fmt: skip
# How the addresses of the screens name them.
SLUGS = {label.split()[0].replace("è", "e"): label for label, _ in WORDS.values()}
_FAMILIES = select(Family.id, Family.number, Guardian.last_name).outerjoin(
    Guardian, (Guardian.family_id == Family.id) & (Guardian.rank == 1)
)
_GUARDIANS = select(Guardian.id, Guardian.family_id, Guardian.full_name.label("name"))
_CHILDREN = select(FamilyChild.child_id, FamilyChild.family_id)


class Line(NamedTuple):
    """One change, in words."""

    table: str
    family: str
    name: str
    column: str
    before: str
    after: str


class Spelling:
    """Writes changes down as they come, and counts the rows of each table."""

    def __init__(self, connection: Connection) -> None:
        """Learn who is who, once."""
        families, guardians, children = (
            connection.execute(each).all() for each in (_FAMILIES, _GUARDIANS, _CHILDREN)
        )
        self._numbers: dict[int, str] = {row.id: row.number for row in families}
        self._names = {row.id: row.last_name or "" for row in families}
        self._guardians = {row.id: (row.family_id, row.name) for row in guardians}
        self._children = {row.child_id: row.family_id for row in children}
        self._out = io.StringIO()
        self._writer = spreadsheets.writer(self._out)
        self._writer.writerow(HEADINGS)
        self._last: tuple[type[Base], Any] | None = None
        self.rows: Counter[str] = Counter()

    def write(self, change: Change) -> None:
        """Write one down, unless nobody reads its column."""
        label, columns = WORDS.get(change.model, ("", {}))
        if change.column not in columns:
            return
        row = (change.model, change.row["id"])
        if row != self._last:
            self.rows[label] += 1
            self._last = row
        family, name = WHOSE[change.model](self, change.row)
        cells = (
            label, self.number_of_family(family), name, columns[change.column],
            in_words(change.column, change.before), in_words(change.column, change.after),
        )  # fmt: skip
        self._writer.writerow(map(spreadsheets.harmless, cells))

    def content(self) -> bytes:
        """Return the table."""
        return self._out.getvalue().encode(spreadsheets.ENCODING)

    def guardian(self, number: int) -> tuple[int | None, str]:
        """Say whose family somebody is of, and their name."""
        return self._guardians.get(number, (None, ""))

    def number_of_family(self, number: int | None) -> str:
        """Say the number that its papers show."""
        return self._numbers.get(number or 0, "")

    def name_of_family(self, number: int) -> str:
        """Say the name of its first guardian."""
        return self._names.get(number, "")

    def family_of_child(self, number: int) -> int | None:
        """Say one family of a child."""
        return self._children.get(number)


Row = dict[str, Any]
WHOSE: dict[type[Base], Callable[[Spelling, Row], tuple[int | None, str]]] = {
    Family: lambda every, row: (row["id"], every.name_of_family(row["id"])),
    Guardian: lambda _all, row: (row["family_id"], f"{row['first_name']} {row['last_name']}"),
    Account: lambda every, row: every.guardian(row["guardian_id"]),
    Child: lambda every, row: (
        every.family_of_child(row["id"]),
        f"{row['first_name']} {row['last_name']}",
    ),
    Invoice: lambda _all, row: (row["family_id"], row["number"]),
    InvoiceLine: lambda _all, row: (None, row["label"]),
    Payment: lambda _all, row: (row["family_id"], formats.day(row["paid_on"])),
    Message: lambda _all, row: (row["family_id"], row["subject"]),
    Document: lambda _all, row: (row["family_id"], row["title"]),
}


def in_words(column: str, value: Any) -> str:
    """Write a value as the screens do; a file is only there or not."""
    if value is None or value == "":
        return "–"
    if column in {"file", "photo"}:
        return "un fichier"
    if isinstance(value, Decimal):
        return formats.euros(value) if column == "amount" else formats.number(value)
    return _plain(value)[:MOST_CHARACTERS]


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, datetime):
        return formats.day(formats.day_of(value))
    if isinstance(value, date):
        return formats.day(value)
    return " ".join(str(value.value if isinstance(value, Enum) else value).split())


def read(content: bytes, table: str, most: int) -> tuple[list[Line], int]:
    """Read the first lines of one table, and how many it has."""
    rows = csv.reader(io.StringIO(content.decode(spreadsheets.ENCODING)), delimiter=";")
    found = [Line(*row) for row in rows if row and row[0] == table]
    return found[:most], len(found)
