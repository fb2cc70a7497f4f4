"""What a town has, written down in any way, is what the portal shows."""

# Rows read better on one line.
# ruff: noqa: E501

import csv
import itertools
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy import func, select

import config
from app import create_app, db
from app.models import Allocation, Child, Family, FamilyChild, Guardian, Invoice, Message, Payment
from tests.services.importing.town import Row, encoded, everything, hand_over
from tests.support.databases import NewDatabase

ENCODINGS = st.sampled_from(["utf-8", "utf-8-sig", "cp1252"])
LINE_ENDS = st.sampled_from(["\n", "\r\n"])
QUOTING = st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC])
# All that Windows-1252 can write too, quotes and semicolons included.
words = st.text(st.sampled_from("abcÉéèœÿ’'\"«»;,-€ =+@"), min_size=1, max_size=20).filter(
    lambda value: value == " ".join(value.split()) != ""
)
bodies = st.lists(words, min_size=1, max_size=3).map("\n".join)
days = st.dates(date(1900, 1, 1), date(2100, 12, 31))
cents = st.integers(1, 999_999_99).map(lambda value: Decimal(value).scaleb(-2))
# Money comes, and goes back.
moved = cents | cents.map(Decimal.__neg__)


@st.composite
def towns(draw: st.DrawFn) -> dict[str, list[dict[str, Any]]]:
    """Invent families, children, invoices, payments and messages."""
    families = draw(st.lists(words, min_size=1, max_size=4, unique=True))
    children = draw(st.lists(words, max_size=4, unique=True))
    number = itertools.count(1)
    of_a_family = st.sampled_from(families)
    return {
        "families": [
            {"id": each, "name": draw(words), "first": draw(words), "street": draw(words)}
            for each in families
        ],
        "children": [
            {
                "id": each,
                "name": draw(words),
                "born": draw(days),
                "families": draw(st.lists(of_a_family, min_size=1, max_size=2, unique=True)),
            }
            for each in children
        ],
        "invoices": [
            {
                "id": str(next(number)),
                "family": draw(of_a_family),
                "kind": draw(st.sampled_from(["FACTURE", "AVOIR"])),
                "day": draw(days),
                "amount": draw(cents),
            }
            for _ in range(draw(st.integers(0, 5)))
        ],
        "payments": [
            {
                "id": str(next(number)),
                "family": draw(of_a_family),
                "day": draw(days),
                "amount": draw(moved),
            }
            for _ in range(draw(st.integers(0, 5)))
        ],
        "messages": [
            {
                "id": str(next(number)),
                "day": draw(days),
                "subject": draw(words),
                "body": draw(bodies),
            }
            for _ in range(draw(st.integers(0, 2)))
        ],
    }


def written(town: dict[str, list[dict[str, Any]]], data: st.DataObject) -> dict[str, bytes]:
    """Write the town as files, each as another program would."""

    def day(value: date) -> str:
        return data.draw(st.sampled_from([f"{value:%d/%m/%Y}", value.isoformat()]))

    def amount(value: Decimal) -> str:
        space, point = (
            data.draw(st.sampled_from([" ", "", "\u00a0"])),
            data.draw(st.sampled_from(",.")),
        )
        return f"{value:,}".replace(".", "p").replace(",", space).replace("p", point)

    files: dict[str, list[Row]] = {
        "famille.csv": [
            {"id": each["id"], "nomResp1": each["name"], "prenomResp1": each["first"],
             "adrNumeroVoie": each["street"]}
            for each in town["families"]
        ],
        "enfant.csv": [
            {"Id": each["id"], "nom": each["name"], "prenom": "Zoé", "dateNaissance": day(each["born"])}
            for each in town["children"]
        ],
        "enfantFamille.csv": [
            {"famille_id": family, "enfant_id": each["id"]}
            for each in town["children"]
            for family in each["families"]
        ],
        "facture.csv": [
            {"id": each["id"], "famille_id": each["family"], "numero": each["id"],
             "dateFacture": day(each["day"]), "dateEcheance": day(each["day"]),
             "montant": amount(each["amount"]), "type": each["kind"]}
            for each in town["invoices"]
        ],
        "reglement.csv": [
            {"id": each["id"], "famille_id": each["family"], "date": day(each["day"]),
             "montant": amount(each["amount"])}
            for each in town["payments"]
        ],
        "message.csv": [
            {"id": each["id"], "date": day(each["day"]), "objet": each["subject"], "texte": each["body"]}
            for each in town["messages"]
        ],
    }  # fmt: skip
    return {name: saved(rows, data) for name, rows in files.items() if rows}


def saved(rows: list[Row], data: st.DataObject) -> bytes:
    """Encode a file in one of the ways that programs do."""
    style: dict[str, Any] = {"line_end": data.draw(LINE_ENDS), "quoting": data.draw(QUOTING)}
    encoding = data.draw(ENCODINGS)
    content = encoded(rows, encoding=encoding, **style)
    # A few letters of Windows-1252 may happen to be UTF-8 all along a line: nobody could tell.
    if encoding == "cp1252" and any(map(looks_like_utf_8, content.splitlines())):
        return encoded(rows, **style)
    return content


def looks_like_utf_8(line: bytes) -> bool:
    """Tell whether a line in another encoding would pass for UTF-8."""
    try:
        return not line.isascii() and bool(line.decode())
    except UnicodeDecodeError:
        return False


def in_the_portal() -> dict[str, list[Any]]:
    """Read back what the portal shows of it."""

    def read(statement: Any) -> list[Any]:
        return list(db.session().execute(statement))

    return {
        "families": read(
            select(Family.source_id, Guardian.last_name, Guardian.first_name, Family.street).join(
                Guardian
            )
        ),
        "children": read(select(Child.source_id, Child.last_name, Child.birth_date)),
        "links": read(
            select(Child.source_id, Family.source_id)
            .join(FamilyChild, FamilyChild.child_id == Child.id)
            .join(Family, Family.id == FamilyChild.family_id)
        ),
        "invoices": read(
            select(Invoice.source_id, Family.source_id, Invoice.kind, Invoice.issued_on, Invoice.amount)
            .join(Family)
        ),
        "payments": read(
            select(Payment.source_id, Family.source_id, Payment.paid_on, Payment.amount).join(Family)
        ),
        "messages": read(
            select(Message.source_id, Message.sent_on, Message.subject, Message.body)
        ),
    }  # fmt: skip


def expected(town: dict[str, list[dict[str, Any]]]) -> dict[str, list[tuple[Any, ...]]]:
    """Say what the portal should show."""
    plain = {kind: [tuple(each.values()) for each in rows] for kind, rows in town.items()}
    plain["children"] = [(each["id"], each["name"], each["born"]) for each in town["children"]]
    plain["links"] = [
        (each["id"], family) for each in town["children"] for family in each["families"]
    ]
    return plain


@pytest.mark.parametrize(
    ("kind", "examples"),
    [("sqlite", 20), ("postgresql", 5), pytest.param("sqlite", 400, marks=pytest.mark.soak)],
)
def test_a_town_comes_back_as_it_was_written(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    kind: str,
    examples: int,
) -> None:
    """Any encoding, any line end, any quotes; and once more changes nothing."""
    new: NewDatabase = request.getfixturevalue(f"new_{kind}")

    @hypothesis_settings(
        max_examples=examples, deadline=None, suppress_health_check=list(HealthCheck)
    )
    @given(towns(), st.data())
    def round_trip(town: dict[str, list[dict[str, Any]]], data: st.DataObject) -> None:
        folder = tmp_path_factory.mktemp("town")
        for name, content in written(town, data).items():
            (folder / name).write_bytes(content)
        app = create_app(config.Test(instance=folder / "instance", database_url=new()))
        hand_over(app, folder)
        with app.app_context():
            found = {name: sorted(map(tuple, rows)) for name, rows in in_the_portal().items()}
            assert found == {name: sorted(rows) for name, rows in expected(town).items()}
            assert_every_cent_is_shared()
        before = everything(app, but=("journal_entry",))
        hand_over(app, folder)
        assert everything(app, but=("journal_entry",)) == before
        app.extensions["portail.engine"].dispose()

    round_trip()


def assert_every_cent_is_shared() -> None:
    """Of each family: no unpaid invoice while a payment or a credit note waits."""
    zero = Decimal(0)
    for family in db.session().scalars(select(Family.id)):

        def total(amount: Any, *where: Any) -> Decimal:
            return db.session().scalar(select(func.sum(amount)).where(*where)) or zero

        of_family = Invoice.family_id == family
        due = total(Invoice.amount, of_family, Invoice.kind == "FACTURE")
        credit = total(Invoice.amount, of_family, Invoice.kind == "AVOIR") + total(
            Payment.amount, Payment.family_id == family
        )
        shared = total(
            Allocation.amount, Allocation.invoice_id.in_(select(Invoice.id).where(of_family))
        )
        assert shared == min(due, max(credit, zero))
    assert_what_is_allocated_is_said()


def assert_what_is_allocated_is_said() -> None:
    """Each invoice says the sum of its allocations."""
    added_up = (
        select(func.sum(Allocation.amount))
        .where(Allocation.invoice_id == Invoice.id)
        .scalar_subquery()
    )
    amiss = select(Invoice.number).where(Invoice.allocated != func.coalesce(added_up, 0))
    assert db.session().scalars(amiss).all() == []
