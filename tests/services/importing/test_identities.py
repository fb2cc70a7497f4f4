"""Who is who in a family's file, when names, places or both have changed."""

from datetime import date
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.services.importing.identities import Known, Person, new_places

INES, KARIM, NADIA = 1, 2, 3
BORN = date(1986, 9, 2)
ines = Person("GARNIER", "Inès", BORN, "ines@exemple.fr")
karim = Person("GARNIER", "Karim", date(1984, 2, 1), "karim@exemple.fr")
nadia = Person("BENALI", "Nadia")


def file_of(*people: Person) -> dict[int, Person]:
    """Name these people in a file, in this order."""
    return dict(enumerate(people, 1))


def known(*people: Person) -> list[Known]:
    """Know these guardians, in the order of the file."""
    return [Known(number, number, person) for number, person in enumerate(people, 1)]


@pytest.mark.parametrize(
    "person",
    [
        Person("garnier", "INES", BORN),
        Person("Inès", "Garnier"),
        Person("GARNIER", "Inès", date(1986, 9, 12)),
        Person("DUPUIS", "Inès", BORN, "ines.dupuis@exemple.fr"),
        Person("GARNIER-DUPUIS", "Inès"),
        Person("DUPUIS", "Ines Marie"),
        Person("GARNIER", "Agnès", BORN),
        Person("GARNIER", "Inés", None, "ines@exemple.fr"),
        Person("GARNIER", "Innès", None, "ines@exemple.fr"),
    ],
)
def test_whoever_changed_names_or_was_corrected_stays(person: Person) -> None:
    """A marriage, capitals, a slip in a name or in a date: never two of them at once."""
    assert new_places(known(ines), file_of(person)) == {}


@pytest.mark.parametrize(
    "person",
    [
        nadia,
        karim,
        Person("GARNIER", "Karim"),
        Person("GARNIER", "Agnès", date(1990, 1, 1)),
        Person("DUPUIS", "Inès", date(1990, 1, 1)),
        Person("BENALI", "Nadia", None, "nadia@exemple.fr"),
        Person("BENALI", "Nadia", None, "ines@exemple.fr"),
    ],
)
def test_somebody_else_takes_the_place(person: Person) -> None:
    """Nothing that Inès has is theirs."""
    assert new_places(known(ines), file_of(person)) == {INES: None}


def test_two_who_change_places_keep_what_is_theirs() -> None:
    """The town's software names Karim first from now on."""
    assert new_places(known(ines, karim), file_of(karim, ines)) == {INES: 2, KARIM: 1}


def test_the_second_becomes_the_first_when_the_first_leaves() -> None:
    """After a separation: Inès has the file for herself, and Karim's password opens it no more."""
    assert new_places(known(karim, ines), file_of(ines)) == {1: None, 2: 1}


def test_the_second_becomes_the_first_and_somebody_new_the_second() -> None:
    """Nadia gets an account of her own."""
    assert new_places(known(karim, ines), file_of(ines, nadia)) == {1: None, 2: 1}


def test_whom_the_file_does_not_name_any_more_stays_where_they_were() -> None:
    """That is what --archive-missing is for."""
    assert new_places(known(ines, karim), file_of(ines)) == {}


def test_whoever_comes_back_finds_their_place() -> None:
    """A slip in one export, put right in the next."""
    gone = [Known(NADIA, 1, nadia), Known(INES, None, ines)]
    assert new_places(gone, file_of(ines)) == {NADIA: None, INES: 1}


def test_a_namesake_of_another_age_is_somebody_else() -> None:
    """A father and his son: the one who left is not the one who comes."""
    gone = [Known(NADIA, 1, nadia), Known(INES, None, ines)]
    namesake = Person(ines.last_name, ines.first_name, date(2005, 1, 1))
    assert new_places(gone, file_of(namesake)) == {NADIA: None}


@given(
    st.lists(st.sampled_from([ines, karim, nadia]), max_size=2),
    st.lists(st.sampled_from([ines, karim, nadia]), max_size=2, unique=True),
    st.permutations([1, 2, None, None]),
)
def test_a_place_holds_one_person(
    people: list[Person], named: list[Person], ranks: list[int | None]
) -> None:
    """Whatever was known, whatever is named: nobody shares a place, and names are right in it."""
    before = [
        Known(number, rank, person)
        for number, (rank, person) in enumerate(zip(ranks, people, strict=False), 1)
    ]
    wanted = file_of(*named)
    after = {each.guardian_id: each.rank for each in before} | new_places(before, wanted)
    taken = [rank for rank in after.values() if rank]
    assert len(taken) == len(set(taken))
    for each in before:
        rank = after[each.guardian_id]
        assert rank not in wanted or each.person == wanted[rank]


def test_the_order_in_which_people_are_known_changes_nothing() -> None:
    """Rows come from a database."""
    here = [Known(INES, 1, ines), Known(KARIM, 2, karim)]
    for order in permutations(here):
        assert new_places(order, file_of(nadia, ines)) == {INES: 2, KARIM: None}
