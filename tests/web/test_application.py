"""What Flask is told once, it need not ask at each request."""

from collections.abc import Callable
from inspect import iscoroutinefunction

from flask import Flask
from werkzeug.routing import Map, Rule

from app.web.addresses import Address


def test_nothing_that_answers_is_a_coroutine(app_without_database: Flask) -> None:
    """They are called as they are: a coroutine would be given back, never run."""
    app = app_without_database
    called: list[Callable[..., object]] = list(app.view_functions.values())
    called += app.before_request_funcs[None] + app.after_request_funcs[None]
    assert not [each for each in called if iscoroutinefunction(each)]


def test_a_link_is_what_werkzeug_makes_of_it() -> None:
    """The first time, when it is compiled, and again; what the address has no place for follows."""
    patterns = {"home": "/accueil", "child": "/enfants/<child_id>", "page": "/p/<int:number>/suite"}
    plain, ours = (
        Map([kind(pattern, endpoint=name) for name, pattern in patterns.items()]).bind("exemple.fr")
        for kind in (Rule, Address)
    )
    links: tuple[tuple[str, dict[str, object]], ...] = (
        ("home", {}),
        ("home", {"q": "été & co", "page": 2}),
        ("child", {"child_id": "a/b ç"}),
        ("child", {"child_id": "x", "retour": "/accueil"}),
        ("page", {"number": 7}),
    )
    for name, values in (*links, *links):
        assert ours.build(name, dict(values)) == plain.build(name, dict(values))


def test_a_link_is_compiled_when_one_is_wanted(app_without_database: Flask) -> None:
    """Most addresses of a process are never linked to; each has two functions to make."""
    assert all(type(rule) is Address for rule in app_without_database.url_map.iter_rules())
    address = Address("/accueil", endpoint="home")
    Map([address])
    late = address._build
    assert address.build({}, append_unknown=False) == ("", "/accueil")
    assert address._build is not late
