"""« Chercher une famille »: by whatever somebody says on the phone."""

from datetime import UTC, datetime

from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import delete, func, select, update

from app import db
from app.models import Account, Family, FamilyWord, Guardian
from app.services.accounts import address_correction
from app.services.actors import Command
from app.services.families import keeping_out, words
from app.services.town_hall import searching
from tests.support.people import People

OFFICE = Command("Nadia")


def numbers(typed: str) -> list[str]:
    """Search, and read the numbers of the families found."""
    return [each.number for each in searching.search(typed).families]


def test_zest_is_found_by_any_of_their_words(app: Flask, people: People) -> None:
    """Names, numbers however they are spaced, their beginning, two of them at once."""
    with app.app_context():
        for typed in ("pays zest", "ZEST", "zes", "3816231", "38 16 23 86", "zest 38162386"):
            assert numbers(typed) == ["3816231"], typed
        for typed in ("06 38 16 23 86", "+33 6 38.16.23.86", "0033638162386"):
            assert numbers(typed) == ["3816231"], typed


def test_a_telephone_is_found_by_what_it_shows(app: Flask, people: People) -> None:
    """Whether a spreadsheet took its zero, or a clerk wrote it for those who call from abroad."""
    zest = select(Account.guardian_id).where(Account.identifier == people.zest.identifier)
    theirs = update(Guardian).where(Guardian.id.in_(zest))
    with app.app_context():
        for written, dialled in (
            ("639980112", ("0639980112", "06 39 98 01 12", "+33 6 39 98 01 12", "639980112")),
            ("00 33 (0)6 39.98.01.12", ("0639980112", "+33639980112")),
            ("691817161", ("0691817161", "+590 691 81 71 61", "00590691817161")),
            ("+596 696 20 10 10", ("0696 20 10 10", "+596 696201010")),
            ("04 76 00 00 01 (bureau)", ("0476000001", "+33476000001")),
        ):
            with db.transaction() as session:
                session.execute(theirs.values(mobile=written))
            words.refresh_all()
            for typed in dialled:
                assert numbers(typed) == ["3816231"], (written, typed)


def test_words_come_in_any_order_and_accents_are_no_matter(app: Flask, people: People) -> None:
    """A child's first name, a double name, an address of e-mail in whole or its beginning."""
    with app.app_context():
        assert set(numbers("lefevre dubois jules")) == {"520004", "530005"}
        assert numbers("Jules, DUBOIS-LEFÈVRE claire") == ["520004"]
        address = db.session().scalar(select(Guardian.email).where(Guardian.email != ""))
        assert address
        assert numbers(address) == numbers(address[:9].upper())
        assert searching.search("zest moreau").families == ()


def test_who_was_meant_is_guessed(app: Flask, people: People) -> None:
    with app.app_context():
        assert searching.search("morau zoe").suggestion == "moreau zoe"
        assert searching.search("xylophone").suggestion == ""
        assert searching.search("99999999").suggestion == ""
        assert searching.search("  ").suggestion == ""


def test_the_invoice_of_that_number_is_found(app: Flask, people: People) -> None:
    """And whose it is, for whoever sees no amount."""
    with app.app_context():
        found = searching.search("60")
        [invoice] = found.invoices
        assert (invoice.number, invoice.family_number) == ("60", "500001")
        assert found.only_invoice == invoice.public_id
        assert found.only_family == invoice.family_id


def test_what_is_accepted_is_found_at_once(app: Flask, people: People) -> None:
    """Not by the former address; by the names of a child while it is there."""
    with app.app_context():
        address_correction.correct("38162386", "tout.neuf@exemple.fr", OFFICE)
        assert numbers("neuf@") == []
        assert numbers("tout.neuf@exemple.fr") == numbers("neuf") == ["3816231"]
        keeping_out.take_out("Adam", "510002", OFFICE)
        assert numbers("adam") == []
        keeping_out.put_back("Adam", "510002", OFFICE)
        assert numbers("adam") == ["510002"]
        assert words.refresh_all() == 0


def test_the_night_mends_what_nobody_said(app: Flask, people: People) -> None:
    """An erased family is found by nothing; one whose rows somebody changed by hand, by them."""
    with app.app_context():
        with db.transaction() as session:
            by_number = session.query(Family).filter_by
            by_number(number="500001").one().erased_at = datetime.now(UTC)
            by_number(number="510002").one().number = "SE4101"
        assert words.refresh_all() == 2
        assert numbers("moreau") == numbers("500001") == numbers("510002") == []
        assert numbers("4101") == numbers("se 4101") == ["SE4101"]


def test_a_town_without_words_gets_all_of_them(app: Flask, people: People) -> None:
    """As after its first import; one that is erased has none then either."""
    with app.app_context():
        with db.transaction() as session:
            session.query(Family).filter_by(number="500001").one().erased_at = datetime.now(UTC)
            session.execute(delete(FamilyWord))
            session.execute(update(Family).values(folded_name=""))
            families = session.scalar(select(func.count()).select_from(Family)) or 0
        assert words.refresh_all() == families - 1
        assert numbers("pays zest") == ["3816231"]
        assert numbers("moreau") == []
        assert words.refresh_all() == 0


def test_many_families_are_not_all_shown(app: Flask, people: People) -> None:
    with app.app_context():
        with db.transaction() as session:
            for number in range(40):
                family = Family(source_id=f"d{number}", number=f"D{number}")
                session.add(Guardian(family=family, rank=1, last_name="DURAND", first_name="Ana"))
        assert words.refresh_all() == 40
        found = searching.search("ana durand")
        assert (len(found.families), found.more) == (searching.SHOWN, True)
        assert found.only_family is None


@given(st.text(max_size=80))
def test_anything_may_be_typed(typed: str) -> None:
    """It is cut into words that have no capital, no accent and no blank, each once."""
    found = words.split(typed)
    assert len(set(found)) == len(found)
    assert all(found)
    assert [words.split(each) for each in found] == [[each] for each in found]
