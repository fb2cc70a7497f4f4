"""Applications share what was compiled of a rule, a statement that say the same."""

from pathlib import Path
from unittest import mock

from flask import Flask
from sqlalchemy import Select, literal, select
from sqlalchemy.sql.compiler import SQLCompiler
from werkzeug.routing import Rule

from app import db
from tests.support.compiled_once import compiled_once


def address(rule: str, **values: object) -> str:
    """Build the address of a page with a new application."""
    app = Flask(__name__)
    app.add_url_rule(rule, "page")
    return app.url_map.bind("localhost").build("page", values)


def test_a_rule_is_compiled_once() -> None:
    compiling = Rule._compile_builder
    watched = mock.patch.object(Rule, "_compile_builder", autospec=True)
    with compiled_once(), watched as compiled:
        compiled.side_effect = compiling
        once = address("/enfants/<name>/once", name="Zoé")
        assert compiled.call_count > 0
        compiled.reset_mock()
        assert address("/enfants/<name>/once", name="Zoé") == once
        assert not compiled.called


def test_rules_that_differ_build_different_addresses() -> None:
    with compiled_once():
        assert address("/a/<x>", x="é", y="1") == "/a/%C3%A9?y=1"
        assert address("/b/<x>", x="é") == "/b/%C3%A9"
        assert address("/a/<int:x>", x=7) == "/a/7"
        assert address("/a/<path:x>", x="b/c") == "/a/b/c"


def asked(statement: Select[str], database: Path) -> str:
    """Ask a database with a new engine."""
    engine = db.open_engine(f"sqlite:///{database}")
    with engine.connect() as connection:
        answer = connection.execute(statement).scalar_one()
    engine.dispose()
    return answer


def test_a_statement_is_compiled_once(tmp_path: Path) -> None:
    """Whatever its values are, and the database that it is sent to."""
    compiling = SQLCompiler.visit_select
    watched = mock.patch.object(SQLCompiler, "visit_select", autospec=True)
    with compiled_once(), watched as compiled:
        compiled.side_effect = compiling
        assert asked(select(literal("Bonjour")), tmp_path / "one.db") == "Bonjour"
        assert asked(select(literal("Au revoir")), tmp_path / "other.db") == "Au revoir"
        assert compiled.call_count == 1
        assert asked(select(literal("Bon") + "soir"), tmp_path / "one.db") == "Bonsoir"
        assert compiled.call_count == 2


def test_other_kinds_of_database_are_spoken_to_in_their_own_words(tmp_path: Path) -> None:
    with compiled_once():
        ours = db.open_engine(f"sqlite:///{tmp_path / 'one.db'}").dialect
        same = db.open_engine(f"sqlite:///{tmp_path / 'other.db'}").dialect
        other = db.open_engine("postgresql://portail@localhost/portail").dialect
        assert ours == same != other
