"""The cast: named people whom every test may call on, each with the password they chose.

zest            Madame PAYS ZEST of the printed guides: one child, invoice 59, -891,35 €
moreau          another family, which must see nothing of the others: paid up, one credit note
ines, karim     two guardians of one family, GARNIER, each with an identifiant
claire, marc    separated parents of Jules, in two families, DUBOIS and LEFÈVRE
archived        left the town: their account no longer opens
no_address      has no e-mail address
newcomer        has an e-mail address but never chose a password
"""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime
from decimal import Decimal
from hashlib import sha256

from flask import Flask
from sqlalchemy.orm import Session

from app import db
from app.models import (
    Account,
    Allocation,
    Child,
    Document,
    Family,
    FamilyChild,
    Guardian,
    Invoice,
    InvoiceKind,
    Message,
    Payment,
    Sex,
)
from app.services.accounts import passwords
from app.services.actors import Clerk
from app.services.families import words
from tests.support.written_once import WrittenOnce

# Who answers families at the town hall.
TOWN_HALL = Clerk("Aline MAIRE")
CHOSEN_AT = datetime(2018, 7, 12, 13, 5, tzinfo=UTC)


@dataclass(frozen=True)
class Person:
    """Somebody with an account; the password is None until they choose one."""

    identifier: str
    password: str | None
    title: str
    first_name: str
    last_name: str
    email: str
    family_number: str
    rank: int = 1

    @property
    def display_name(self) -> str:
        """How the portal greets them."""
        return f"{self.first_name} {self.last_name}"


@dataclass(frozen=True)
class People:
    """The cast, by first name or by what matters about them."""

    zest: Person = Person(
        "38162386", "Soleil2018", "Madame", "PAYS", "ZEST", "pays.zest@exemple.fr", "3816231"
    )
    moreau: Person = Person(
        "50000017", "Riviere4812", "Monsieur", "Paul", "MOREAU", "paul.moreau@exemple.fr", "500001"
    )
    ines: Person = Person(
        "51000023", "Cerisier77", "Madame", "Inès", "GARNIER", "ines.garnier@exemple.fr", "510002"
    )
    karim: Person = Person(
        "51000031", "Montagne38", "Monsieur", "Karim", "GARNIER", "karim@exemple.fr", "510002", 2
    )
    claire: Person = Person(
        "52000048", "Framboise5", "Madame", "Claire", "DUBOIS", "claire@exemple.fr", "520004"
    )
    marc: Person = Person(
        "53000055", "Tournesol6", "Monsieur", "Marc", "LEFÈVRE", "marc@exemple.fr", "530005"
    )
    archived: Person = Person(
        "54000063", "Violette39", "Madame", "Odile", "BERNARD", "odile@exemple.fr", "540006"
    )
    no_address: Person = Person("55000071", "Capucine12", "Monsieur", "Jean", "PETIT", "", "550007")
    newcomer: Person = Person(
        "56000089", None, "Madame", "Lina", "ROUX", "lina.roux@exemple.fr", "560008"
    )

    def __iter__(self) -> Iterator[Person]:
        """Go through the cast."""
        return (getattr(self, member.name) for member in fields(self))


cast = WrittenOnce()


def settle_in(app: Flask) -> People:
    """Write the whole cast, with their children and their ledgers, into an empty database."""
    people = People()
    with app.app_context(), db.transaction() as session:
        if not cast.copied_into(session):
            _write(session, people)
            cast.learn(session)
    return people


def _write(session: Session, people: People) -> None:
    families = {person.family_number: _family(person) for person in people}
    session.add_all(families.values())
    session.flush()
    for person in people:
        _account(session, person, families[person.family_number])
    _archive(session, families[people.archived.family_number], people.archived)
    ids = {number: family.id for number, family in families.items()}
    _children(session, ids)
    _ledgers(session, ids)
    _post(session, ids)
    words.refresh(session, list(ids.values()))


def public_id(source_id: str) -> str:
    """Return the opaque id that the cast gives to what the town calls `source_id`."""
    return sha256(source_id.encode()).hexdigest()[:16]


def _family(person: Person) -> Family:
    return Family(
        source_id=person.family_number,
        number=person.family_number,
        street=f"{person.rank} rue de la Famille {person.last_name.title()}",
        postcode="38160",
        city="Saint-Exemple",
    )


def _account(session: Session, person: Person, family: Family) -> None:
    guardian = Guardian(
        family=family,
        rank=person.rank,
        title=person.title,
        last_name=person.last_name,
        first_name=person.first_name,
        sex=Sex.FEMALE if person.title == "Madame" else Sex.MALE,
        mobile=f"06{person.identifier}",
        email=person.email,
    )
    account = Account(guardian=guardian, identifier=person.identifier)
    if person.password:
        account.password_hash = passwords.hash_password(person.password)
        account.password_changed_at = CHOSEN_AT
    session.add(account)


def _archive(session: Session, family: Family, person: Person) -> None:
    session.flush()
    family.archived_at = CHOSEN_AT
    account = session.query(Account).filter_by(identifier=person.identifier).one()
    account.archived_at = CHOSEN_AT


def _children(session: Session, families: dict[str, int]) -> None:
    for source_id, first_name, last_name, sex, birth_date, homes in (
        ("e1", "PAYS", "ZEST", Sex.MALE, date(2016, 11, 8), ["3816231"]),
        ("e2", "Zoé", "MOREAU", Sex.FEMALE, date(2017, 3, 1), ["500001"]),
        ("e3", "Adam", "GARNIER", Sex.MALE, date(2018, 5, 14), ["510002"]),
        ("e4", "Sofia", "GARNIER", Sex.FEMALE, date(2020, 9, 30), ["510002"]),
        ("e5", "Jules", "DUBOIS-LEFÈVRE", Sex.MALE, date(2017, 12, 24), ["520004", "530005"]),
    ):
        child = Child(
            source_id=source_id,
            public_id=public_id(source_id),
            first_name=first_name,
            last_name=last_name,
            sex=sex,
            birth_date=birth_date,
            school="École du Bourg",
            class_name="CP",
        )
        session.add(child)
        session.flush()
        session.add_all(FamilyChild(family_id=families[home], child_id=child.id) for home in homes)


def _ledgers(session: Session, families: dict[str, int]) -> None:
    """Owe what the guides say for ZEST; MOREAU paid up; CLAIRE owes 30 €, MARC is 12 € ahead."""
    _invoice(session, families["3816231"], "59", date(2016, 11, 8), "891.35")
    paid = _invoice(session, families["500001"], "60", date(2026, 9, 30), "84.20")
    credit = _invoice(
        session, families["500001"], "61", date(2026, 10, 15), "4.20", InvoiceKind.CREDIT_NOTE
    )
    payment = _payment(session, families["500001"], "r60", date(2026, 10, 12), "80.00")
    session.flush()
    session.add(Allocation(invoice_id=paid.id, payment_id=payment.id, amount=Decimal("80.00")))
    session.add(Allocation(invoice_id=paid.id, credit_note_id=credit.id, amount=Decimal("4.20")))
    paid.allocated = paid.amount
    _invoice(session, families["520004"], "62", date(2026, 10, 31), "30.00")
    _payment(session, families["530005"], "r63", date(2026, 11, 2), "12.00")


def _invoice(
    session: Session,
    family_id: int,
    number: str,
    issued_on: date,
    amount: str,
    kind: InvoiceKind = InvoiceKind.INVOICE,
) -> Invoice:
    invoice = Invoice(
        source_id=f"f{number}",
        public_id=public_id(f"f{number}"),
        family_id=family_id,
        kind=kind,
        number=number,
        issued_on=issued_on,
        due_on=issued_on,
        amount=Decimal(amount),
        label="Cantine et garderie",
    )
    session.add(invoice)
    return invoice


def _payment(
    session: Session, family_id: int, source_id: str, paid_on: date, amount: str
) -> Payment:
    payment = Payment(
        source_id=source_id,
        family_id=family_id,
        paid_on=paid_on,
        amount=Decimal(amount),
        mode="CHEQUE",
    )
    session.add(payment)
    return payment


def _post(session: Session, families: dict[str, int]) -> None:
    """Two messages for ZEST, one of them for everybody; a document each for ZEST and MOREAU."""
    for source_id, family, subject in (
        ("m1", None, "Fermeture de la garderie le vendredi 13 juillet"),
        ("m2", "3816231", "Votre dossier d’inscription est complet"),
        ("m3", "500001", "Votre paiement est bien arrivé"),
    ):
        session.add(
            Message(
                source_id=source_id,
                public_id=public_id(source_id),
                family_id=families[family] if family else None,
                sent_on=date(2018, 7, 10),
                subject=subject,
                sender="Service enfance" if source_id == "m2" else "",
                answerable=source_id in {"m1", "m2"},
                body="Bonjour,\n\nLa mairie vous remercie.\n\nÀ bientôt.",
            )
        )
    for source_id, family in (("d1", "3816231"), ("d2", "500001")):
        session.add(
            Document(
                source_id=source_id,
                public_id=public_id(source_id),
                family_id=families[family],
                title="Attestation de paiement",
                file=f"{source_id}.pdf",
            )
        )
