"""A connection that a test leaves open is told, with the line that opened it."""

import gc
import sqlite3
import warnings
from pathlib import Path

import pytest

import config
from app import create_app, db

THIS = "tests/test_connections.py"


def told(caught: list[warnings.WarningMessage]) -> list[str]:
    return [str(each.message) for each in caught if each.category is ResourceWarning]


def test_what_is_left_open_is_told() -> None:
    """On Python 3.11 as on those that say it themselves."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        sqlite3.connect(":memory:")
        gc.collect()
    [said] = told(caught)
    assert f"opened by {THIS}:" in said


@pytest.mark.parametrize("disposed", [True, False])
def test_an_engine_keeps_its_connections_until_it_is_disposed_of(
    tmp_path: Path, disposed: bool
) -> None:
    """An application that nobody puts away leaves one."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        app = create_app(config.Test(instance=tmp_path))
        with app.app_context():
            db.engine().connect().close()
        if disposed:
            app.extensions[db.EXTENSION].dispose()
        del app
        gc.collect()
    assert len(told(caught)) == (0 if disposed else 1)
    assert all(THIS in each for each in told(caught))
