"""Jinja, as the portal's templates need it."""

import re
from collections.abc import Callable
from types import CodeType
from typing import Any

import jinja2
from flask import Flask
from jinja2.bccache import Bucket, BytecodeCache
from jinja2.environment import TemplateModule
from jinja2.runtime import Macro

from app.memo import Kept

DRAWINGS_KEPT = 4096
# Those that never break are words.
BLANKS = re.compile(r"[ \n\t]+")


def once(macro: Callable[..., str]) -> Kept[str]:
    """Draw a macro once for its arguments, without its indentation: every page carries it."""

    def draw(*args: Any, **kwargs: Any) -> str:
        drawn = macro(*args, **kwargs)
        # What a macro returns says whether it is escaped: that stays.
        return type(drawn)(BLANKS.sub(" ", drawn))

    return Kept(macro, DRAWINGS_KEPT)


class Context(jinja2.runtime.Context):
    """What a page knows; macros, which are most of what it calls, are called at once.

    Jinja first asks every callable whether it wants the context, for an eighth of a page's time.
    """

    def call(self, called: Any, /, *args: Any, **kwargs: Any) -> Any:
        """Call what a template calls; the variables of its loops are not for macros."""
        if not isinstance(called, (Macro, Kept)):
            return super().call(called, *args, **kwargs)
        kwargs.pop("_loop_vars", None)
        kwargs.pop("_block_vars", None)
        if isinstance(called, Macro):
            return called(self.eval_ctx, *args, **kwargs)
        return called(*args, **kwargs)


class Template(jinja2.Template):
    """A template whose components are prepared once, not compared with each page that uses them.

    Jinja compares the global names of both at every import, 20 µs each; they are always the same.
    """

    def _get_default_module(self, ctx: jinja2.runtime.Context | None = None) -> TemplateModule:
        return super()._get_default_module()


class CompiledTemplates(BytecodeCache):
    """The code of each template, by what it was made of: the towns of a process share it."""

    def __init__(self) -> None:
        """Know none yet."""
        self._codes: dict[tuple[object, ...], CodeType | None] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Give the code that was made of this very source."""
        bucket.code = self._codes.get(_origin(bucket))

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep new code."""
        self._codes[_origin(bucket)] = bucket.code


_COMPILED = CompiledTemplates()


def _origin(bucket: Bucket) -> tuple[object, ...]:
    # Code is generated in another way by who looks at what was drawn (tests/support/branches.py).
    return bucket.environment.code_generator_class, bucket.key, bucket.checksum


def init_app(app: Flask) -> None:
    """Make every template one of ours, and let components draw the same thing once."""
    app.jinja_env.template_class = Template
    app.jinja_env.bytecode_cache = _COMPILED
    app.jinja_env.context_class = Context
    # For a macro that depends on its arguments and on the settings, on nothing else.
    app.jinja_env.globals["once"] = once
