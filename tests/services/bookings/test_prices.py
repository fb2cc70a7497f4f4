"""A family's own prices, by its quotient and the ranks of its children, whatever a page sends."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import func, select, update

from app import db
from app.models import Child, Quotient, Service, Tariff
from app.services.actors import Command
from app.services.bookings import reading, weeks
from app.services.bookings.prices import priced
from app.services.importing import service_files
from app.services.importing.faults import ImportRefused
from tests.services.bookings.conftest import MONDAY
from tests.services.requests.conftest import signed_in
from tests.support.people import People, Person
from tests.support.services import CANTEEN, booked_by

BY = Command("logiciel")
TARIFFS = (
    "service_id;du;au;qfMin;qfMax;exterieur;rangEnfant;montant;montantRetard;prixRevient\n"
    "cantine;01/09/2026;;;800;;;2,10;;\n"
    "cantine;01/09/2026;;801;;;;4,20;6,30;5,49\n"
    "cantine;01/09/2026;;801;;;2;3,00;;\n"
    "cantine;01/09/2026;;;;oui;;5,49;;\n"
)
QUOTIENTS = (
    "famille_id;quotient;du;au;exterieur;source\n"
    "3816231;612,40;01/09/2026;31/12/2026;;CAF\n"
    "510002;;01/09/2026;;oui;\n"
)


def run(folder: Path, tariffs: str = TARIFFS, quotients: str = QUOTIENTS) -> service_files.Done:
    """Hand both files over."""
    (folder / "tarif.csv").write_text(tariffs, "utf-8")
    (folder / "quotient.csv").write_text(quotients, "utf-8")
    return service_files.run(folder, BY)


def prices(person: Person, monday: date = MONDAY) -> dict[str, Decimal]:
    """Read what its Monday costs at the canteen, by child."""
    known = priced(reading.known(signed_in(person).family_id, *weeks.both_ends(monday)))
    return {
        known.children[cell.child].first_name: price.normal
        for cell, price in known.world.prices.items()
        if cell.day == monday
    }


@pytest.mark.both_databases
def test_each_family_reads_its_own(town: People, tmp_path: Path) -> None:
    """By its quotient, as one that gave none, as one from elsewhere; twice is once."""
    assert (run(tmp_path).tariffs, run(tmp_path).tariffs) == (4, 0)
    assert db.session().scalar(select(func.count(Quotient.id))) == 2
    assert set(prices(town.zest).values()) == {Decimal("2.10")}
    assert set(prices(town.zest, date(2027, 1, 4)).values()) >= {Decimal("4.20")}
    assert set(prices(town.moreau).values()) == {Decimal("4.20")}
    assert set(prices(town.ines).values()) == {Decimal("5.49")}


def test_the_second_child_who_comes_pays_less(town: People, tmp_path: Path) -> None:
    """In the order of their birth, of those who come to something."""
    run(tmp_path)
    with db.transaction() as session:
        booked, eldest = booked_by(session, town.ines)
        session.execute(update(Quotient).values(outside=False))
        others = session.scalars(
            select(Child).where(Child.last_name == eldest.last_name, Child.id != eldest.id)
        ).all()
        for child in others:
            booked.enrol(child, date(2026, 9, 1))
    found = sorted(prices(town.ines).values())
    assert found == [Decimal("3.00")] * (len(found) - 1) + [Decimal("4.20")]


@pytest.mark.parametrize(
    ("tariffs", "quotients", "said"),
    [
        (TARIFFS.replace("cantine;01", "judo;01", 1), QUOTIENTS, "aucun service proposé"),
        (TARIFFS.replace("2,10", "-2,10"), QUOTIENTS, "sans signe"),
        (TARIFFS.replace("2026;;;800", "2026;31/08/2026;;800"), QUOTIENTS, "avant le premier"),
        (TARIFFS.replace(";801;;;;4,20", ";801;700;;;4,20"), QUOTIENTS, "finit avant"),
        (TARIFFS.replace("4,20", "4200"), QUOTIENTS, "vérifiez"),
        (TARIFFS.replace(";;2;3,00", ";;deux;3,00"), QUOTIENTS, "rang de l’enfant"),
        (TARIFFS.replace(";;2;3,00", ";;0;3,00"), QUOTIENTS, "rang de l’enfant"),
        (TARIFFS, QUOTIENTS.replace("510002", "99"), "aucune famille"),
        (TARIFFS, QUOTIENTS.replace("31/12/2026", "31/08/2026"), "avant le début"),
    ],
)
def test_all_or_nothing(
    town: People, tmp_path: Path, tariffs: str, quotients: str, said: str
) -> None:
    with pytest.raises(ImportRefused, match=said):
        run(tmp_path, tariffs, quotients)
    assert db.session().scalars(select(Tariff)).all() == []
    canteen = select(Service.source_id).where(Service.source_id == CANTEEN)
    assert db.session().scalars(canteen).one()
