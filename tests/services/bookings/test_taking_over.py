"""`reservation.csv`, `fermeture.csv`, `vacances.csv`: the town's own software says days too."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy import delete, func, select

from app import db
from app.models import (
    Booking,
    BookingBatch,
    BookingEvent,
    BookingEventKind,
    CalendarSpan,
    Closing,
    Message,
    Place,
    Service,
    SpanKind,
)
from app.services.actors import Command
from app.services.bookings.closings import closing
from app.services.importing import service_files
from app.services.importing.faults import ImportRefused
from app.services.importing.service_files import Done
from tests.services.bookings.conftest import MIDDAY, capacity, places, states, tick
from tests.support.people import People

BY = Command("logiciel")
HEADER = "enfant_id;service_id;date;etat;famille_id"
MONDAY_OF_ZEST = "e1;cantine;30/11/2026"
BOTH = {"30 cantine": "booked import", MIDDAY: "booked linked"}


def run(folder: Path, *rows: str, rehearses: bool = False, **others: str) -> Done:
    """Hand over days, and other files by their names."""
    files = {f"{name}.csv": text for name, text in others.items()}
    files |= {"reservation.csv": "\n".join([HEADER, *rows])} if rows else {}
    for path in folder.glob("*.csv"):
        path.unlink()
    for name, text in files.items():
        (folder / name).write_text(text, "utf-8")
    return service_files.run(folder, BY, rehearses=rehearses)


@pytest.mark.both_databases
def test_what_is_read_twice_is_there_once(town: People, tmp_path: Path) -> None:
    """With the midday hour that the meal brings, whatever the file says of it."""
    for count in (2, 0):
        done = run(tmp_path, MONDAY_OF_ZEST, "e1;midi;30/11/2026;ANNULE")
        assert (done.bookings, done.left) == (count, [])
        assert states(town.zest) == BOTH
        assert places() == {"30 cantine": 1}
    [batch] = db.session().scalars(select(BookingBatch)).all()
    assert (batch.acted_by, batch.account_id, batch.added) == ("logiciel", None, 1)


def test_the_file_may_change_what_it_said(town: People, tmp_path: Path) -> None:
    """What came with the meal goes with it."""
    run(tmp_path, MONDAY_OF_ZEST)
    run(tmp_path, f"{MONDAY_OF_ZEST};absent")
    assert states(town.zest)["30 cantine"] == "absent import"
    assert places() == {"30 cantine": 1}
    assert run(tmp_path, f"{MONDAY_OF_ZEST};annulé").bookings == 2
    assert set(states(town.zest).values()) == {"cancelled import", "cancelled linked"}
    assert places() == {"30 cantine": 0}
    run(tmp_path, f"{MONDAY_OF_ZEST};attente")
    assert states(town.zest) == {"30 cantine": "booked import", MIDDAY: "booked linked"}


def test_what_a_family_changed_since_stays_and_is_told(town: People, tmp_path: Path) -> None:
    run(tmp_path, MONDAY_OF_ZEST)
    tick(town.zest)
    for _ in range(2):
        done = run(tmp_path, MONDAY_OF_ZEST)
        assert (done.bookings, len(done.left)) == (0, 1)
        assert (
            done.left
            == ["lundi 30\u00a0novembre 2026, ZEST PAYS, Cantine\u00a0: annulé dans le portail"]
            or "annulé dans le portail" in done.left[0]
        )
    assert set(states(town.zest).values()) == {"cancelled import", "cancelled linked"}


def test_what_was_booked_in_the_portal_survives(town: People, tmp_path: Path) -> None:
    tick(town.zest, "30 cantine")
    before = states(town.zest)
    assert len(run(tmp_path, f"{MONDAY_OF_ZEST};ANNULE").left) == 1
    assert run(tmp_path, MONDAY_OF_ZEST).left == []
    assert states(town.zest) == before


def test_nobody_is_turned_out_for_what_the_town_says(town: People, tmp_path: Path) -> None:
    """One place, and two children whom the file says come."""
    capacity(1)
    tick(town.moreau, "30 cantine")
    assert run(tmp_path, MONDAY_OF_ZEST).bookings == 2
    assert places() == {"30 cantine": 2}


def test_a_child_of_two_homes_names_the_one_that_books(town: People, tmp_path: Path) -> None:
    with pytest.raises(ImportRefused, match="deux familles"):
        run(tmp_path, "e5;cantine;30/11/2026")
    run(tmp_path, "e5;cantine;30/11/2026;;530005")
    assert states(town.marc) == BOTH
    assert states(town.claire) == {}


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("e99;cantine;30/11/2026", "d’aucune famille"),
        ("e1;judo;30/11/2026", "aucun service proposé"),
        ("e1;cantine;30/11/2026;;520004", "n’est pas de cette famille"),
        (f"{MONDAY_OF_ZEST}\n{MONDAY_OF_ZEST}", "déjà dit plus haut"),
        ("e1;cantine;30/11/2026;PEUTETRE", "écrivez RESERVE"),
    ],
)
def test_all_or_nothing(town: People, tmp_path: Path, row: str, said: str) -> None:
    with pytest.raises(ImportRefused, match=said):
        run(tmp_path, "e1;cantine;03/12/2026", row)
    assert db.session().scalars(select(Booking)).all() == []


def test_a_day_to_come_on_which_nothing_is_open_is_left_out(town: People, tmp_path: Path) -> None:
    """Tuesday is a strike; what was eaten before today was, whatever the calendar says now."""
    done = run(tmp_path, "e1;cantine;01/12/2026", "e1;cantine;24/10/2026")
    assert done.bookings == 2
    assert "n’est pas ouvert ce jour-là" in done.left[0]
    assert states(town.zest) == {}


def test_a_rehearsal_writes_nothing(town: People, tmp_path: Path) -> None:
    done = run(
        tmp_path, MONDAY_OF_ZEST, rehearses=True,
        vacances="nom;du;au\nPrintemps;10/04/2027;25/04/2027",
        fermeture="du;au;motif\n03/12/2026;03/12/2026;Panne",
    )  # fmt: skip
    assert (done.bookings, done.calendar, done.closings) == (2, 1, 2)
    assert states(town.zest) == {}
    assert db.session().scalar(select(func.count(CalendarSpan.id))) == 1


CLOSING = "du;au;motif;service_id;ecole\n{};;"


def test_a_closing_takes_away_what_is_booked(town: People, tmp_path: Path) -> None:
    """And is told once, to those who had booked; days over, or without the canteen, stay."""
    tick(town.zest, "30 cantine")
    rows = CLOSING.format("20/11/2026;30/11/2026;Travaux;cantine")
    assert run(tmp_path, fermeture=rows).closings == 3
    assert set(states(town.zest).values()) == {"closed parent", "closed linked"}
    assert db.session().scalar(select(func.count(Message.id)).where(Message.for_some)) == 1
    assert run(tmp_path, fermeture=rows).closings == 0
    assert db.session().scalar(select(func.count(Message.id)).where(Message.for_some)) == 1


def test_each_family_reads_once_of_all_closings(town: People, tmp_path: Path) -> None:
    """Two lines, a message; one that opens again before it left does not take it back."""
    tick(town.zest, "30 cantine", "3 cantine")
    rows = CLOSING.format("30/11/2026;30/11/2026;Travaux;cantine")
    rows += "\n03/12/2026;04/12/2026;Formation {du soir};;"
    assert run(tmp_path, fermeture=rows).closings == 5
    [message] = db.session().scalars(select(Message).where(Message.for_some)).all()
    assert message.subject == "Jours de fermeture"
    assert "– le lundi 30\u00a0novembre 2026\u00a0: Cantine" in message.body
    assert "Motif\u00a0: Formation {du soir}." in message.body
    first, *others = db.session().scalars(select(Closing).order_by(Closing.first)).all()
    assert {each.message_id for each in (first, *others)} == {message.id}
    assert closing.undo(first.public_id, BY).due_at is not None
    db.session().expire_all()
    assert db.session().get_one(Message, message.id).withdrawn_at is None


def test_a_closing_of_one_school(town: People, tmp_path: Path) -> None:
    """The others eat; what is closed for the school already is closed once."""
    tick(town.zest, "30 cantine")
    rows = "du;au;motif;service_id;ecole\n30/11/2026;30/11/2026;Travaux;cantine;{}"
    assert run(tmp_path, fermeture=rows.format("École d’ailleurs")).closings == 1
    assert states(town.zest)["30 cantine"] == "booked parent"
    assert run(tmp_path, fermeture=rows.format("École du Bourg")).closings == 1
    assert states(town.zest)["30 cantine"] == "closed parent"
    assert run(tmp_path, fermeture=rows.format("École du Bourg")).closings == 0


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("03/12/2026;02/12/2026;Panne;;", "avant le début"),
        ("03/12/2026;03/12/2026;Panne;judo;", "aucun service proposé"),
    ],
)
def test_a_closing_that_cannot_be_is_told(
    town: People, tmp_path: Path, row: str, said: str
) -> None:
    with pytest.raises(ImportRefused, match=said):
        run(tmp_path, fermeture=f"du;au;motif;service_id;ecole\n{row}")


def calendar() -> list[tuple[str, str, str]]:
    rows = db.session().scalars(select(CalendarSpan).order_by(CalendarSpan.first))
    return [(each.kind.value, f"{each.first:%d/%m}-{each.last:%d/%m}", each.name) for each in rows]


def test_holidays_replace_the_line_that_says_otherwise(town: People, tmp_path: Path) -> None:
    """Other zones are other towns'; so is none of what the file does not name."""
    rows = (
        "nom;du;au;zone;type\n"
        "Noël;18/12/2026;03/01/2027;Zone A;\n"
        "Hiver;06/02/2027;21/02/2027;B;\n"
        "Lundi de Pâques;29/03/2027;29/03/2027;;FERIE\n"
        "Inventaire;31/08/2027;31/08/2027;;commune"
    )
    for changed in (2, 0):
        assert run(tmp_path, vacances=rows).calendar == changed
        assert calendar() == [
            (SpanKind.SCHOOL, "19/12-03/01", "Vacances de Noël"),
            (SpanKind.PUBLIC, "29/03-29/03", "Lundi de Pâques"),
            (SpanKind.TOWN, "31/08-31/08", "Inventaire"),
        ]
    assert run(tmp_path, vacances="nom;du;au\nNoël;18/12/2026;03/01/2027").calendar == 1
    assert calendar()[0] == (SpanKind.SCHOOL, "18/12-03/01", "Noël")


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ("Été;04/07/2027;03/07/2027", "avant le premier"),
        ("Été;04/07/2027;31/08/2028", "plus de six mois"),
        ("Été;04/07/2027;31/08/2027\nFin;30/08/2027;31/08/2027", "déjà dits à la ligne 2"),
    ],
)
def test_holidays_that_cannot_be_are_told(
    town: People, tmp_path: Path, rows: str, said: str
) -> None:
    with pytest.raises(ImportRefused, match=said):
        run(tmp_path, vacances=f"nom;du;au\n{rows}")
    assert len(calendar()) == 1


STATES = st.sampled_from(["RESERVE", "ATTENTE", "ANNULE", "ABSENT", "FERME"])
DAYS = st.sampled_from(["30/11/2026", "03/12/2026"])
CELLS = st.tuples(
    st.sampled_from([("e1", ""), ("e5", "520004"), ("e5", "530005")]),
    st.sampled_from(["cantine", "midi"]),
    DAYS,
)
FILES = st.dictionaries(CELLS, STATES, min_size=1).map(
    lambda said: {
        (child, service, day): f"{child};{service};{day};{state};{family}"
        for ((child, family), service, day), state in said.items()
    }
)


@hypothesis_settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(FILES, min_size=1, max_size=3))
def test_any_files_keep_places_and_meals_right(
    town: People, tmp_path: Path, files: list[dict[tuple[str, str, str], str]]
) -> None:
    """A meal never without its midday hour, a true count; and the last file twice is once."""
    with db.transaction() as session:
        for table in (BookingEvent, Booking, BookingBatch, Place):
            session.execute(delete(table))
    for file in (*files, files[-1]):
        done = run(tmp_path, *file.values())
    assert done.bookings == 0
    places()
    rows = db.session().execute(
        select(Booking.child_id, Booking.day, Service.source_id, Booking.state).join(
            Service, Service.id == Booking.service_id
        )
    )
    holding = {
        (child, day, service)
        for child, day, service, state in rows
        if state.value in {"booked", "absent"}
    }
    meals = {(child, day) for child, day, service in holding if service == "cantine"}
    assert meals <= {(child, day) for child, day, service in holding if service == "midi"}
    events = select(BookingEvent).where(BookingEvent.kind != BookingEventKind.IMPORTED)
    assert all(each.kind is BookingEventKind.PROMOTED for each in db.session().scalars(events))
