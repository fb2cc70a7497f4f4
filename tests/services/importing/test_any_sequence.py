"""Whatever files come next, nobody sees a child or an account that is not theirs."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy import select, update

import config
from app import create_app, db
from app.models import Account, Child, Family, FamilyChild, Guardian
from tests.services.importing.town import Row, encoded, hand_over
from tests.support.databases import NewDatabase

FAMILIES = ("1", "2")
CHILDREN = ("c1", "c2", "c3")
A_DATE_OF_MANY = "01/01/1980"
person = st.fixed_dictionaries(
    {
        "nom": st.sampled_from(["GARNIER", "DUPUIS", "BENALI"]),
        "prenom": st.sampled_from(["Inès", "Karim", "Nadia"]),
        "dateNais": st.sampled_from(["", "02/09/1986", "12/05/1984", A_DATE_OF_MANY]),
        "email": st.sampled_from(["", "a@exemple.fr", "b@exemple.fr"]),
    }
)
family = st.tuples(person, st.none() | person, st.sets(st.sampled_from(CHILDREN)))
# Of some families only, or of both; with a word of who is whose child, or without.
export = st.tuples(st.dictionaries(st.sampled_from(FAMILIES), family, min_size=1), st.booleans())
Export = tuple[dict[str, Any], bool]


@dataclass(frozen=True)
class Holder:
    """Who may open an account with a password, by the guardian's row."""

    last_name: str
    first_name: str
    birth_date: str
    email: str


def write(folder: Path, families: dict[str, Any], with_links: bool) -> dict[str, set[str]]:
    """Write the files of a month; return the children of each family that they name so."""
    folder.mkdir()
    rows = [
        {"id": number, **cells(1, first), **cells(2, second or dict.fromkeys(first, ""))}
        for number, (first, second, _) in families.items()
    ]
    links = [
        {"famille_id": number, "enfant_id": child}
        for number, (_, _, children) in families.items()
        for child in sorted(children)
    ]
    files: dict[str, list[Row]] = {
        "famille.csv": rows,
        "enfant.csv": [{"Id": each, "nom": "X", "prenom": each} for each in CHILDREN],
    }
    if with_links and links:
        files["enfantFamille.csv"] = links
    for name, content in files.items():
        (folder / name).write_bytes(encoded(content))
    told = {number: set(children) for number, (_, _, children) in families.items() if children}
    return told if with_links else {}


def cells(rank: int, of: dict[str, str]) -> Row:
    return {f"{name}Resp{rank}": cell for name, cell in of.items()}


def holders(*, closed: bool) -> dict[int, Holder]:
    """Read whose the accounts with a password are; those that are closed too, if wanted."""
    found = db.session().execute(
        select(Account.id, Guardian.last_name, Guardian.first_name, Guardian.birth_date,
               Guardian.email)
        .join(Guardian)
        .where(Account.password_hash.is_not(None), Account.archived_at.is_(None) | closed)
    )  # fmt: skip
    return {
        number: Holder(last, first, f"{born:%d/%m/%Y}" if born else "", email)
        for number, last, first, born, email in found
    }


def clues(one: Holder, other: Holder) -> Iterator[str]:
    """Say what two people have in common that a couple has not."""
    if one.birth_date == other.birth_date and one.birth_date not in {"", A_DATE_OF_MANY}:
        yield "birth date"
    if one.first_name == other.first_name or one.last_name == other.last_name:
        yield "name"
    if one.email == other.email != "":
        yield "address"


def shown() -> set[tuple[str, str]]:
    found = (
        select(Family.source_id, Child.source_id)
        .join(FamilyChild, FamilyChild.family_id == Family.id)
        .join(Child, Child.id == FamilyChild.child_id)
    )
    return {(family, child) for family, child in db.session().execute(found)}


def live_a_month(app: Flask, folder: Path, month: Export, given: dict[str, set[str]]) -> None:
    """Import, check what everybody sees, and have everybody choose a password."""
    with app.app_context():
        before = holders(closed=True)
    given |= write(folder, *month)
    hand_over(app, folder)
    with app.app_context():
        assert {
            (family, child) for family, child in shown() if child not in given.get(family, ())
        } == set()
        for account, holder in holders(closed=False).items():
            was = before[account]
            same = {was.last_name, was.first_name} == {holder.last_name, holder.first_name}
            assert same or len(set(clues(was, holder))) > 1, (was, holder)
        left = select(Account.archived_at).join(Guardian).where(Guardian.rank.is_(None))
        assert None not in db.session().scalars(left).all()
    with app.app_context(), db.transaction() as session:
        session.execute(update(Account).values(password_hash="chosen"))


def test_no_sequence_of_imports_shows_a_child_or_an_account_to_somebody_else(
    tmp_path_factory: pytest.TempPathFactory, new_sqlite: NewDatabase
) -> None:
    """People are renamed, move, leave, come back; children too."""

    @hypothesis_settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.lists(export, min_size=2, max_size=4))
    def live(months: list[Export]) -> None:
        folder = tmp_path_factory.mktemp("months")
        app = create_app(config.Test(instance=folder / "instance", database_url=new_sqlite()))
        given: dict[str, set[str]] = {}
        for number, month in enumerate(months):
            live_a_month(app, folder / str(number), month, given)
        app.extensions["portail.engine"].dispose()

    live()
