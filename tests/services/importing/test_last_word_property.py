"""Whatever happens in whatever order, each value ends as its last word says."""

from dataclasses import dataclass, field
from pathlib import Path

import pytest
from flask import Flask
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy import select

import config
from app import create_app, db
from app.models import Account, Guardian
from app.services.accounts import address_correction
from app.services.families import accepted, reporting
from tests.services.importing.town import Town, hand_over
from tests.support.databases import NewDatabase
from tests.support.people import TOWN_HALL

COLUMNS = {"mobile": "portableResp1", "city": "adrLocalite", "email": "emailResp1"}
VALUES = {
    "mobile": ("", "06 39 98 00 01", "06 39 98 00 02"),
    "city": ("Crolles", "Domène", "Grenoble"),
    "email": ("un@exemple.fr", "deux@exemple.fr", "trois@exemple.fr"),
}
Act = tuple[str, str | None, str | None]


def acts_about(name: str) -> st.SearchStrategy[Act]:
    """Change the software, accept or correct, take it back, import."""
    said = st.sampled_from(VALUES[name])
    return st.one_of(
        st.just(("import", None, None)),
        st.tuples(st.just("software"), st.just(name), said),
        st.tuples(st.just("accept"), st.just(name), said),
        st.just(("withdraw", name, None)),
    )


# About one value mostly: what matters is in which order things happen to it.
ACTS = st.sampled_from(sorted(COLUMNS)).flatmap(
    lambda name: st.lists(
        st.one_of(*[acts_about(name)] * 3, *map(acts_about, COLUMNS)), min_size=3, max_size=12
    )
)


@dataclass
class Value:
    """A value as the rules see it: what the files last said, and what stands against it."""

    software: str
    said: str
    accepted: str | None = None

    @property
    def held(self) -> str:
        """Return the last word."""
        return self.said if self.accepted is None else self.accepted

    def accept(self, value: str) -> None:
        """The town hall has spoken last; saying what the files say leaves nothing open."""
        self.accepted = None if value == self.said else value

    def hand_over(self) -> None:
        """The files have spoken: what they said before is no word."""
        if self.software != self.said:
            self.said, self.accepted = self.software, None


@dataclass
class Model:
    """What should be, without a database."""

    values: dict[str, Value] = field(default_factory=dict)

    def act(self, act: str, name: str | None, value: str | None) -> None:
        """Do one thing."""
        if act == "import":
            for each in self.values.values():
                each.hand_over()
            return
        assert name is not None
        one = self.values[name]
        if act == "software":
            one.software = value or ""
        elif act == "accept":
            one.accept(value or "")
        else:
            one.accept(one.said)


class Portal:
    """The same, for real: the files of a small town, and what the town hall does."""

    def __init__(self, app: Flask, folder: Path) -> None:
        """Import the town once."""
        self.app = app
        self.folder = folder
        self.town = Town()
        self.town.files = {"famille.csv": self.town.files["famille.csv"][:1]}
        for name, column in COLUMNS.items():
            self.town.row("famille.csv")[column] = VALUES[name][0]
        self.hand_over()

    def hand_over(self) -> None:
        """Import the files as they are."""
        hand_over(self.app, self.town.folder(self.folder))

    def act(self, act: str, name: str | None, value: str | None) -> None:
        """Do one thing."""
        if act == "import":
            self.hand_over()
        elif act == "software":
            assert name is not None
            self.town.row("famille.csv")[COLUMNS[name]] = value or ""
        else:
            assert name is not None
            with self.app.app_context():
                self._accept(name, value)

    def _accept(self, name: str, value: str | None) -> None:
        guardian = db.session().scalars(select(Guardian).where(Guardian.rank == 1)).one()
        if value is None:
            open_now = {each.field: each.file_value for each in reporting.to_report()}
            if name not in open_now:
                return
            value = open_now[name] or ""
        if name == "email":
            if value != guardian.email:
                whose = select(Account.identifier).where(Account.guardian_id == guardian.id)
                address_correction.correct(db.session().scalars(whose).one(), value, TOWN_HALL)
            return
        with db.transaction() as session:
            holder = guardian.family if name in accepted.OF_FAMILY else guardian
            accepted.accept(session, holder, name, value, TOWN_HALL)

    def held(self) -> dict[str, str]:
        """Read what parents see."""
        with self.app.app_context():
            guardian = db.session().scalars(select(Guardian).where(Guardian.rank == 1)).one()
            return {
                "mobile": guardian.mobile,
                "city": guardian.family.city,
                "email": guardian.email,
            }

    def to_report(self) -> dict[str, str]:
        """Read what the town hall is asked to change in its software."""
        with self.app.app_context():
            return {each.field: each.value for each in reporting.to_report()}


@pytest.mark.parametrize(
    ("kind", "examples"),
    [("sqlite", 15), ("postgresql", 3), pytest.param("sqlite", 300, marks=pytest.mark.soak)],
)
def test_the_last_word_on_each_value_counts(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    kind: str,
    examples: int,
) -> None:
    """Imports, acceptances, corrections and withdrawals, in any order."""
    new: NewDatabase = request.getfixturevalue(f"new_{kind}")

    @hypothesis_settings(
        max_examples=examples, deadline=None, suppress_health_check=list(HealthCheck)
    )
    @given(ACTS)
    def in_any_order(acts: list[Act]) -> None:
        folder = tmp_path_factory.mktemp("town")
        app = create_app(config.Test(instance=folder / "instance", database_url=new()))
        portal = Portal(app, folder / "files")
        model = Model({name: Value(first[0], first[0]) for name, first in VALUES.items()})
        for act in (*acts, ("import", None, None)):
            portal.act(*act)
            model.act(*act)
            assert portal.held() == {name: each.held for name, each in model.values.items()}
            assert portal.to_report() == {
                name: each.accepted
                for name, each in model.values.items()
                if each.accepted is not None
            }
        app.extensions["portail.engine"].dispose()

    in_any_order()
