"""`flask reservations`: the list of the morning, and places that are counted again."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select, update

from app import db
from app.models import Booking, BookingState, Child, JournalEntry, Place
from tests.support.people import People
from tests.support.services import booked_by

NOW = datetime(2026, 11, 27, 9, 0, tzinfo=UTC)
MONDAY = date(2026, 11, 30)


@pytest.fixture
def booked(app: Flask, people: People) -> None:
    """The eldest of two families eat at the canteen on Monday."""
    with app.app_context(), db.transaction() as session:
        for person in (people.zest, people.claire):
            bookings, child = booked_by(session, person)
            bookings.enrol(child, date(2026, 9, 1))
            bookings.book(child, [MONDAY], NOW)


def run(app: Flask, *arguments: str, refused: bool = False) -> str:
    """Run a command, some Friday; return what it says."""
    with time_machine.travel(NOW, tick=False):
        result = app.test_cli_runner().invoke(args=["reservations", *arguments])
    assert bool(result.exit_code) is refused, result.output
    return result.output.replace("\u00a0", " ")


@pytest.mark.both_databases
@pytest.mark.usefixtures("booked")
def test_the_list_of_the_morning(app: Flask) -> None:
    """By school and class; whoever is absent stands there, and is not counted."""
    with app.app_context(), db.transaction() as session:
        for child in session.scalars(select(Child).where(Child.last_name == "DUBOIS-LEFÈVRE")):
            child.school, child.class_name = "École Louise-Michel", "CM1"
            session.execute(
                update(Booking)
                .where(Booking.child_id == child.id)
                .values(state=BookingState.ABSENT)
            )
    lines = run(app, "liste", "30/11/2026").splitlines()
    assert lines[0].split() == ["Service", "École", "Classe", "Nom", "Prénom", "Remarque"]
    [absent] = [line for line in lines if "DUBOIS-LEFÈVRE" in line and line.startswith("Cantine")]
    assert absent.endswith("CM1     DUBOIS-LEFÈVRE  Jules   Absence déclarée")
    assert [line for line in lines if line.startswith("Cantine :")] == [
        "Cantine : 1 enfant, 1 absence déclarée (École du Bourg 1)."
    ]
    assert any(line.startswith("Garderie de midi :") for line in lines)


@pytest.mark.usefixtures("booked")
def test_one_service_alone_for_a_spreadsheet(app: Flask) -> None:
    """What a spreadsheet would run is made harmless."""
    with app.app_context(), db.transaction() as session:
        session.execute(update(Child).values(class_name="=CP"))
    rows = run(app, "liste", "30/11/2026", "--service", "cantine", "--format", "csv").splitlines()
    assert rows[0] == "\ufeffService;École;Classe;Nom;Prénom;Remarque"
    assert len(rows) == 3
    assert all(row.startswith("Cantine;") and ";'=CP;" in row for row in rows[1:])


@pytest.mark.usefixtures("booked")
def test_a_day_on_which_nobody_comes(app: Flask) -> None:
    said = run(app, "liste", "03/12/2026")
    assert said == "Personne n’est attendu le jeudi 3 décembre 2026.\n"
    said = run(app, "liste", "30/11/2026", "--service", "piscine", refused=True)
    assert "aucun service ne s’appelle « piscine » ; il y a : cantine, garderie-de-midi" in said


@pytest.mark.both_databases
@pytest.mark.usefixtures("booked")
def test_places_are_counted_again(app: Flask) -> None:
    """A count that is wrong is told, put right, and noted."""
    assert run(app, "controler") == "Les comptes de places sont justes.\n"
    with app.app_context(), db.transaction() as session:
        session.execute(update(Place).values(taken=Place.taken + 3))
    told = run(app, "controler", refused=True)
    assert "Cantine, 30/11/2026 : 5 au compte, 2 en réalité.\n" in told
    assert "1 compte remis." in run(app, "controler", "--corriger")
    assert run(app, "controler") == "Les comptes de places sont justes.\n"
    with app.app_context():
        events = db.session().scalars(select(JournalEntry.event)).all()
    assert events == ["places_recounted"]


@pytest.mark.usefixtures("booked")
def test_a_day_that_is_over_is_told_and_left(app: Flask) -> None:
    with app.app_context(), db.transaction() as session:
        session.execute(update(Place).values(day=date(2026, 11, 23)))
    assert "2 au compte, 0 en réalité" in run(app, "controler", refused=True)
    assert "Rien à remettre pour les jours à venir." in run(app, "controler", "--corriger")


@pytest.mark.usefixtures("booked")
def test_a_strike_is_shown_before_it_closes(app: Flask) -> None:
    """Whoever thinks better of it has changed nothing."""
    why = ("--service", "cantine", "--motif", "grève")
    said = run(app, "fermer", "30/11/2026", *why, refused=True)
    assert "réservations à retirer, 4 ; 2 enfants, 2 familles, 2 repas." in said
    said = run(app, "fermer", "30/11/2026", *why, "--yes")
    assert "réservations retirées, 4" in said
    assert "Le message aux familles part ce matin à 10 h 10." in said
    assert "Pour rouvrir : flask reservations rouvrir 30/11/2026 --service cantine" in said
    assert "Personne n’est attendu" in run(app, "liste", "30/11/2026")
    said = run(app, "rouvrir", "30/11/2026", "--service", "cantine")
    assert "réservations remises, 4" in said
    said = run(app, "fermer", "07/12/2026", "--motif", "neige", "--yes")
    assert "Personne n’avait réservé : aucun message ne part." in said
    said = run(app, "rouvrir", "30/11/2026", refused=True)
    assert "Rien n’a changé : « Cantine » n’est pas fermé ce jour-là" in said


@pytest.mark.both_databases
@pytest.mark.usefixtures("booked")
def test_a_month_for_the_town_s_software(app: Flask, tmp_path: Path) -> None:
    """Whatever became of it, named as that software names it; written again, it is the same."""
    with app.app_context(), db.transaction() as session:
        first = session.scalars(select(Booking).order_by(Booking.id)).first()
        assert first is not None
        first.state, first.late = BookingState.ABSENT, True
    folder = tmp_path / "mairie"
    said = run(app, "exporter", "2026-11", str(folder))
    assert "reservations-2026-11.csv : 4 lignes" in said
    assert "effectifs-2026-11.csv : 2 lignes" in said
    rows = (folder / "reservations-2026-11.csv").read_text("utf-8-sig").splitlines()
    assert rows[0] == "enfant_id;service_id;date;etat;famille_id;horsDelai"
    assert rows[1:] == [
        "e1;cantine;2026-11-30;ABSENT;3816231;OUI",
        "e5;cantine;2026-11-30;RESERVE;520004;NON",
        "e1;midi;2026-11-30;RESERVE;3816231;NON",
        "e5;midi;2026-11-30;RESERVE;520004;NON",
    ]
    heads = (folder / "effectifs-2026-11.csv").read_text("utf-8-sig").splitlines()
    assert heads == [
        "date;service_id;ecole;reserves;absents;groupe",
        "2026-11-30;cantine;École du Bourg;1;1;",
        "2026-11-30;midi;École du Bourg;2;0;",
    ]
    assert run(app, "exporter", "2026-11", str(folder)) == said
    assert "0 ligne" in run(app, "exporter", "2026-10", str(folder))
    assert "n’est pas un mois, comme 2026-11" in run(app, "exporter", "novembre", "x", refused=True)


def test_parents_are_reminded(app: Flask, people: People) -> None:
    """By hand; whoever was told is told no more."""
    with app.app_context(), db.transaction() as session:
        bookings, child = booked_by(session, people.zest)
        bookings.enrol(child, date(2026, 9, 1))
        bookings.say_typical(child, 0)
    assert "Personne à avertir" in run(app, "rappeler")
    with time_machine.travel(datetime(2026, 12, 2, 9, tzinfo=UTC), tick=False):
        said = [app.test_cli_runner().invoke(args=["reservations", "rappeler"]) for _ in range(2)]
    assert "1\u00a0rappel." in said[0].output
    assert "Personne à avertir" in said[1].output
