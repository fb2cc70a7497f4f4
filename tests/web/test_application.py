"""What Flask is told once, it need not ask at each request."""

from collections.abc import Callable
from inspect import iscoroutinefunction

from flask import Flask


def test_nothing_that_answers_is_a_coroutine(app_without_database: Flask) -> None:
    """They are called as they are: a coroutine would be given back, never run."""
    app = app_without_database
    called: list[Callable[..., object]] = list(app.view_functions.values())
    called += app.before_request_funcs[None] + app.after_request_funcs[None]
    assert not [each for each in called if iscoroutinefunction(each)]
