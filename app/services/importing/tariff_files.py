"""`tarif.csv` and `quotient.csv`: what days cost, and by which quotient a family pays."""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import String, select
from sqlalchemy.orm import Session

from app.formats import ended
from app.models import Family, Quotient
from app.services.bookings.setting_up import tariffs
from app.services.bookings.setting_up.tariffs import Said
from app.services.importing import fields, numbers, offered_services
from app.services.importing.custody_file import Fault
from app.services.importing.faults import FieldRefused
from app.services.importing.fields import Kind, text
from app.services.importing.tables import Column, SourceFile
from app.services.refusals import Refusal


def _parse_rank(value: str) -> int:
    if not (value.isascii() and value.isdigit() and len(value) <= 2):  # noqa: PLR2004
        raise FieldRefused("écrivez le rang de l’enfant, comme 2, ou rien.")
    return int(value)


RANK = Kind(_parse_rank, String())
TARIFFS = SourceFile(
    "tarif.csv",
    key=("service", "first", "qf_min", "outside", "rank"),
    columns=(
        Column("service_id", "service", fields.KEY, required=True),
        Column("du", "first", fields.DAY, required=True),
        Column("au", "last", fields.DAY, counts=True),
        Column("qfMin", "qf_min", fields.AMOUNT, counts=True),
        Column("qfMax", "qf_max", fields.AMOUNT, counts=True),
        Column("exterieur", "outside", fields.YES_OR_NO, counts=True),
        Column("rangEnfant", "rank", RANK, counts=True),
        Column("montant", "amount", fields.AMOUNT, required=True),
        Column("montantRetard", "late_amount", fields.AMOUNT, counts=True),
        Column("montantNonReserve", "unbooked_amount", fields.AMOUNT, counts=True),
        Column("montantAbsence", "absent_amount", fields.AMOUNT, counts=True),
        Column("prixRevient", "cost_price", fields.AMOUNT, counts=True),
    ),
)
QUOTIENTS = SourceFile(
    "quotient.csv",
    key=("family", "first"),
    columns=(
        Column("famille_id", "family", fields.KEY, required=True),
        Column("quotient", "value", fields.AMOUNT, required=True, may_be_empty=True),
        Column("du", "first", fields.DAY, required=True),
        Column("au", "last", fields.DAY, counts=True),
        Column("exterieur", "outside", fields.YES_OR_NO, counts=True),
        Column("source", "source", text(100)),
    ),
)
_EUROS = (
    "qf_min", "qf_max", "amount", "late_amount", "unbooked_amount", "absent_amount", "cost_price",
)  # fmt: skip


def write_tariffs(
    session: Session, fault: Fault, offered: Mapping[str, int], rows: Iterable[Mapping[str, Any]]
) -> int:
    """Write what the rows say; return how many lines say anything new."""
    changed = 0
    for row in rows:
        if row["service"] not in offered:
            fault(TARIFFS, row, "service", offered_services.unknown(offered))
            continue
        first, last = _days(row)
        said = Said(
            first=first, last=last, outside=row["outside"], rank=row["rank"],
            **{name: _euros(row[name]) for name in _EUROS},  # type: ignore[arg-type]
        )  # fmt: skip
        try:
            changed += tariffs.write(session, offered[row["service"]], said)
        except Refusal as refusal:
            fault(TARIFFS, row, "first", ended(str(refusal)))
    return changed


def write_quotients(session: Session, fault: Fault, rows: Iterable[Mapping[str, Any]]) -> int:
    """Write what the rows say; return how many families' they change."""
    found = session.execute(
        select(Family.source_id, Family.id).where(Family.archived_at.is_(None)).order_by(Family.id)
    )
    families = {source_id: number for source_id, number in found}  # noqa: C416 (rows are no pairs to mypy)
    there = {
        (each.family_id, each.first): each
        for each in session.scalars(select(Quotient).order_by(Quotient.id))
    }
    changed = 0
    for row in rows:
        family = families.get(row["family"])
        first, last = _days(row)
        if family is None:
            fault(QUOTIENTS, row, "family", "aucune famille du portail n’a ce numéro.")
        elif last and last < first:
            fault(QUOTIENTS, row, "last", "la fin vient avant le début.")
        else:
            kept = there.setdefault((family, first), Quotient(family_id=family, first=first))
            told = (last, _euros(row["value"]), row["outside"], row["source"])
            changed += told != (kept.last, kept.value, kept.outside, kept.source)
            kept.last, kept.value, kept.outside, kept.source = told
            session.add(kept)
    return changed


def _days(row: Mapping[str, Any]) -> tuple[date, date | None]:
    last = date.fromisoformat(row["last"]) if row["last"] else None
    return date.fromisoformat(row["first"]), last


def _euros(hundredths: int | None) -> Decimal | None:
    if hundredths is None:
        return None
    return Decimal(hundredths).scaleb(-numbers.HUNDREDTHS)
