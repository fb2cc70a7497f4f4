"""What the town hall accepted survives the next import, until the files say something new."""

from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from app import db
from app.models import AcceptedValue, Guardian
from app.services.accounts import address_correction
from app.services.families import accepted, reporting
from app.services.families.accepted import LastWord, last_word
from app.services.importing.report import Report
from tests.services.importing.conftest import NOW, account_of, sign_in
from tests.services.importing.town import Town, everything, hand_over
from tests.support.people import TOWN_HALL

pytestmark = pytest.mark.both_databases

MOBILE, CITY = "06 39 98 00 99", "Crolles"


@pytest.fixture
def moved(app: Flask, settled: Path) -> Path:
    """Inès has another mobile and another town: the town hall accepted both."""
    accept(app, "Inès", mobile=MOBILE)
    accept(app, "Inès", city=CITY)
    return settled


def accept(app: Flask, whose: str, **values: str) -> None:
    """Accept values of somebody, or of their family."""
    with app.app_context(), db.transaction() as session:
        guardian = guardian_of(whose)
        for field, value in values.items():
            holder = guardian.family if field in accepted.OF_FAMILY else guardian
            accepted.accept(session, holder, field, value, TOWN_HALL)


def guardian_of(first_name: str) -> Guardian:
    """Find somebody by the first name that the portal holds."""
    db.session().expire_all()
    return db.session().scalars(select(Guardian).where(Guardian.first_name == first_name)).one()


def held(app: Flask) -> tuple[str, str]:
    """Read what the portal holds of Inès."""
    with app.app_context():
        guardian = guardian_of("Inès")
        return guardian.mobile, guardian.family.city


def waiting(app: Flask) -> list[tuple[str, str | None, str]]:
    """List what is to be reported."""
    with app.app_context():
        return [(each.field, each.file_value, each.value) for each in reporting.to_report()]


def told(report: Report, words: str) -> list[str]:
    """Find lines of a report."""
    return [line for line in report.lines() if words in line]


def test_files_that_say_the_same_again_undo_nothing(app: Flask, moved: Path) -> None:
    """Nor do they change anything else; what is to be reported is counted."""
    before = everything(app, but=("journal_entry",))
    report = hand_over(app, moved)
    assert everything(app, but=("journal_entry",)) == before
    assert held(app) == (MOBILE, CITY)
    assert told(report, "2\u00a0changements acceptés restent à reporter")
    assert waiting(app) == [("mobile", "06 39 98 00 12", MOBILE), ("city", "Saint-Exemple", CITY)]


def test_files_that_say_it_too_settle_it(app: Flask, moved: Path, town: Town) -> None:
    """However they write it; from then on it is theirs to change."""
    town.row("famille.csv").update(portableResp1="0639980099", adrLocalite="CROLLES")
    report = hand_over(app, town.folder(moved))
    assert held(app) == ("0639980099", "CROLLES")
    assert told(report, "2\u00a0changements acceptés sont maintenant dans vos fichiers")
    assert waiting(app) == []
    town.row("famille.csv")["adrLocalite"] = "Saint-Exemple"
    hand_over(app, town.folder(moved))
    assert held(app) == ("0639980099", "Saint-Exemple")


def test_files_that_say_something_new_win_and_are_named(
    app: Flask, moved: Path, town: Town
) -> None:
    """The dry run says so before, and writes nothing; the list says so after."""
    town.row("famille.csv")["portableResp1"] = "06 39 98 00 77"
    files = town.folder(moved)
    mobile = MOBILE.replace(" ", "\u00a0")
    line = f"famille F1, Inès GARNIER\u00a0: portable, «\u00a0{mobile}\u00a0» devient "
    assert told(hand_over(app, files, dry_run=True), line)
    assert held(app) == (MOBILE, CITY)
    assert told(hand_over(app, files), line)
    assert held(app) == ("06 39 98 00 77", CITY)
    with app.app_context():
        [lost] = reporting.overruled()
    assert (lost.field, lost.value, lost.file_value) == ("mobile", MOBILE, "06 39 98 00 77")
    assert [field for field, *_ in waiting(app)] == ["city"]


def test_an_absent_column_or_family_says_nothing(app: Flask, moved: Path, town: Town) -> None:
    town.drop_column("famille.csv", "portableResp1")
    hand_over(app, town.folder(moved))
    assert held(app) == (MOBILE, CITY)
    assert len(waiting(app)) == 2


def test_an_accepted_name_does_not_make_somebody_else(
    app: Flask, settled: Path, town: Town
) -> None:
    """Karim took another name; the files, which call him as before, put him first now."""
    sign_in(app, "Karim")
    accept(app, "Karim", last_name="BENALI", first_name="Karim-Louis")
    row = town.row("famille.csv")
    for one, two in ((f"{name}Resp1", f"{name}Resp2") for name in ("nom", "prenom", "email")):
        row[one], row[two] = row[two], row[one]
    town.row("compte.csv")["responsable"] = "2"
    report = hand_over(app, town.folder(settled))
    assert not report.headlines.count
    with app.app_context():
        account = account_of("Karim-Louis")
        assert account.guardian.last_name == "BENALI"
        assert account.guardian.rank == 1
        assert account.archived_at is None
    row.update(nomResp1="BENALI", prenomResp1="Karim-Louis")
    hand_over(app, town.folder(settled))
    assert waiting(app) == []


def test_accepting_what_the_files_say_leaves_nothing_to_report(app: Flask, moved: Path) -> None:
    """She moves, then does not."""
    accept(app, "Inès", city="Saint-Exemple")
    assert [field for field, *_ in waiting(app)] == ["mobile"]


def test_an_address_that_the_parent_proved_is_to_be_reported(
    app: Flask, settled: Path, town: Town
) -> None:
    """The files contradict it, in famille.csv then in compte.csv; it stays, until they agree."""
    with app.app_context(), db.transaction():
        guardian = guardian_of("Inès")
        guardian.email, guardian.email_confirmed_at = "prouvee@exemple.fr", NOW
    hand_over(app, settled)
    assert waiting(app) == [("email", "ines@exemple.fr", "prouvee@exemple.fr")]
    town.row("compte.csv")["email"] = "neuve@exemple.fr"
    hand_over(app, town.folder(settled))
    assert waiting(app) == [("email", "neuve@exemple.fr", "prouvee@exemple.fr")]
    with app.app_context():
        assert guardian_of("Inès").email == "prouvee@exemple.fr"
    town.row("compte.csv")["email"] = "prouvee@exemple.fr"
    hand_over(app, town.folder(settled))
    assert waiting(app) == []
    with app.app_context():
        assert len(list(db.session().scalars(select(AcceptedValue)))) == 1


def test_a_corrected_address_survives_the_file_that_was_wrong_all_along(
    app: Flask, settled: Path, town: Town
) -> None:
    """She proved an address and lost that mailbox; nobody remembers what the files said then."""
    with app.app_context(), db.transaction():
        guardian = guardian_of("Inès")
        guardian.email, guardian.email_confirmed_at = "perdue@exemple.fr", NOW
    with app.app_context():
        address_correction.correct("38160001", "retrouvee@exemple.fr", TOWN_HALL)
    for _ in range(2):
        hand_over(app, settled)
        assert waiting(app) == [("email", "ines@exemple.fr", "retrouvee@exemple.fr")]
        with app.app_context():
            assert guardian_of("Inès").email == "retrouvee@exemple.fr"
    town.row("famille.csv")["emailResp1"] = "neuve@exemple.fr"
    hand_over(app, town.folder(settled))
    with app.app_context():
        assert guardian_of("Inès").email == "neuve@exemple.fr"


@pytest.mark.parametrize(
    ("field", "before", "value", "now", "found"),
    [
        ("first_name", "Helene", "Hélène", "HELENE", LastWord.STANDS),
        ("first_name", "Helene", "Hélène", "Hélène", LastWord.REPORTED),
        ("mobile", "0639980012", "0639980099", "06.39.98.00.12", LastWord.STANDS),
        ("mobile", "0639980012", "0639980099", "+33 6 39 98 00 99", LastWord.REPORTED),
        ("mobile", "0639980012", "0639980099", "", LastWord.OVERRULED),
        ("email", None, "neuve@exemple.fr", "perdue@exemple.fr", LastWord.STANDS),
        ("email", None, "neuve@exemple.fr", "Neuve@exemple.fr", LastWord.REPORTED),
        ("photo", "a.png", "b.png", "c.png", LastWord.OVERRULED),
    ],
)
def test_whose_is_the_last_word(
    field: str, before: str | None, value: str, now: str, found: LastWord
) -> None:
    """Programs write the same in many ways."""
    assert last_word(field, before, value, now) is found
