"""What is compiled for each application, compiled once for all those of a process.

Nearly every test makes an application of its own. Jinja compiled all that it drew, Werkzeug the
code that builds the address of each of its pages: two fifths of what a test of a page cost.
SQLAlchemy compiled all of its SQL: nearly half of what a test of the import cost.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from types import CodeType
from typing import ClassVar
from unittest import mock

from flask import Flask
from jinja2.bccache import Bucket, BytecodeCache
from sqlalchemy import create_engine
from sqlalchemy.engine.default import DefaultDialect
from werkzeug.routing import Rule

from app import db

Builder = Callable[..., tuple[str, str]]


class CompiledTemplates(BytecodeCache):
    """The code of each template, by what it was made of."""

    def __init__(self) -> None:
        self._codes: dict[tuple[object, ...], CodeType | None] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Give the code that was made of this very source."""
        bucket.code = self._codes.get(_origin(bucket))

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep new code."""
        self._codes[_origin(bucket)] = bucket.code


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


def _origin(bucket: Bucket) -> tuple[object, ...]:
    # tests/support/branches.py generates the code in another way.
    return bucket.environment.code_generator_class, bucket.key, bucket.checksum


@contextmanager
def compiled_once() -> Iterator[None]:
    """Let the applications that are made from now on share what they compile."""
    engine_with_statements = partial(create_engine, execution_options={"compiled_cache": {}})
    with ExitStack() as patches:
        for patch in (
            mock.patch.object(Flask, "jinja_options", {"bytecode_cache": CompiledTemplates()}),
            mock.patch.object(Flask, "url_rule_class", CompiledRule),
            mock.patch.object(db, "create_engine", engine_with_statements),
            # What was compiled is found again by its dialect, of which each engine has its own.
            mock.patch.object(
                DefaultDialect, "__eq__", lambda one, other: type(one) is type(other)
            ),
            mock.patch.object(DefaultDialect, "__hash__", lambda one: hash(type(one))),
        ):
            patches.enter_context(patch)
        yield
