"""Who is who in a family's file, when names, places or both have changed."""

from dataclasses import replace
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
        Person("DUPUIS", "Inès", None, "ines@exemple.fr"),
        Person("DUPUIS", "Agnès", BORN, "ines@exemple.fr"),
        Person("GARNIER", "Agnès", BORN),
        Person("GARNIER", "Inés", None, "ines@exemple.fr"),
        Person("GARNIER", "Innès", None, "ines@exemple.fr"),
        Person("GARNIER", "Inès Marie"),
    ],
)
def test_whoever_changed_names_or_was_corrected_stays(person: Person) -> None:
    """A marriage, capitals, a slip in a name or in a date: two clues remain at least."""
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
        Person("BENALI", "Nadia", BORN),
        Person("DUPUIS", "Ines Marie"),
        Person("DUROC", "Inès", None, "ines.duroc@exemple.fr"),
        Person("GARNIER", "Nadia", None, "ines@exemple.fr"),
        Person("DUPUIS", "Inès", date(1990, 5, 1), "ines@exemple.fr"),
    ],
)
def test_somebody_else_takes_the_place(person: Person) -> None:
    """Nothing that Inès has is theirs: one clue is not enough, nor what a couple shares."""
    assert new_places(known(ines), file_of(person)) == {INES: None}


@pytest.mark.parametrize("nobody_s", [date(1900, 1, 1), date(1986, 1, 1), date(1986, 12, 31)])
def test_a_date_that_stands_for_none_is_no_clue(nobody_s: date) -> None:
    """Who is known by the year alone, or not at all, is written as born on such a day."""
    before = [Known(INES, 1, Person("GARNIER", "Inès", nobody_s))]
    assert new_places(before, file_of(Person("DUPUIS", "Inès", nobody_s))) == {INES: None}
    # Nor does it tell somebody apart: the real date came later.
    assert new_places(before, file_of(Person("GARNIER", "Inès Marie", BORN))) == {}


def test_a_date_or_an_address_that_two_people_have_is_no_clue() -> None:
    """Copied from one guardian to the other, it says nothing of either."""
    for clue in (Person("", "", BORN), Person("", "", None, "nous@exemple.fr")):
        one, two = replace(clue, last_name="A", first_name="Inès"), replace(clue, last_name="B")
        renamed = file_of(replace(one, last_name="C"), two)
        assert new_places(known(one, two), renamed) == {INES: None}
        assert new_places(known(one), file_of(renamed[1])) == {}


def test_an_address_of_another_family_too_is_no_clue() -> None:
    """A home, an association, a grandmother who writes for two households."""
    named = file_of(Person("DUPUIS", "Inès", None, "ines@exemple.fr"))
    assert new_places(known(ines), named) == {}
    assert new_places(known(ines), named, shared_elsewhere={"ines@exemple.fr"}) == {INES: None}


@pytest.mark.parametrize(
    ("before", "after", "is_same"),
    [
        ("Innès", "Inès", True),
        ("Karrim", "Karim", True),
        ("Anoine", "Antoine", True),
        ("Michel", "Michèle", False),
        ("Paul", "Paule", False),
        ("Karim", "Nadia", False),
        ("", "Léa", False),
    ],
)
def test_one_letter_does_not_close_an_access(before: str, after: str, *, is_same: bool) -> None:
    """A slip in a first name; a last letter makes another person, though."""
    was, now = (Person("GARNIER", name, None, "g@exemple.fr") for name in (before, after))
    assert new_places(known(was), file_of(now)) == ({} if is_same else {INES: None})


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (("Yıldız", "Işıl"), ("YILDIZ", "IŞIL")),
        (("Wałęsa", "Łucja"), ("WALESA", "Lucja")),
        (("Strauß", "Jørgen"), ("STRAUSS", "JORGEN")),
        (("Le Bœuf", "Đorđe"), ("LE-BOEUF", "Dorde")),
    ],
)
def test_letters_without_an_accent_of_their_own_change_nobody(
    before: tuple[str, str], after: tuple[str, str]
) -> None:
    """The town put its names in capitals."""
    assert new_places(known(Person(*before)), file_of(Person(*after))) == {}


def test_two_who_change_places_keep_what_is_theirs() -> None:
    """The town's software names Karim first from now on."""
    assert new_places(known(ines, karim), file_of(karim, ines)) == {INES: 2, KARIM: 1}


def test_the_second_becomes_the_first_when_the_first_leaves() -> None:
    """After a separation: Inès has the file for herself, and Karim's password opens it no more."""
    assert new_places(known(karim, ines), file_of(ines)) == {1: None, 2: 1}


def test_the_second_becomes_the_first_and_somebody_new_the_second() -> None:
    """Nadia gets an account of her own."""
    assert new_places(known(karim, ines), file_of(ines, nadia)) == {1: None, 2: 1}


def test_whom_the_file_does_not_name_any_more_has_left() -> None:
    """Unless it has no column for the second guardian: it says nothing of who that is."""
    assert new_places(known(ines, karim), file_of(ines)) == {KARIM: None}
    assert new_places(known(ines, karim), file_of(ines), spoken_of=[1]) == {}


def test_who_changes_names_and_places_at_once_is_found() -> None:
    """The second becomes the first, under the name she had before."""
    assert new_places(known(karim, ines), file_of(Person("DUPUIS", "Inès", BORN))) == {
        1: None,
        2: 1,
    }


def test_whoever_comes_back_finds_their_place() -> None:
    """A slip in one export, put right in the next."""
    gone = [Known(NADIA, 1, nadia), Known(INES, None, ines)]
    assert new_places(gone, file_of(ines)) == {NADIA: None, INES: 1}


def test_a_namesake_of_another_age_is_somebody_else() -> None:
    """A father and his son: the one who left is not the one who comes."""
    gone = [Known(NADIA, 1, nadia), Known(INES, None, ines)]
    namesake = Person(ines.last_name, ines.first_name, date(2005, 5, 1))
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
