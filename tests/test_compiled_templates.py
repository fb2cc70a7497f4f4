"""Applications share the code of a template, as long as it says the same."""

from unittest import mock

from flask import Flask
from jinja2 import DictLoader
from jinja2.compiler import CodeGenerator

from tests.compiled_templates import compiled_once


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
