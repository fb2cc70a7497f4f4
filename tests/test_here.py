"""What runs now is given itself, and nothing where nothing runs."""

import flask
import pytest
from flask import Flask

from app import here


def test_it_is_what_flask_would_ask(app_without_database: Flask) -> None:
    """Of the request that is answered, whichever application answers it."""
    other = Flask("other")
    with app_without_database.test_request_context("/connexion"):
        assert here.application() is app_without_database
        assert here.request().path == flask.request.path == "/connexion"
        here.session()["of"], here.g().of = "the town", "the town"
        assert (flask.session["of"], flask.g.of) == ("the town", "the town")
        with other.test_request_context("/mairie"):
            assert (here.application(), here.request().path) == (other, "/mairie")
            assert "of" not in here.g()
        assert here.application() is app_without_database


@pytest.mark.parametrize("ask", [here.application, here.g, here.request, here.session])
def test_outside_there_is_nothing(ask: object) -> None:
    """As a proxy says it: formats then take the hour of Paris."""
    assert callable(ask)
    with pytest.raises(RuntimeError, match="outside of"):
        ask()
