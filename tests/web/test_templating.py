"""Components are prepared once for all pages, whatever each page knows."""

from flask import Flask, render_template_string

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


def test_a_macro_is_called_as_jinja_calls_it(app: Flask) -> None:
    """With its names, from a loop, and marked safe only where the page escapes what it adds."""
    with app.test_request_context():
        page = render_template_string(
            "{% macro item(n, sign='<') %}{{ sign }}{{ n }}{% endmacro %}"
            "{% for n in [1, 2] %}{% set twice = 2 * n %}{{ item(n=twice) }}{% endfor %}"
            "{% autoescape false %}{{ item(3) ~ '<' }}{% endautoescape %}{{ item(4) ~ '<' }}"
        )
    assert page == "&lt;2&lt;4&lt;3<&lt;4&lt;"
