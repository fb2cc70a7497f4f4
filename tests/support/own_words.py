"""A town whose server says nothing of it: all its words are its own, in `commune.toml`."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from flask import Flask

import config
from app.settings import EXTENSION, FOLLOWING
from configuring import town_file


@contextmanager
def own_words(app: Flask) -> Iterator[None]:
    """Have the server say nothing of the town for as long as the block lasts."""
    following = app.extensions[FOLLOWING]
    given = following.given
    usual = config.Test(instance=given.instance)
    said = {name: getattr(given, name) for name in town_file.NAMES}
    _give(app, replace(given, **{name: getattr(usual, name) for name in town_file.NAMES}))
    (given.instance / town_file.FILE).write_text(town_file.as_toml(said), "utf-8")
    following.look_now()
    try:
        yield
    finally:
        Path(given.instance / town_file.FILE).unlink()
        _give(app, given)


def _give(app: Flask, given: config.Settings) -> None:
    following = app.extensions[FOLLOWING]
    following.given, following.fixed = given, town_file.fixed(given)
    app.extensions[EXTENSION] = given
    following.look_now()
    for tell in following.when_changed:
        tell(app)
