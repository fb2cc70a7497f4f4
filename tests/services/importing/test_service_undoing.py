"""The last files of services are undone: the town offers what it did, or is told why not."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select, update

from app import db
from app.models import (
    Booking,
    BookingEvent,
    BookingState,
    ClerkService,
    Enrolment,
    ImportChange,
    ImportRun,
    Place,
    Service,
    ServiceGroup,
)
from app.models.imports import ImportState
from app.services.actors import Clerk, Command
from app.services.clerks import team
from app.services.importing import (
    going_back,
    images,
    service_files,
    service_images,
    service_undoing,
    undoing,
)
from app.services.importing.putting_back import referring
from app.services.importing.service_files import Done
from app.services.importing.undoing import Undone
from app.services.refusals import Refusal
from tests.services.importing.town import everything
from tests.support.people import People
from tests.support.services import booked_by

pytestmark = pytest.mark.both_databases
NADIA = Clerk("Nadia Petit")
BY = Command("ops")
NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
MONDAY = date(2026, 12, 7)
HISTORY = ("journal_entry", "job")
# Another canteen, with groups; a new service; who may come; a bridge; what all of it costs.
FILES = {
    "service.csv": "id;nom;type;jours;capacite;entraine;limiteReservation\n"
    "cantine;Cantine scolaire;CANTINE;LMMeJV;80;judo;J-2 ouvrés 12:00\n"
    "judo;Judo;LOISIRS;Me;12;;\n",
    "vacances.csv": "nom;du;au;type\nPont;21/12/2026;24/12/2026;PONT\n",
    "tarif.csv": "service_id;du;montant\ncantine;01/09/2026;3,90\njudo;01/09/2026;5\n",
    "groupe.csv": "service_id;nom;capacite;ecoles\ncantine;Bourg;50;École du Bourg\n",
    "inscription.csv": "enfant_id;service_id;du;au;groupe\n"
    "e2;cantine;01/09/2026;04/07/2027;Bourg\ne3;judo;01/09/2026;;\ne5;cantine;01/09/2026;;\n",
    "garde.csv": "enfant_id;famille_id;rythme\ne5;530005;PAIRES\n",
    "quotient.csv": "famille_id;quotient;du\n520004;612;01/09/2026\n",
}


@pytest.fixture(autouse=True)
def in_the_town(app: Flask, people: People) -> Iterator[None]:
    """Zoé eats on a Monday to come, at a canteen of 60 places which brings the midday garderie."""
    with time_machine.travel(NOW, tick=False), app.app_context():
        with db.transaction() as session:
            bookings, zoe = booked_by(session, people.moreau)
            bookings.enrol(zoe, date(2026, 9, 1))
            bookings.book(zoe, [MONDAY], NOW - timedelta(days=1))
        yield


def hand_over(folder: Path, files: dict[str, str] = FILES) -> Done:
    """Have the files read."""
    for name, text in files.items():
        (folder / name).write_text(text, "utf-8")
    return service_files.run(folder, BY)


def undo(number: int) -> Undone:
    """Undo them, a minute later."""
    return service_undoing.whichever(number, NADIA)


def ends(number: int) -> str:
    """Return why they are not undone; nothing of them is touched by asking."""
    with pytest.raises(Refusal) as refused:
        undo(number)
    return str(refused.value).replace("\u00a0", " ")


def test_the_town_is_as_it_was(app: Flask, tmp_path: Path) -> None:
    """All of it: lines that are new, changed, replaced, and the places of each day."""
    before = everything(app, but=HISTORY)
    done = hand_over(tmp_path)
    assert done.is_undoable
    assert everything(app, but=HISTORY) != before
    place = db.session().scalars(select(Place).where(Place.day == MONDAY, Place.capacity == 50))
    assert place.one().taken == 1
    undone = undo(done.number)
    assert everything(app, but=HISTORY) == before
    assert (undone.kept_count, undone.held_count) == (0, 0)
    assert undone.back["services"] == (1, 1)
    assert undone.back["inscriptions"][0] >= 2
    run = db.session().get_one(ImportRun, done.number, populate_existing=True)
    assert (run.state, run.undone_by) == (ImportState.UNDONE, "Nadia Petit")
    assert db.session().scalars(select(func.count()).select_from(ImportChange)).one() == 0


def test_read_again_they_are_undone_again(app: Flask, tmp_path: Path) -> None:
    """Only the last is; one that changed nothing is, to no effect."""
    first = hand_over(tmp_path)
    settled = everything(app, but=HISTORY)
    second = hand_over(tmp_path)
    assert "ne s’annule pas, ou ne s’annule plus" in ends(first.number)
    assert undo(second.number).back == {}
    assert everything(app, but=HISTORY) == settled
    assert "ne s’annule plus" in ends(second.number)


def test_families_imported_since_do_not_end_it(app: Flask, tmp_path: Path) -> None:
    """A night's files of families are undone apart, and so are those of services."""
    before = everything(app, but=HISTORY)
    done = hand_over(tmp_path)
    with db.transaction() as session:
        families = ImportRun(
            source="famille.csv", acted_by="ops", state=ImportState.IMPORTED,
            received_at=NOW + timedelta(hours=1), settled_at=NOW + timedelta(hours=1),
        )  # fmt: skip
        session.add(families)
        session.flush()
        images.gather_of(session.connection(), (), images.OfTables)
        images.keep(session.connection(), families.id)
        if session.connection().dialect.name == "sqlite":
            session.connection().exec_driver_sql(f"DROP TABLE {images.IMAGES}")
    undo(done.number)
    assert everything(app, but=HISTORY) == before
    kept = select(ImportChange.run_id).distinct()
    assert db.session().scalars(kept).all() == [families.id]
    assert going_back.find(db.session(), families.id).source == "famille.csv"


def test_whoever_booked_since_is_named(app: Flask, people: People, tmp_path: Path) -> None:
    """Of a canteen that the files changed: nothing is undone, until nobody has such a day."""
    done = hand_over(tmp_path)
    later = NOW + timedelta(hours=1)
    with db.transaction() as session:
        bookings, zoe = booked_by(session, people.moreau)
        bookings.book(zoe, [MONDAY + timedelta(days=each) for each in (1, 3, 4, 7)], later)
    before = everything(app)
    why = ends(done.number)
    assert "Zoé MOREAU, Cantine scolaire, mardi 8 décembre 2026" in why
    assert "et " in why
    assert "corrigez à l’écran" in why
    assert everything(app) == before
    with db.transaction() as session:
        since = select(BookingEvent.booking_id).where(BookingEvent.at == later)
        session.execute(
            update(Booking).where(Booking.id.in_(since)).values(state=BookingState.CANCELLED)
        )
    undo(done.number)


def test_a_bridge_that_a_family_read_stays(app: Flask, people: People, tmp_path: Path) -> None:
    """What the calendar says of a day is told to whoever books it."""
    (tmp_path / "vacances.csv").write_text(FILES["vacances.csv"], "utf-8")
    done = service_files.run(tmp_path, BY)
    with db.transaction() as session:
        bookings, zoe = booked_by(session, people.moreau)
        bookings.book(zoe, [date(2026, 12, 21)], NOW + timedelta(hours=1))
    assert "lundi 21 décembre 2026" in ends(done.number)


def test_what_was_booked_before_does_not_hold_it(
    app: Flask, people: People, tmp_path: Path
) -> None:
    """Nor what was booked since of days and services that the files do not speak of."""
    (tmp_path / "vacances.csv").write_text(FILES["vacances.csv"], "utf-8")
    done = service_files.run(tmp_path, BY)
    with db.transaction() as session:
        bookings, zoe = booked_by(session, people.moreau)
        bookings.book(zoe, [MONDAY + timedelta(days=1)], NOW + timedelta(hours=1))
    before = everything(app, but=("calendar_span", *HISTORY))
    assert undo(done.number).back == {"lignes du calendrier": (1, 0)}
    assert everything(app, but=("calendar_span", *HISTORY)) == before


def test_a_service_that_serves_since_is_said_by_what(app: Flask, tmp_path: Path) -> None:
    """Somebody of the team works for it, a child was enrolled on screen."""
    done = hand_over(tmp_path)
    team.invite(BY, "lucie@commune.fr", "Lucie Roy", ("cantine",), ("judo",))
    before = everything(app)
    why = ends(done.number)
    assert "« Judo », créé par cet import, sert depuis : 1 personne de l’équipe." in why
    assert everything(app) == before
    with db.transaction() as session:
        for each in session.scalars(select(ClerkService)):
            session.delete(each)
    undo(done.number)
    assert db.session().scalars(select(Service).where(Service.slug == "judo")).first() is None


def test_a_group_that_somebody_chose_since_stays(people: People, tmp_path: Path) -> None:
    done = hand_over(tmp_path)
    with db.transaction() as session:
        bookings, child = booked_by(session, people.zest)
        bookings.enrol(child, date(2026, 9, 1))
        session.flush()
        group = session.scalars(select(ServiceGroup)).one()
        theirs = (Enrolment.child_id == child.id) & (Enrolment.service_id == group.service_id)
        session.execute(update(Enrolment).where(theirs).values(group_id=group.id))
    why = ends(done.number)
    assert "« Bourg », créé par cet import, sert depuis : 1 inscription." in why


def test_what_was_changed_since_stays_and_is_named(tmp_path: Path) -> None:
    """On screen, by somebody who knew why."""
    done = hand_over(tmp_path)
    with db.transaction() as session:
        session.execute(update(Service).where(Service.slug == "cantine").values(name="Restaurant"))
    undone = undo(done.number)
    assert undone.kept == [("services", "", "Restaurant")]
    canteen = db.session().scalars(select(Service).where(Service.slug == "cantine")).one()
    assert (canteen.name, canteen.capacity) == ("Restaurant", 80)


def test_files_that_book_are_not_undone(tmp_path: Path) -> None:
    """Families were told of it; and what was read before them is undone no more either."""
    first = hand_over(tmp_path)
    booked = {"reservation.csv": "enfant_id;service_id;date\ne2;cantine;08/12/2026\n"}
    done = hand_over(tmp_path, FILES | booked)
    assert not done.is_undoable
    for number in (first.number, done.number):
        assert "ne s’annule pas" in ends(number)


def test_a_rehearsal_is_no_import(app: Flask, tmp_path: Path) -> None:
    before = everything(app)
    for name, text in FILES.items():
        (tmp_path / name).write_text(text, "utf-8")
    assert service_files.run(tmp_path, BY, rehearses=True).number == 0
    assert everything(app) == before


def test_each_use_of_a_service_has_its_words() -> None:
    used = {
        key.parent.table.name
        for model in (Service, ServiceGroup)
        for key in referring(model.__table__)  # type: ignore[arg-type]
    }
    assert used == set(service_undoing.USES)
    assert set(service_undoing.WORDS) == set(service_images.IMAGED)
    assert undoing.SHOWN >= service_undoing.SHOWN
