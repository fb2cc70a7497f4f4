"""A big invented town, as the files that `flask import` takes: the same one for the same size."""

import csv
import random
from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path

CHILDREN_PER_FAMILY = 2
INVOICES_PER_FAMILY = 10
# The first family is the one that pages are measured with.
INVOICES_OF_THE_FIRST = 60
# The second one's statement is long: ten invoices a month, over five years.
INVOICES_OF_THE_SECOND = 600
DAYS_BETWEEN_INVOICES = 30
DAYS_BETWEEN_THE_SECOND_S = 3
FIRST_DAY = date(2020, 9, 1)
PAYMENT_DAYS = 25
LAST_NAMES = ("MARTIN", "BERNARD", "LE GOFF", "D’ANGELO", "NGUYỄN", "BENALI", "SAINT-ANDRÉ", "ROUX")
FIRST_NAMES = ("Élodie", "Karim", "Anne-Sophie", "Zoé", "Jean-Baptiste", "Inès", "Loïc", "Maëlle")
DOMAINS = ("exemple.fr", "example.org", "courriel.exemple.fr")

Cells = tuple[object, ...]


def identifier_of(family: int) -> str:
    """Return the identifiant of a family's parent."""
    return str(30_000_000 + family)


def write(folder: Path, families: int, *, payments: bool = False) -> int:
    """Write the files of a town of this many families; return how many rows they hold.

    With `payments`, every invoice but the last two of a family is paid.
    """
    folder.mkdir(parents=True, exist_ok=True)
    children = families * CHILDREN_PER_FAMILY
    rows = _write(
        folder / "famille.csv",
        "id;nomResp1;prenomResp1;sexeResp1;civiliteResp1;dateNaisResp1;adrNumeroVoie;adrcodePostal;"
        "adrLocalite;portableResp1;emailResp1",
        (_family(number) for number in range(1, families + 1)),
    )
    rows += _write(
        folder / "enfant.csv",
        "Id;nom;prenom;sexe;dateNaissance;ecole;classe",
        (_child(number) for number in range(1, children + 1)),
    )
    rows += _write(
        folder / "enfantFamille.csv",
        "famille_id;enfant_id",
        ((_family_of_child(number), number) for number in range(1, children + 1)),
    )
    rows += _write(
        folder / "compte.csv",
        "famille_id;responsable;identifiant",
        ((number, 1, identifier_of(number)) for number in range(1, families + 1)),
    )
    rows += _write(
        folder / "facture.csv",
        "id;famille_id;numero;dateFacture;dateEcheance;montant;type;libelle",
        _invoices(families),
    )
    if payments:
        rows += _write(
            folder / "reglement.csv",
            "id;famille_id;date;montant;mode;facture_id",
            _payments(families),
        )
    return rows


def _write(path: Path, header: str, rows: Iterable[Cells]) -> int:
    count = 0
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write(f"{header}\n")
        writer = csv.writer(file, delimiter=";", lineterminator="\n")
        for row in rows:
            writer.writerow(row)
            count += 1
    return count


def _family(number: int) -> Cells:
    draw = random.Random(number)
    name, first_name = draw.choice(LAST_NAMES), draw.choice(FIRST_NAMES)
    born = date(1975, 1, 1) + timedelta(days=draw.randrange(7_000))
    return (
        number, name, first_name, "FEMININ", "Madame", f"{born:%d/%m/%Y}",
        f"{draw.randrange(1, 200)} rue de la Fontaine", "38590", "Saint-Exemple-sur-Isère",
        f"06 39 98 {number // 100 % 100:02} {number % 100:02}",
        f"parent{number}@{draw.choice(DOMAINS)}",
    )  # fmt: skip


def _child(number: int) -> Cells:
    draw = random.Random(-number)
    born = date(2015, 1, 1) + timedelta(days=draw.randrange(2_500))
    return (
        number, draw.choice(LAST_NAMES), draw.choice(FIRST_NAMES), draw.choice("MF"),
        f"{born:%d/%m/%Y}", "École Louise-Michel", "CE2",
    )  # fmt: skip


def _family_of_child(number: int) -> int:
    return (number - 1) // CHILDREN_PER_FAMILY + 1


def _invoices_of(families: int) -> dict[int, int]:
    """Count the invoices of the families that are not like the others, as far as the town goes."""
    first = min(INVOICES_OF_THE_FIRST, families * INVOICES_PER_FAMILY)
    return {1: first, 2: INVOICES_OF_THE_SECOND} if families > 2 else {1: first}


def _families_of_invoices(families: int) -> Iterable[tuple[int, int]]:
    """Yield the family of each invoice, and which of that family's invoices it is."""
    special = _invoices_of(families)
    for family, count in special.items():
        yield from ((family, rank) for rank in range(count))
    others = families - len(special)
    for number in range(others * INVOICES_PER_FAMILY):
        yield number % others + len(special) + 1, number // others


def _day(family: int, rank: int) -> date:
    step = DAYS_BETWEEN_THE_SECOND_S if family == 2 else DAYS_BETWEEN_INVOICES
    return FIRST_DAY + timedelta(days=step * rank)


def _invoices(families: int) -> Iterable[Cells]:
    for number, (family, rank) in enumerate(_families_of_invoices(families), 1):
        made = _day(family, rank)
        due = made + timedelta(days=PAYMENT_DAYS)
        yield (
            number, family, f"F{number:07}", f"{made:%d/%m/%Y}", f"{due:%d/%m/%Y}",
            _amount(number), "FACTURE", "Accueil périscolaire",
        )  # fmt: skip


def _payments(families: int) -> Iterable[Cells]:
    counts = [0] * (families + 1)
    for family, _ in _families_of_invoices(families):
        counts[family] += 1
    for number, (family, rank) in enumerate(_families_of_invoices(families), 1):
        if rank < counts[family] - 2:
            paid = _day(family, rank) + timedelta(days=PAYMENT_DAYS)
            yield number, family, f"{paid:%d/%m/%Y}", _amount(number), "Carte bancaire", number


def _amount(number: int) -> str:
    cents = 1_000 + number * 7_919 % 30_000
    return f"{cents // 100},{cents % 100:02}"
