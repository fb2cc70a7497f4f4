"""The mails that a clerk wants: at once, at eight, or none; of what is theirs to do, and once."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from sqlalchemy import select

import config
from app import db
from app.calendar import working_days
from app.mailer.failures import PermanentFailure
from app.models import ClerkAccount, FamilyRequest, Job
from app.services.actors import NOWHERE, CurrentClerk
from app.services.clerks import team, wishes
from app.services.jobs.kinds import JobKind
from app.services.mail import bounces, outbox
from app.services.mail.bounces import Verdict
from app.services.mail.kinds import MailKind
from app.services.requests import acting, callers, sending
from app.services.requests.kinds import BY_KEY
from app.services.requests.sending import Asked
from app.services.tokens import bounce_tags, wish_links
from app.services.town_hall import telling
from tests.services.mail.test_bounces import notification
from tests.services.requests.conftest import signed_in
from tests.services.town_hall.days import (
    A_MOMENT,
    AFTERNOON,
    FRIDAY,
    MINUTE,
    MONDAY,
    SATURDAY,
    Days,
    come,
    count_of,
    subjects,
)
from tests.support.clerks import LAUNCHED
from tests.support.mail_room import deliver


@pytest.fixture
def settings(settings: config.Settings) -> config.Settings:
    """The town reads what comes back."""
    return replace(settings, mail_bounces="rebonds@commune.fr")


@pytest.mark.usefixtures("nadia")
def test_in_the_morning_one_mail_tells_of_all_that_came(days: Days) -> None:
    """Three requests on Thursday, and not a word of them before Friday at eight; then nothing."""
    for _ in range(3):
        days.ask()
    assert days.wait(20 * MINUTE) == []
    [mail] = days.morning(FRIDAY)
    assert (mail.recipient, subjects([mail])) == ("nadia@commune.fr", ["3 nouvelles demandes"])
    assert "Bonjour Nadia Petit," in mail.text
    assert "http://localhost/mairie/demandes\n" in mail.text
    for word in ("ZEST", "PAYS", "Bonjour\n"):
        assert word not in mail.text + mail.html
    assert days.morning(FRIDAY) == []
    assert days.morning(MONDAY) == []


@pytest.mark.usefixtures("nadia")
def test_a_mail_that_tells_of_one_request_leads_to_it(days: Days) -> None:
    number = days.ask()
    [mail] = days.morning(FRIDAY)
    assert subjects([mail]) == ["1 nouvelle demande"]
    assert f"http://localhost/mairie/demandes/{number}\n" in mail.text


@pytest.mark.usefixtures("nadia")
def test_nobody_is_written_to_on_a_day_off(days: Days) -> None:
    """What came on Friday is told on Monday; with what came meanwhile."""
    assert days.morning(FRIDAY) == []
    days.ask()
    assert days.morning(SATURDAY) == []
    days.ask()
    assert subjects(days.morning(MONDAY)) == ["2 nouvelles demandes"]


@pytest.mark.usefixtures("nadia")
def test_what_is_answered_or_taken_back_meanwhile_is_no_news(days: Days) -> None:
    days.ask()
    zest = signed_in(days.people.zest)
    with db.transaction() as session:
        public_id = session.scalars(select(FamilyRequest.public_id)).one()
    acting.withdraw(zest, public_id)
    assert days.morning(FRIDAY) == []


def test_at_once_is_one_mail_for_a_burst(days: Days, nadia: CurrentClerk) -> None:
    """Twenty within a minute: one mail, minutes later; the next one has its own."""
    wishes.save(nadia, {"new_request": "at_once"})
    for _ in range(20):
        days.ask()
    assert days.wait(2 * MINUTE) == []
    assert subjects(days.wait(5 * MINUTE)) == ["20 nouvelles demandes"]
    assert days.wait(20 * MINUTE) == []
    days.ask()
    assert subjects(days.wait(6 * MINUTE)) == ["1 nouvelle demande"]
    assert days.morning(FRIDAY) == []


@pytest.mark.usefixtures("nadia")
def test_who_wants_nothing_at_once_makes_no_work(days: Days) -> None:
    """Otherwise each request would be followed by a job that tells nobody."""
    days.ask()
    days.fails()
    kinds = select(Job.id).where(Job.kind == JobKind.CLERK_NEWS.value)
    assert db.session().scalars(kinds).all() == []


@pytest.mark.usefixtures("nadia")
def test_a_promise_that_ends_is_told_the_morning_after_once(days: Days) -> None:
    """It holds until the end of its day."""
    number = days.ask()
    days.promised_for(number, FRIDAY)
    assert subjects(days.morning(FRIDAY)) == ["1 nouvelle demande"]
    [mail] = days.morning(MONDAY)
    assert subjects([mail]) == ["1 demande passée en retard"]
    assert "http://localhost/mairie/demandes?vue=en-retard\n" in mail.text
    assert days.morning(MONDAY + timedelta(days=1)) == []


def test_late_at_once_is_in_the_night(days: Days, nadia: CurrentClerk) -> None:
    wishes.save(nadia, {"new_request": "never", "late_request": "at_once"})
    days.promised_for(days.ask(), AFTERNOON.date())
    assert days.wait(6 * MINUTE) == []
    days.clock.move_to(datetime(2026, 11, 20, 2, 0, tzinfo=UTC))
    telling.tell_at_once(None)  # type: ignore[arg-type]
    assert subjects(days.wait(MINUTE)) == ["1 demande passée en retard"]


def test_a_mail_that_does_not_arrive_is_told(days: Days, nadia: CurrentClerk) -> None:
    """Refused at once, or by a notification that comes later."""
    wishes.save(nadia, {"failed_mail": "at_once"})
    days.fails()
    [mail] = days.wait(6 * MINUTE)
    assert subjects([mail]) == ["1 courriel qui n’est pas arrivé"]
    assert "http://localhost/mairie/courriels?etat=pas-arrives\n" in mail.text
    with db.transaction() as session:
        sent = outbox.enqueue(session, MailKind.NEW_MESSAGE, days.people.moreau.identifier).id
    deliver(days.app)
    days.clock.shift(timedelta(hours=3))
    came_back_to = bounce_tags.address_for(sent, days.people.moreau.email)
    assert bounces.receive(notification(came_back_to), LAUNCHED) is Verdict.REFUSED
    assert subjects(days.wait(6 * MINUTE)) == ["1 courriel qui n’est pas arrivé"]


def test_a_mail_of_news_that_fails_is_no_news(days: Days, nadia: CurrentClerk) -> None:
    """Or it would never end."""
    wishes.save(nadia, {"new_request": "at_once", "failed_mail": "at_once"})
    days.ask()
    deliver(days.app)
    days.server.failures.append(PermanentFailure("La boîte n’existe pas"))
    assert days.wait(6 * MINUTE) == []
    assert days.wait(20 * MINUTE) == []


def test_each_is_told_of_what_they_do(days: Days) -> None:
    """The Régie answers about money; who only reads is told of nothing, unless they choose it."""
    come("Rose", "regie")
    alex = come("Alex", "lecture")
    assert wishes.read(alex) == {"new_request": "never", "late_request": "never"}
    days.ask()
    days.ask("invoice_question")
    days.fails()
    [mail] = days.morning(FRIDAY)
    assert mail.recipient == "rose@commune.fr"
    assert subjects([mail]) == ["1 nouvelle demande, 1 courriel qui n’est pas arrivé"]
    wishes.save(alex, {"new_request": "morning", "failed_mail": "morning"})
    days.ask()
    days.fails()
    told = {mail.recipient: subjects([mail])[0] for mail in days.morning(MONDAY)}
    assert told == {
        "alex@commune.fr": "1 nouvelle demande",
        "rose@commune.fr": "1 courriel qui n’est pas arrivé",
    }


def test_a_role_that_is_taken_away_takes_its_mails(days: Days, nadia: CurrentClerk) -> None:
    """What she chose as one of the office is not what a reader has."""
    wishes.save(nadia, {"failed_mail": "at_once", "new_request": "at_once"})
    with db.transaction() as session:
        session.get_one(ClerkAccount, nadia.clerk_id).roles = []
    days.ask()
    days.fails()
    assert days.wait(6 * MINUTE) == []


def test_nobody_else_is_written_to(days: Days, nadia: CurrentClerk) -> None:
    """Whoever left, and whoever has not come yet."""
    team.invite(LAUNCHED, "sam@commune.fr", "Sam Noir", ["secretariat"])
    team.close(LAUNCHED, nadia.public_id)
    days.ask()
    assert days.morning(FRIDAY) == []


def test_what_came_while_nothing_was_wanted_is_no_news(days: Days, nadia: CurrentClerk) -> None:
    wishes.save(nadia, {"new_request": "never"})
    days.ask()
    assert days.morning(FRIDAY) == []
    wishes.save(nadia, {"new_request": "morning"})
    assert days.morning(MONDAY) == []


def test_another_hour_loses_nothing_and_repeats_nothing(days: Days, nadia: CurrentClerk) -> None:
    """From the morning to at once: what waited for eight is told with what comes next."""
    days.ask()
    days.clock.shift(MINUTE)
    wishes.save(nadia, {"new_request": "at_once"})
    days.ask()
    assert subjects(days.wait(6 * MINUTE)) == ["2 nouvelles demandes"]
    wishes.save(nadia, {"new_request": "morning"})
    assert days.morning(FRIDAY) == []


def test_what_she_typed_herself_is_no_news_to_her(days: Days, nadia: CurrentClerk) -> None:
    """A family on the telephone; her colleague hears of it."""
    come("Lou", "secretariat")
    zest = signed_in(days.people.zest)
    caller = callers.Caller(zest.family_id, zest.account_id, nadia)
    days.clock.shift(A_MOMENT)
    sending.send(caller, BY_KEY["other"], Asked({"text": "Un banc"}), "a" * 32)
    assert [mail.recipient for mail in days.morning(FRIDAY)] == ["lou@commune.fr"]


def test_a_job_that_is_cut_short_tells_once(
    days: Days, nadia: CurrentClerk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The mark and the mail are kept together, or neither; each clerk by themselves."""
    lou = come("Lou", "secretariat")
    days.ask()
    real = outbox.enqueue
    fell: list[str] = []

    def falls(session: object, kind: MailKind, who: str, address: str = "", **told: str) -> object:
        if address == lou.email and not fell:
            fell.append(address)
            raise ConnectionError
        return real(session, kind, who, address, **told)  # type: ignore[arg-type]

    monkeypatch.setattr(outbox, "enqueue", falls)
    with pytest.raises(ConnectionError):
        days.morning(FRIDAY)
    told = [mail.recipient for mail in days.morning(FRIDAY)]
    assert sorted(told) == [lou.email, nadia.email]


def test_a_link_stops_the_mails_of_its_hour(days: Days, nadia: CurrentClerk) -> None:
    """Of one clerk; those of another hour go on, and a parent's link is none."""
    wishes.save(nadia, {"new_request": "at_once"})
    assert wishes.read(nadia)["late_request"] == "morning"
    link = wish_links.token_for_clerk(nadia.public_id, "morning")
    wishes.stop(link, NOWHERE)
    wishes.stop(link, NOWHERE)
    assert wishes.read(nadia) == {
        "new_request": "at_once",
        "late_request": "never",
        "failed_mail": "never",
    }
    for forged in (link[:-1], wish_links.token_for(nadia.public_id, "at_once"), "x"):
        wishes.stop(forged, NOWHERE)
        assert wishes.linked(forged) is None
    assert wishes.read(nadia)["new_request"] == "at_once"


def test_the_first_mail_knows_a_long_weekend(days: Days, nadia: CurrentClerk) -> None:
    """She was never told of anything: what came on Friday is news on Monday all the same."""
    days.clock.move_to(datetime(2026, 11, 20, 16, 0, tzinfo=UTC))
    days.ask()
    assert subjects(days.morning(MONDAY)) == ["1 nouvelle demande"]
    assert wishes.read(nadia)["new_request"] == "morning"


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_whatever_the_order_each_request_is_told_once(
    days: Days, nadia: CurrentClerk, seed: int
) -> None:
    """Requests, mornings, jobs and changes of mind, as they come."""
    drawn, day, told = Random(seed), AFTERNOON.date(), 0
    wishes.save(nadia, {"late_request": "never"})
    for _ in range(30):
        match drawn.choice(["ask", "ask", "wait", "morning", "mind"]):
            case "ask":
                days.ask()
            case "wait":
                told += count_of(days.wait(drawn.randint(1, 400) * A_MOMENT))
            case "morning":
                day = working_days.after(day, 1)
                told += count_of(days.morning(day))
            case _:
                wishes.save(nadia, {"new_request": drawn.choice(["at_once", "morning"])})
    wishes.save(nadia, {"new_request": "morning"})
    told += count_of(days.morning(working_days.after(day, 1)))
    assert told == days.asked > 0
