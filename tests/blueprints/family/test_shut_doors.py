"""What is forged, or is another's, whatever is sent: refused, and nothing is changed."""

from collections.abc import Sequence
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select, update

from app import db
from app.models import (
    Account,
    Booking,
    BookingState,
    Child,
    Enrolment,
    Family,
    Feed,
    Guardian,
    QuietWeek,
    Service,
    ServiceGroup,
    ServiceKind,
    Waiting,
)
from app.services.actors import Clerk
from app.services.bookings.feed import feeds
from app.services.bookings.groups import choosing, service_groups
from app.services.bookings.groups.service_groups import Told
from app.services.refusals import Refusal
from app.services.tokens import booking_stamps, quiet_links
from tests.services.bookings.conftest import LIMIT, capacity, enrol, states, tick
from tests.services.requests.conftest import signed_in
from tests.support.browser import Browser
from tests.support.databases import every_row
from tests.support.people import People, public_id

WEEK, ABSENCE = "/reservations/semaine/2026-W49", "/reservations/absence"
OFFERED, AWAITED = "/reservations/places-proposees", "/reservations/attente"
OWN, ANOTHERS = public_id("e1"), public_id("e2")
NOT_OURS = {
    "another family’s child": f"{ANOTHERS}.cantine.2026-11-30",
    "a service of nobody": f"{OWN}.piscine.2026-11-30",
    "a service that the child is not enrolled at": f"{OWN}.etude.2026-11-30",
    "another week": f"{OWN}.cantine.2027-11-30",
    "the first day of all": f"{OWN}.cantine.0001-01-01",
    "no day": f"{OWN}.cantine.2026-11-31",
}
CLERK = Clerk("Aline MAIRE")


@pytest.fixture
def shut(app: Flask, parent: Browser, people: People) -> Browser:
    """Another family has the last place, and a third one waits; a service is not for her child."""
    with app.app_context():
        with db.transaction() as session:
            session.add(
                Service(
                    source_id="etude",
                    slug="etude",
                    name="Étude",
                    kind=ServiceKind.OTHER,
                    weekdays=127,
                )
            )
        enrol(people.moreau)
        capacity(1)
        tick(people.moreau, "30 cantine")
    return parent


def send(visitor: Browser, path: str, boxes: Sequence[str], **more: str) -> str:
    """Send boxes as if a page had had them, all ticked."""
    token = visitor.get("family.bookings").csrf_token
    sent = {
        "csrf_token": token, "step": "send", "reason": "sick", "sending_key": "a" * 32,
        "vu": [f"{box}:0" for box in boxes], "case": boxes, **more,
    }  # fmt: skip
    answer = visitor.client.post(path, data=sent, base_url=visitor.base_url, follow_redirects=True)
    assert answer.status_code == 200
    return answer.text


def test_a_box_of_nobody_s_page_changes_nothing(app: Flask, shut: Browser) -> None:
    """Sent beside a box of one's own, neither is saved."""
    before = every_row(app)
    for path in (WEEK, ABSENCE, OFFERED, AWAITED):
        for box in NOT_OURS.values():
            for boxes in ([box], [f"{OWN}.cantine.2026-12-03", box]):
                send(shut, path, boxes)
                assert every_row(app) == before, (path, boxes)


def test_a_forged_stamp_gives_no_grace(app: Flask, shut: Browser, people: People) -> None:
    """Of another account, of nobody, of a time to come."""
    with app.app_context():
        theirs = booking_stamps.stamp(signed_in(people.moreau).account_id)
    with time_machine.travel(LIMIT + timedelta(seconds=1), tick=False):
        shut.sign_in(people.zest)
        before = every_row(app)["booking"]
        for number, stamp in enumerate((theirs, "", "x", "9999999999", f"{theirs}.x")):
            key = f"{number}" * 32
            said = send(shut, WEEK, [f"{OWN}.cantine.2026-12-03"], stamp=stamp, sending_key=key)
            assert "Trop tard" in said
        assert every_row(app)["booking"] == before


def test_nothing_that_is_sent_beside_counts(app: Flask, shut: Browser, people: People) -> None:
    """Neither a price, nor a state, nor whose it is, nor that it costs more: the judge says."""
    forged = {
        "prix": "0", "price": "0.00", "montant": "-5", "state": "booked", "origin": "staff",
        "family_id": "1", "version": "7", "late": "1",
        "hors_delai": f"{OWN}.cantine.2026-12-03",
    }  # fmt: skip
    with app.app_context():
        honest = states(people.moreau)
    send(shut, WEEK, [f"{OWN}.cantine.2026-12-03"], **forged)
    with app.app_context():
        assert states(people.zest) == {
            "3 cantine": "booked parent", "3 garderie-de-midi": "booked linked",
        }  # fmt: skip
        assert states(people.moreau) == honest
        assert not any(db.session().scalars(select(Booking.late)))


def test_a_place_that_is_kept_for_another_is_nobody_else_s(
    app: Flask, shut: Browser, people: People
) -> None:
    with app.app_context():
        with db.transaction() as session:
            session.execute(update(Service).values(waiting=Waiting.OFFER))
        tick(people.zest, "30 cantine")
        tick(people.moreau)
        assert states(people.zest)["30 cantine"].startswith(BookingState.OFFERED)
    before = every_row(app)["booking"]
    other = Browser(app)
    other.sign_in(people.moreau)
    for path in (OFFERED, AWAITED, ABSENCE):
        send(other, path, [f"{OWN}.cantine.2026-11-30"])
        assert every_row(app)["booking"] == before


def test_a_link_of_a_reminder_speaks_for_its_own_family(
    app: Flask, shut: Browser, people: People
) -> None:
    """Whoever presses it; and for nobody once the account is closed."""
    with app.app_context():
        link = quiet_links.token_for(people.moreau.identifier, "2026-W49")
        closed = quiet_links.token_for(people.archived.identifier, "2026-W49")
        family_id = signed_in(people.moreau).family_id
    for token in (closed, link):
        path = f"/reservations/rien/{token}"
        shut.post(path, {"csrf_token": shut.get("family.bookings").csrf_token})
    with app.app_context():
        assert db.session().scalars(select(QuietWeek.family_id)).all() == [family_id]


def test_a_calendar_ends_with_its_account(app: Flask, shut: Browser, people: People) -> None:
    """And with its family; the newest address alone is one."""
    with app.app_context():
        account = signed_in(people.moreau)
        tokens = []
        for _ in range(2):
            feeds.make(account, first_names=False)
            address = feeds.of_account(account.account_id)
            assert address is not None
            tokens.append(address.token)
    visitor = Browser(app).client

    def answers() -> list[int]:
        return [visitor.get(f"/agenda/{token}.ics").status_code for token in tokens]

    assert answers() == [404, 200]
    with app.app_context(), db.transaction() as session:
        moreau = select(Account.guardian_id).where(Account.id == account.account_id)
        family = select(Guardian.family_id).where(Guardian.id.in_(moreau))
        session.execute(update(Family).where(Family.id.in_(family)).values(archived_at=LIMIT))
        assert session.scalars(select(Feed.ended_at).order_by(Feed.id)).all()[1] is None
    assert answers() == [404, 404]


def test_a_group_is_of_its_own_service(app: Flask, shut: Browser, people: People) -> None:
    """Neither a child of it, nor its places, nor its end is anything to another service."""
    with app.app_context():
        services = select(Service.id).where(Service.slug.in_(("cantine", "etude")))
        canteen, study = db.session().scalars(services.order_by(Service.position)).all()
        service_groups.add(canteen, Told("Petits", 5, ("Nulle part",)), CLERK)
        [group] = db.session().scalars(select(ServiceGroup.id))
        child = select(Child.id).where(Child.public_id == OWN).scalar_subquery()
        [midday] = db.session().scalars(
            select(Enrolment.id)
            .join(Service, Service.id == Enrolment.service_id)
            .where(Enrolment.child_id == child, Service.slug == "garderie-de-midi")
        )
        family_id, theirs = (signed_in(each).family_id for each in (people.zest, people.moreau))
        service_groups.add(study, Told("Grands", 5, ("Nulle part",)), CLERK)
        before = every_row(app)
        for act in (
            lambda: choosing.choose(family_id, midday, group, CLERK),
            lambda: choosing.choose(theirs, midday, None, CLERK),
            lambda: service_groups.change(study, group, Told("Petits", 50, ()), CLERK),
            lambda: service_groups.remove(study, group, CLERK),
        ):
            with pytest.raises(Refusal):
                act()
        assert every_row(app) == before
