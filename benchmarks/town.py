"""A big invented town, as the files that `flask import` takes: the same one for the same size.

What families do by themselves comes in no file: `act` writes it.
"""

import csv
import random
import secrets
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from itertools import chain, islice, product, repeat
from pathlib import Path

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.models import (
    Account,
    FamilyRequest,
    Message,
    MessageReply,
    RequestEvent,
    RequestEventKind,
    RequestState,
)
from app.services.requests.kinds import KINDS

CHILDREN_PER_FAMILY = 2
INVOICES_PER_FAMILY = 10
# Pages are measured with the first family; with the second, those that are long lists.
MEASURED = FIRST, SECOND = 1, 2
INVOICES_OF_THE_FIRST = 60
# Ten a month, over five years.
INVOICES_OF_THE_SECOND = 600
MESSAGES_FOR_ALL = 40
MESSAGES_OF_THE_SECOND = 160
REQUESTS = 60
# One message out of so many is answered.
ANSWERED = 3
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


def write(folder: Path, families: int, *, whole: bool = False) -> int:
    """Write the files of a town of this many families; return how many rows they hold.

    Whole, it has messages, and every invoice but the last two of a family is paid.
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
    if whole:
        rows += _write(
            folder / "message.csv",
            "id;date;objet;texte;famille_id;service;reponse",
            _messages(families),
        )
        rows += _write(
            folder / "reglement.csv",
            "id;famille_id;date;montant;mode;facture_id",
            _payments(families),
        )
    return rows


def act(session: Session, account: Account) -> None:
    """Ask the town hall for much, and answer some of its messages."""
    family_id, now = account.guardian.family_id, datetime.now(UTC)
    asked = [
        FamilyRequest(
            family_id=family_id,
            account_id=account.id,
            kind=kind.key,
            state=state,
            sent_at=now,
            expected_on=now.date(),
            sending_key=secrets.token_hex(16),
        )
        for kind, state in islice(product(KINDS, RequestState), REQUESTS)
    ]
    session.add_all(asked)
    session.flush()
    session.add_all(
        RequestEvent(request_id=each.id, at=now, kind=RequestEventKind.SENT, account_id=account.id)
        for each in asked
    )
    received = select(Message.id).where(
        or_(Message.family_id == family_id, Message.family_id.is_(None))
    )
    session.add_all(
        MessageReply(
            message_id=message_id,
            family_id=family_id,
            account_id=account.id,
            written_at=now,
            body="Merci, c’est noté.",
        )
        for message_id in islice(session.scalars(received), None, None, ANSWERED)
    )


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
    return {FIRST: first, SECOND: INVOICES_OF_THE_SECOND} if families > SECOND else {FIRST: first}


def _families_of_invoices(families: int) -> Iterable[tuple[int, int]]:
    """Yield the family of each invoice, and which of that family's invoices it is."""
    special = _invoices_of(families)
    for family, count in special.items():
        yield from ((family, rank) for rank in range(count))
    others = families - len(special)
    for number in range(others * INVOICES_PER_FAMILY):
        yield number % others + len(special) + 1, number // others


def _day(family: int, rank: int) -> date:
    step = DAYS_BETWEEN_THE_SECOND_S if family == SECOND else DAYS_BETWEEN_INVOICES
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


def _messages(families: int) -> Iterable[Cells]:
    """To every family, to each, and many to the second."""
    recipients = chain(
        repeat("", MESSAGES_FOR_ALL),
        range(1, families + 1),
        repeat(SECOND, MESSAGES_OF_THE_SECOND if families >= SECOND else 0),
    )
    for number, family in enumerate(recipients, 1):
        sent = FIRST_DAY + timedelta(days=number % 1_500)
        yield (
            number, f"{sent:%d/%m/%Y}", f"Inscriptions de la semaine {number % 52}",
            "Bonjour,\n\nLes inscriptions sont ouvertes.\n\nÀ bientôt.", family,
            "Service enfance", "oui",
        )  # fmt: skip


def _amount(number: int) -> str:
    cents = 1_000 + number * 7_919 % 30_000
    return f"{cents // 100},{cents % 100:02}"
