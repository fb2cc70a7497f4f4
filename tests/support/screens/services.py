"""« Services » and their calendar in each of their states."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

from flask import Flask
from sqlalchemy import Update, delete, select, update
from sqlalchemy.orm import InstrumentedAttribute

from app import db
from app.calendar import ONE_DAY, ONE_WEEK, school_years
from app.formats import today
from app.models import (
    CalendarSpan,
    Enrolment,
    Family,
    FamilyRequest,
    Job,
    RequestState,
    Service,
    SpanKind,
)
from app.services.bookings.groups import group_work
from app.services.bookings.weeks import this_monday
from tests.support.browser import Browser, Page
from tests.support.people import People
from tests.support.screens.two_homes import two_homes_screens
from tests.support.service_uploads import give_services
from tests.support.services import ask, booked_by

GOOD_FRIDAY = date(2027, 3, 26)
YEAR = "2026-2027"
Screens = Iterator[tuple[str, Page]]


def service_screens(app: Flask, people: People, office: Browser) -> Screens:
    """Go through them as somebody who may do everything."""
    with app.app_context(), db.transaction() as session:
        booked_by(session, people.zest)
        session.execute(update(Service).values(archived_at=datetime.now(UTC)))
        session.execute(delete(CalendarSpan))
        session.execute(delete(Enrolment))
    yield "services, none", office.get("town_hall.offered")
    yield "services, a new one", office.get("town_hall.new_service")
    yield "calendar, empty", office.get("town_hall.calendar", annee=YEAR)
    with app.app_context(), db.transaction() as session:
        session.execute(update(Service).values(archived_at=None))
    yield from _services(app, office)
    yield from _enrolled(app, people, office)
    yield from _groups(app, office)
    yield from _tariffs(app, office)
    yield from _one_child(app, people, office)
    yield from two_homes_screens(app, people)
    yield from _calendar(app, people, office)
    yield from _files(office)


def _services(app: Flask, office: Browser) -> Screens:
    yield "services", office.get("town_hall.offered")
    page = office.get("town_hall.service", number=_number_of(app, Service.slug, "cantine"))
    yield "services, the canteen", page
    page = page.fill(book_when="2 jours ouvrés avant", book_hour="18 h")
    page = page.submit("Essayer avant d’enregistrer", _refused=200)
    yield "services, the canteen about to change", page
    page = page.fill(name="").submit("Enregistrer", _refused=200)
    yield "services, the canteen without a name", page
    midday = _number_of(app, Service.slug, "garderie-de-midi")
    page = office.get("town_hall.service", number=midday)
    yield "services, the midday garderie", page


def _enrolled(app: Flask, people: People, office: Browser) -> Screens:
    number = _number_of(app, Service.slug, "cantine")
    with app.app_context(), db.transaction() as session:
        ask(session, people, RequestState.ACCEPTED)
        # An import of other screens may have closed the file of every family.
        asking = select(FamilyRequest.family_id).where(FamilyRequest.kind == "canteen")
        session.execute(update(Family).where(Family.id.in_(asking)).values(archived_at=None))
    page = office.get("town_hall.enrolled", number=number)
    yield "services, who is enrolled", page
    yield "services, no day", page.fill(first="").submit("Inscrire", _refused=200)
    while page.soup.select("#school"):
        page = page.fill(first="01/09/2026").submit("Inscrire")
    yield "services, all are enrolled", page


def _groups(app: Flask, office: Browser) -> Screens:
    number = _number_of(app, Service.slug, "cantine")
    page = office.get("town_hall.service_groups", number=number)
    yield "groups, none", page
    yield "groups, no name", page.submit("Ajouter", _refused=200)
    for name, classes in (("Maternelle", "PS, MS, GS"), ("Collège", "6e")):
        page = page.fill(name=name, capacity="40", classes=classes).submit("Ajouter")
    yield "groups", page
    with app.app_context(), db.transaction() as session:
        job = group_work.ask(session, group_work.Errand(int(number)))
    yield "groups, some days still move", office.visit(page.path)
    with app.app_context(), db.transaction() as session:
        session.execute(delete(Job).where(Job.id == job))
    page = office.visit(str(page.soup.select("th a")[-1]["href"]))
    yield "groups, one", page
    yield "groups, no places", page.fill(capacity="").submit("Enregistrer", _refused=200)
    yield "groups, removed", office.visit(page.path).submit("Retirer ce groupe")


def _tariffs(app: Flask, office: Browser) -> Screens:
    number = _number_of(app, Service.slug, "cantine")
    page = office.get("town_hall.tariffs", number=number)
    yield "tariffs, none", page
    yield "tariffs, no price", page.submit("Enregistrer", _refused=200)
    page = page.fill(first="01/09/2026", amount="4,20", qf_max="800").submit("Enregistrer")
    yield "tariffs", page
    page = page.fill(
        first="01/09/2026", last="31/08/2027", amount="6,30", rank="2", late_amount="7",
        qf_min="801", qf_max="1200", cost_price="5,49",
    )  # fmt: skip
    yield "tariffs, one too dear", page.submit("Enregistrer")


def _calendar(app: Flask, people: People, office: Browser) -> Screens:
    page = office.get("town_hall.calendar", annee=YEAR)
    yield "calendar, nothing typed", page.submit("Ajouter", _refused=200)
    with app.app_context(), db.transaction() as session:
        for kind, first, name, is_confirmed in (
            (SpanKind.SCHOOL, date(2026, 12, 19), "Vacances de Noël", True),
            (SpanKind.PUBLIC, GOOD_FRIDAY, "Vendredi saint", False),
        ):
            session.add(
                CalendarSpan(
                    kind=kind, first=first, last=first, name=name, zone="B", source="arrêté",
                    confirmed=is_confirmed,
                )
            )  # fmt: skip
    yield "calendar", office.get("town_hall.calendar", annee=YEAR)
    line = _number_of(app, CalendarSpan.first, GOOD_FRIDAY)
    page = office.get("town_hall.calendar_line", number=line)
    yield "calendar, a day to confirm", page
    yield "calendar, a line without a name", page.fill(name="").submit("Enregistrer", _refused=200)
    page = office.get("town_hall.calendar_line", number=line)
    yield "calendar, corrected", page.fill(name="Vendredi saint d’ici").submit("Enregistrer")
    yield "calendar, a line of the town", office.get("town_hall.calendar_line", number=line)
    yield "calendar, closed on days that are booked", _closed_though_booked(app, people, office)


def _closed_though_booked(app: Flask, people: People, office: Browser) -> Page:
    monday = this_monday() + 3 * ONE_WEEK
    while school_years.of(monday) != school_years.of(monday + 4 * ONE_DAY):
        monday += ONE_WEEK
    thursday, friday = monday + 3 * ONE_DAY, monday + 4 * ONE_DAY
    with app.app_context(), db.transaction() as session:
        bookings, child = booked_by(session, people.claire)
        bookings.book(child, [monday, thursday, friday], datetime.now(UTC))
        for name, first, last in (
            ("Journée pédagogique", monday, monday),
            ("Chaudière", thursday, friday),
        ):
            session.add(CalendarSpan(kind=SpanKind.TOWN, name=name, first=first, last=last))
    return office.get("town_hall.calendar", annee=school_years.of(monday).label)


def _number_of(app: Flask, column: InstrumentedAttribute[Any], value: object) -> str:
    """Find a row by what nobody marks."""
    with app.app_context():
        number = select(column.class_.id).where(column == value)
        return str(db.session().scalars(number).one())


def _one_child(app: Flask, people: People, office: Browser) -> Screens:
    """In a town with services, then in one without."""
    with app.app_context():
        theirs = select(Family.id).where(Family.number == people.moreau.family_number)
        family_id = str(db.session().scalars(theirs).one())
    page = office.get("town_hall.family_enrolments", family_id=family_id)
    yield "enrolments of a family", page
    yield "enrolments, no day", page.fill(first="").submit("Inscrire", _refused=200)
    link = page.soup.select_one('.row-words a[href$="/groupe"]')
    assert link is not None
    group = office.visit(str(link["href"]))
    yield "enrolments, the group of a child", group
    chosen = group.soup.select("#group option")[-1]
    yield "enrolments, a group said", group.fill(group=chosen.text).submit("Enregistrer")
    _write(app, update(Enrolment).values(last=date(2099, 7, 3)))
    yield "enrolments, with an end", office.get("town_hall.family_enrolments", family_id=family_id)
    _write(app, update(Enrolment).values(last=None))
    _write(app, update(Service).values(archived_at=datetime.now(UTC)))
    yield "enrolments, no service", office.get("town_hall.family_enrolments", family_id=family_id)
    _write(app, update(Service).values(archived_at=None))


def _files(office: Browser) -> Screens:
    """What the town's software says of them."""
    page = office.get("town_hall.service_files")
    yield "files of services", page
    yield "files of services, none chosen", page.submit("Voir ce qui changerait", _refused=200)
    monday = today() + timedelta(days=21 - today().weekday())
    known = {
        "inscription.csv": "enfant_id;service_id;du\ne1;cantine;01/09/2026\n",
        # On Wednesdays nobody eats there.
        "reservation.csv": f"enfant_id;service_id;date\ne1;cantine;{monday + timedelta(days=2)}\n",
        "fermeture.csv": f"du;au;motif\n{monday};{monday};grève\n",
    }
    unknown = {"garde.csv": "enfant_id;famille_id;rythme\n9;9;SOUVENT\n"}
    yield "files of services, to correct", give_services(office, unknown)
    yield "files of services, read", give_services(office, known)
    page = give_services(office, {"reservation.csv": known["reservation.csv"]})
    yield "files of services, written", page.submit("Écrire dans le portail")
    page = give_services(office, {"inscription.csv": known["inscription.csv"]})
    page = page.submit("Écrire dans le portail")
    yield "files of services, written, to be undone", page
    number = page.path.rpartition("/")[2]
    yield (
        "files of services, undone?",
        office.get("town_hall.undo_any_import", number=number),
    )


def _write(app: Flask, statement: Update) -> None:
    with app.app_context(), db.transaction() as session:
        session.execute(statement)
