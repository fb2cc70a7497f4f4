"""Templates compiled once for all the applications of a process.

Nearly every test makes an application of its own, and Jinja compiles for each of them all that it
draws: that was a third of what a test of a page cost.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from types import CodeType
from unittest import mock

from flask import Flask
from jinja2.bccache import Bucket, BytecodeCache


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


def _origin(bucket: Bucket) -> tuple[object, ...]:
    # tests/support/branches.py generates the code in another way.
    return bucket.environment.code_generator_class, bucket.key, bucket.checksum


@contextmanager
def compiled_once() -> Iterator[None]:
    """Let the applications that are made from now on share what they compile."""
    with mock.patch.object(Flask, "jinja_options", {"bytecode_cache": CompiledTemplates()}):
        yield
