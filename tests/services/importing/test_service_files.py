"""`service.csv` and `inscription.csv`: read once or twice, the town offers the same."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from app import db
from app.formats import today
from app.models import Enrolment, Service, ServiceKind
from app.services.actors import Command
from app.services.bookings import invoicing
from app.services.bookings.setting_up import reading, services
from app.services.importing import service_files, service_tables
from app.services.importing.faults import FieldRefused, ImportRefused
from tests.services.importing.town import everything
from tests.support.people import People

BY = Command("ops")
SERVICES = """id;nom;type;jours;heureDebut;capacite;entraine;limiteReservation
c;Cantine;CANTINE;LMJV;11h30;80;m;S-1 jeudi minuit
m;Midi;MIDI;LMJV;;;;
"""
ENROLMENTS = """enfant_id;service_id;du;au
e1;c;01/09/2026;
e5;c;01/09/2026;04/07/2027
"""


@pytest.fixture(autouse=True)
def in_the_town(app: Flask, people: People) -> Iterator[None]:
    """Stay there, with the cast."""
    with app.app_context():
        yield


def run(folder: Path, services: str = SERVICES, enrolments: str = ENROLMENTS) -> service_files.Done:
    """Hand both files over."""
    (folder / "service.csv").write_text(services, "utf-8")
    (folder / "inscription.csv").write_text(enrolments, "utf-8")
    return service_files.run(folder, BY)


def test_what_is_read_twice_is_there_once(app: Flask, tmp_path: Path) -> None:
    """Jules has two homes: either may book, unless the file names one."""
    first = run(tmp_path)
    assert (first.new_services, first.new_enrolments, first.enrolments) == (2, 3, 3)
    before = everything(app, but=("journal_entry",))
    again = run(tmp_path)
    assert (again.services, again.new_services, again.new_enrolments) == (2, 0, 0)
    assert everything(app, but=("journal_entry",)) == before
    canteen, midday = reading.listed(today())
    assert canteen.described.book_rule == "S-1 jeudi 24:00"
    assert (canteen.described.starts_at, canteen.described.capacity) == (690, 80)
    assert list(canteen.others.values()) == [frozenset({midday.number})]


def test_files_may_speak_of_what_was_set_up_on_screen(app: Flask, tmp_path: Path) -> None:
    """By its name, or by what its page says; then it is called as the software calls it."""
    told = services.Described(name="Cantine", kind=ServiceKind.CANTEEN, weekdays=frozenset({0, 1}))
    number = services.add(told, {}, BY)
    [canteen] = reading.listed(today())
    assert canteen.source_id == "cantine"
    for name in ("cantine", "Cantine"):
        (tmp_path / "inscription.csv").write_text(ENROLMENTS.replace(";c;", f";{name};"), "utf-8")
        service_files.run(tmp_path, BY)
    assert db.session().scalars(select(Enrolment.service_id).distinct()).all() == [number]
    done = run(tmp_path)
    assert (done.services, done.new_services, done.new_enrolments) == (2, 1, 0)
    canteen, midday = reading.listed(today())
    assert (canteen.number, canteen.source_id, midday.source_id) == (number, "c", "m")


def test_two_of_one_name_are_two(tmp_path: Path) -> None:
    """A canteen for each school, where the screen had one for both."""
    told = services.Described(name="Cantine", kind=ServiceKind.CANTEEN, weekdays=frozenset({0}))
    number = services.add(told, {}, BY)
    lines = SERVICES.replace("m;Midi;MIDI", "d;Cantine;CANTINE").replace(";80;m;", ";80;;")
    for added in (1, 0):
        assert run(tmp_path, lines).new_services == added
    assert [(each.number == number, each.source_id) for each in reading.listed(today())] == [
        (True, "c"),
        (False, "d"),
    ]
    (tmp_path / "service.csv").write_text(lines.replace("\nd;", "\ncantine;"), "utf-8")
    assert service_files.run(tmp_path, BY).new_services == 1


def test_a_family_may_be_named_and_an_end_put_off(tmp_path: Path) -> None:
    named = ENROLMENTS.replace(";au", ";au;famille_id").replace("04/07/2027", "05/07/2027;530005")
    assert run(tmp_path, enrolments=named).enrolments == 2
    run(tmp_path, enrolments=named.replace("05/07/2027", ""))
    ends = db.session().scalars(select(Enrolment.last).order_by(Enrolment.id)).all()
    assert ends == [None, None]


@pytest.mark.parametrize(
    ("services", "enrolments", "said"),
    [
        (SERVICES.replace(";m;", ";x;"), ENROLMENTS, "aucun service ne s’appelle «\u00a0x\u00a0»"),
        (SERVICES.replace("S-1 jeudi", "S-1 jeudredi"), ENROLMENTS, "n’est pas une limite"),
        (SERVICES.replace("LMJV", "LVJ"), ENROLMENTS, "dans l’ordre"),
        (SERVICES.replace("11h30", "25h00"), ENROLMENTS, "écrivez une heure"),
        (SERVICES.replace("m;Midi;MIDI;LMJV;;;", "m;Midi;MIDI;LMJV;;;c"), ENROLMENTS, "lui-même"),
        (SERVICES.replace(";80;", ";0;"), ENROLMENTS, "commence à 1"),
        (SERVICES, ENROLMENTS.replace("e1;c", "e1;z"), "aucun service .*il y a c, m"),
        (SERVICES, ENROLMENTS.replace("e1", "e99"), "d’aucune famille"),
        (SERVICES, ENROLMENTS.replace("04/07/2027", "04/07/2026"), "avant le début"),
        (SERVICES, ENROLMENTS.replace("01/09/2026", "demain"), "écrivez une date"),
    ],
)  # fmt: skip
def test_all_or_nothing(tmp_path: Path, services: str, enrolments: str, said: str) -> None:
    """What is wrong is told where it is; nothing is written."""
    with pytest.raises(ImportRefused, match=said):
        run(tmp_path, services, enrolments)
    assert db.session().scalars(select(Service)).all() == []


def test_a_folder_without_them_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ImportRefused, match="ce fichier manque"):
        service_files.run(tmp_path, BY)


@given(st.frozensets(st.integers(0, 6), min_size=1))
def test_days_are_read_in_the_order_of_the_week(weekdays: frozenset[int]) -> None:
    """A single M is mardi, the second one is mercredi; Me alone is mercredi."""
    letters = ["L", "Ma", "Me", "J", "V", "S", "D"]
    written = "".join(letters[day] for day in sorted(weekdays))
    read = service_tables.SERVICES.column("weekdays").kind.parse
    assert read(written) == weekdays
    assert read(", ".join(written[:1].lower() + written[1:])) == weekdays
    if {1, 2} <= weekdays or 2 not in weekdays:
        assert read(written.replace("Ma", "M").replace("Me", "M")) == weekdays
    with pytest.raises(FieldRefused):
        read(f"{written}x")


def test_the_guide_names_the_same_columns() -> None:
    """docs/reservations.md tells a town exactly what the code takes."""
    guide = (Path(__file__).parents[3] / "docs" / "reservations.md").read_text("utf-8")
    for file in service_files.FILES:
        columns = ", ".join(
            f"**{each.name}**" if each.required else each.name for each in file.columns
        )
        assert f"| `{file.name}` | {columns} |" in guide


def test_an_opening_is_said_by_the_file_or_by_the_screen(tmp_path: Path) -> None:
    """A day and an hour of the town; where the file says none, what the screen says stays."""
    with_opening = SERVICES.replace("limiteReservation", "ouvertureReservation")
    with_opening = with_opening.replace("S-1 jeudi minuit", "21/08/2026 07:00")
    run(tmp_path, with_opening)
    opens_at = datetime(2026, 8, 21, 5, tzinfo=UTC)
    assert reading.listed(today())[0].described.opens_at == opens_at
    run(tmp_path)
    assert reading.listed(today())[0].described.opens_at == opens_at
    with pytest.raises(ImportRefused, match="ouvertureReservation"):
        run(tmp_path, with_opening.replace("07:00", "minuit"))


@time_machine.travel(datetime(2026, 11, 25, 9, tzinfo=UTC), tick=False)
def test_months_that_are_invoiced(tmp_path: Path) -> None:
    """Those that are not here yet, in their order; one to come still is booked."""
    (tmp_path / "facturation.csv").write_text("mois\n2026-11\n2026-10\n", "utf-8")
    assert service_files.run(tmp_path, BY, rehearses=True).invoiced == 2
    assert service_files.run(tmp_path, BY).words[-1] == "2\u00a0mois facturés de plus"
    assert service_files.run(tmp_path, BY).invoiced == 0
    assert invoicing.until() == date(2026, 11, 30)
    for wrong in ("2026-12", "novembre"):
        (tmp_path / "facturation.csv").write_text(f"mois\n{wrong}\n", "utf-8")
        with pytest.raises(ImportRefused):
            service_files.run(tmp_path, BY)
