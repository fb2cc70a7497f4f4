"""What is compiled for each application, compiled once for all those of a process.

Nearly every test makes an application of its own. Werkzeug compiled the code that builds the
address of each of its pages; SQLAlchemy compiled all of its SQL: nearly half of what a test of the
import cost. (What Jinja compiles is shared by the towns of a process: app/web/templating.py.)
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from typing import ClassVar
from unittest import mock

import werkzeug.test
from flask import Flask
from sqlalchemy import create_engine
from sqlalchemy.engine.default import DefaultDialect
from werkzeug.routing import Rule
from werkzeug.wsgi import get_current_url

from app.db import engines

Builder = Callable[..., tuple[str, str]]


class CompiledRule(Rule):
    """A rule of a URL map, whose code is made once for all rules that read the same."""

    _builders: ClassVar[dict[tuple[object, ...], Builder]] = {}

    def _compile_builder(self, append_unknown: bool = True) -> Builder:
        if self.defaults:
            return super()._compile_builder(append_unknown)
        origin = (*self._trace, append_unknown)
        if origin not in self._builders:
            self._builders[origin] = super()._compile_builder(append_unknown)
        return self._builders[origin]


@contextmanager
def compiled_once() -> Iterator[None]:
    """Let the applications that are made from now on share what they compile."""
    engine_with_statements = partial(create_engine, execution_options={"compiled_cache": {}})
    with ExitStack() as patches:
        for patch in (
            mock.patch.object(Flask, "url_rule_class", CompiledRule),
            mock.patch.object(engines, "create_engine", engine_with_statements),
            # What was compiled is found again by its dialect, of which each engine has its own.
            mock.patch.object(
                DefaultDialect, "__eq__", lambda one, other: type(one) is type(other)
            ),
            mock.patch.object(DefaultDialect, "__hash__", lambda one: hash(type(one))),
            # Twice a request, to know whose cookies: the host and the path would do.
            mock.patch.object(
                werkzeug.test, "get_current_url", partial(get_current_url, strip_querystring=True)
            ),
        ):
            patches.enter_context(patch)
        yield
