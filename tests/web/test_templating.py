"""Components are prepared once for all pages, whatever each page knows."""

from datetime import date
from unittest import mock

import pytest
from flask import Flask, render_template, render_template_string, url_for
from jinja2 import DictLoader, UndefinedError
from jinja2.compiler import CodeGenerator

from app.web import templating

PAGE = '{% from "components/values.html" import amount %}{{ amount(value) }}'


def test_a_component_is_shared_by_pages_and_still_gets_their_values(app: Flask) -> None:
    with app.test_request_context():
        first = render_template_string(PAGE, value=1)
        shared = app.jinja_env.get_template("components/values.html").module
        second = render_template_string(PAGE, value=2, something_else="unknown to components")
    assert "1,00" in first
    assert "2,00" in second
    assert app.jinja_env.get_template("components/values.html").module is shared


def test_what_depends_on_its_arguments_alone_is_drawn_once(app: Flask) -> None:
    drawings: list[object] = []
    with app.test_request_context():
        page = render_template_string(
            "{% macro _draw(n) %}{{ seen(n) or n }}{% endmacro %}{% set draw = once(_draw) %}"
            "{{ draw(1) }} {{ draw(1) }} {{ draw(2) }} {{ draw('<') }}",
            seen=drawings.append,
        )
    assert page == "1 1 2 &lt;"
    assert drawings == [1, 2, "<"]


def test_what_is_drawn_once_has_no_indentation(app: Flask) -> None:
    """Every page carries it."""
    with app.test_request_context():
        page = render_template_string(
            "{% macro _draw() %}\n    <p>\n      Un\xa0mot\n    </p>{% endmacro %}"
            "{% set draw = once(_draw) %}{{ draw() }}"
        )
    assert page == " <p> Un\xa0mot </p>"


def test_attributes_and_items_are_read_as_jinja_reads_them(app: Flask) -> None:
    """The attribute before the item, and nothing where there is neither, unless more is asked."""
    page = "{{ date.year }} {{ {'year': {'items': 2}}.year['items'] }} {{ {'a': '<'}.a }}"
    with app.test_request_context():
        assert render_template_string(page, date=date(2018, 7, 12)) == "2018 2 &lt;"
        page = "{{ date['year'] }} {{ row['count'](1) }} {{ row[0] }}{{ row['missing'] }}"
        assert render_template_string(page, date=date(2018, 7, 12), row=(1, 1)) == "2018 2 1"
        assert render_template_string("{{ {}.missing }}{{ 'ok' if not {}.missing }}") == "ok"
        with pytest.raises(UndefinedError, match="missing"):
            render_template_string("{{ {}.missing.deeper }}")


def test_a_macro_is_called_as_jinja_calls_it(app: Flask) -> None:
    """With its names, from a loop, and marked safe only where the page escapes what it adds."""
    with app.test_request_context():
        page = render_template_string(
            "{% macro item(n, sign='<') %}{{ sign }}{{ n }}{% endmacro %}"
            "{% for n in [1, 2] %}{% set twice = 2 * n %}{{ item(n=twice) }}{% endfor %}"
            "{% autoescape false %}{{ item(3) ~ '<' }}{% endautoescape %}{{ item(4) ~ '<' }}"
        )
    assert page == "&lt;2&lt;4&lt;3<&lt;4&lt;"


def test_a_macro_that_is_given_all_it_takes_is_called_as_any_other(app: Flask) -> None:
    """Marked safe where the page escapes; told of what is too much; given what stands inside it."""
    with app.test_request_context():
        page = render_template_string(
            "{% macro item(n) %}<{{ n }}>{% endmacro %}"
            "{% macro box() %}[{{ caller() }}]{% endmacro %}"
            "{{ item('&') ~ '<' }}{% autoescape false %}{{ item('&') ~ '<' }}{% endautoescape %}"
            "{% call box() %}{{ item(1) }}{% endcall %}"
        )
        assert page == "<&amp;>&lt;<&amp;><[<1>]"
        with pytest.raises(TypeError, match="not more than 1"):
            render_template_string("{% macro item(n) %}{% endmacro %}{{ item(1, 2) }}")


def test_a_macro_is_given_what_is_named_in_its_own_order(app: Flask) -> None:
    """Whatever the order of the names; what it does not know, and what is given twice, is told."""
    item = "{% macro item(n, sign='-', end='.') %}{{ sign }}{{ n }}{{ end }}{% endmacro %}"
    box = "{% macro box(n, sign='-') %}{{ sign }}{{ n }}{{ caller() if caller }}{% endmacro %}"
    with app.test_request_context():
        page = item + "{{ item(end='!', n=1) }} {{ item(2, end='?') }} {{ item(3) }}"
        assert render_template_string(page) == "-1! -2? -3."
        page = box + "{% call box(sign='+', n=1) %}in{% endcall %} {{ box(2) }}"
        assert render_template_string(page) == "+1in -2"
        for wrong in ("{{ item(1, other=2) }}", "{{ item(1, n=2) }}"):
            with pytest.raises(TypeError):
                render_template_string(item + wrong)


def test_templates_that_may_change_are_read_again(app_without_database: Flask) -> None:
    """As whoever writes one wants; elsewhere each is kept."""
    environment = app_without_database.jinja_env
    pages = {"page.html": "before"}
    environment.loader = DictLoader(pages)
    environment.auto_reload = True
    assert environment.get_template("page.html").render() == "before"
    pages["page.html"] = "after"
    assert environment.get_template("page.html").render() == "after"
    environment.auto_reload = False
    assert environment.get_template("page.html") is environment.get_template("page.html")


def draw(source: str) -> str:
    """Draw a page with a new application."""
    app = Flask(__name__)
    templating.init_app(app)
    app.jinja_env.loader = DictLoader({"page.html": source})
    return app.jinja_env.get_template("page.html").render()


def test_a_template_is_compiled_once() -> None:
    compiling = CodeGenerator.visit_Template
    watched = mock.patch.object(CodeGenerator, "visit_Template", autospec=True)
    with watched as compiled:
        compiled.side_effect = compiling
        assert [draw("Bonsoir"), draw("Bonsoir")] == ["Bonsoir", "Bonsoir"]
    assert compiled.call_count == 1


def test_a_template_that_changed_is_compiled_again() -> None:
    assert [draw("Bonjour"), draw("Au revoir")] == ["Bonjour", "Au revoir"]


def test_a_page_is_sent_without_its_indentation(app: Flask) -> None:
    """Words stay apart as they were, and what was written on one line stays there; mails too."""
    written = (
        "<ul>\n      {% if word %}\n    <li>{{ word }}  <b>un</b>\n\n  </li>{% endif %}\n</ul>"
    )
    app.jinja_env.loader = DictLoader({"page.html": written, "mail/letter.html": written})
    with app.test_request_context():
        page = render_template("page.html", word="deux\n      mots")
        assert page == "<ul>\n\n<li>deux\n      mots  <b>un</b>\n</li>\n</ul>"
        assert render_template("mail/letter.html", word="") == "<ul>\n      \n</ul>"


def test_an_address_of_a_list_is_built_once_for_all_rows(app: Flask) -> None:
    """Each row adds its own id to it; a page that has more after the id cannot be asked so."""
    with app.test_request_context():
        row = render_template_string("{{ url_before_id('family.invoice') }}{{ id }}", id="a" * 16)
        assert row == url_for("family.invoice", public_id="a" * 16)
        with pytest.raises(AssertionError, match="withdraw"):
            render_template_string("{{ url_before_id('family.withdraw_request') }}")


def test_a_macro_is_given_by_name_what_it_lacks_and_what_stands_inside_it(app: Flask) -> None:
    """Its own words where nothing is said; what it does not know, Jinja refuses."""
    box = "{% macro box(n, sign='<') %}[{{ n }}{{ sign }}{{ caller() }}]{% endmacro %}"
    with app.test_request_context():
        page = render_template_string(
            box + "{% call box(1) %}a{% endcall %}{% call box(n=2, sign='>') %}b{% endcall %}"
            "{% call box(3, '=') %}c{% endcall %}"
        )
        assert page == "[1&lt;a][2&gt;b][3=c]"
        with pytest.raises(UndefinedError, match="No caller defined"):
            render_template_string(box + "{{ box(1) }}")
        with pytest.raises(TypeError, match="'other'"):
            render_template_string(box + "{% call box(1, other=2) %}{% endcall %}")
