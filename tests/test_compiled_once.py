"""Applications share the code of a template or of a rule, as long as it says the same."""

from unittest import mock

from flask import Flask
from jinja2 import DictLoader
from jinja2.compiler import CodeGenerator
from werkzeug.routing import Rule

from tests.support.compiled_once import compiled_once


def draw(source: str) -> str:
    """Draw a page with a new application."""
    app = Flask(__name__)
    app.jinja_env.loader = DictLoader({"page.html": source})
    return app.jinja_env.get_template("page.html").render()


def test_a_template_is_compiled_once() -> None:
    compiling = CodeGenerator.visit_Template
    watched = mock.patch.object(CodeGenerator, "visit_Template", autospec=True)
    with compiled_once(), watched as compiled:
        compiled.side_effect = compiling
        assert [draw("Bonjour"), draw("Bonjour")] == ["Bonjour", "Bonjour"]
    assert compiled.call_count == 1


def test_a_template_that_changed_is_compiled_again() -> None:
    with compiled_once():
        assert [draw("Bonjour"), draw("Au revoir")] == ["Bonjour", "Au revoir"]


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
