"""Jinja, as the portal's templates need it."""

import ctypes
import re
from collections.abc import Callable, Mapping, MutableMapping, Sequence
from itertools import repeat
from types import BuiltinMethodType, CodeType, FunctionType, MethodType
from typing import Any, cast

import flask.templating
import jinja2
from flask import Flask
from jinja2.bccache import Bucket, BytecodeCache
from jinja2.compiler import Frame, optimizeconst
from jinja2.environment import TemplateModule
from jinja2.nodes import Expr, Getattr, TemplateData
from jinja2.runtime import Macro
from jinja2.utils import missing
from markupsafe import Markup

from app.memo import Kept
from app.settings import EXTENSION

DRAWINGS_KEPT = 4096
# Of objects: none wants the context.
METHODS = (MethodType, BuiltinMethodType)
# Those that never break are words.
BLANKS = re.compile(r"[ \n\t]+")
INDENTATION = re.compile(r"[ \t]*\n[ \n\t]*")


def once(macro: Callable[..., str]) -> Kept[str]:
    """Draw a macro once for its arguments, without its indentation: every page carries it."""

    def draw(*args: Any, **kwargs: Any) -> str:
        drawn = macro(*args, **kwargs)
        # What a macro returns says whether it is escaped: that stays.
        return type(drawn)(BLANKS.sub(" ", drawn))

    return Kept(draw, DRAWINGS_KEPT)


class Context(jinja2.runtime.Context):
    """What a page knows; macros and methods, which are most of what it calls, are called at once.

    Jinja first asks every callable whether it wants the context, for an eighth of a page's time.
    """

    def call(
        self,
        called: Any,
        /,
        *args: Any,
        _loop_vars: dict[str, Any] | None = None,
        _block_vars: dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> Any:
        """Call what a template calls; the variables of its loops are not for macros."""
        kind = type(called)
        if kind is Macro:
            ordered = _in_order(args, kwargs, called)
            if ordered is None:
                return called(self.eval_ctx, *args, **kwargs)
            drawn = called._func(*ordered)  # noqa: SLF001
            # `Markup` itself would look for what else than words it may have been given.
            return str.__new__(Markup, drawn) if self.eval_ctx.autoescape else drawn
        if kind is Kept or kind in METHODS:
            return called(*args, **kwargs)
        if kind is FunctionType and not hasattr(called, "jinja_pass_arg"):
            return called(*args, **kwargs)
        return super().call(called, *args, _loop_vars=_loop_vars, _block_vars=_block_vars, **kwargs)


def _in_order(given: tuple[Any, ...], named: Mapping[str, Any], macro: Macro) -> Any:
    """Put what a macro is given in its own order; None where Jinja has more to sort out."""
    lacking = len(macro.arguments) - len(given)
    if lacking < 0 or macro.catch_kwargs or macro.catch_varargs or macro.explicit_caller:
        return None
    if not named and not macro.caller:
        return (*given, *repeat(missing, lacking)) if lacking else given
    names: Sequence[str] = macro.arguments[len(given) :]
    # What is drawn between `call` and `endcall` comes last.
    if macro.caller:
        if "caller" not in named:
            return None
        names = (*names, "caller")
    if not all(map(names.__contains__, named)):
        return None
    return (*given, *map(named.get, names, repeat(missing)))


class CodeGenerator(jinja2.compiler.CodeGenerator):
    """Writes the code of templates, in which what is most frequent costs no call.

    What a macro drew is put in as it is, a number too, and words as they are escaped: Jinja copies
    them to say that they need no more escaping. What an object has is asked of it: Jinja asks the
    environment, which asks the object.
    """

    def visit_Template(self, node: jinja2.nodes.Template, frame: Frame | None = None) -> None:  # noqa: N802
        """Begin with what the code below calls."""
        self.writeline("from markupsafe import _escape_inner as escaped")
        super().visit_Template(node, frame)

    def _output_child_to_const(self, node: Expr, frame: Frame, finalize: Any) -> str:
        constant = super()._output_child_to_const(node, frame, finalize)
        # The indentation of pages was a sixth of what is sent; a mail stays as it is written.
        if isinstance(node, TemplateData) and _is_page(self.name):
            return INDENTATION.sub("\n", constant)
        return constant

    def _output_child_pre(self, node: Expr, frame: Frame, finalize: Any) -> None:
        if _is_escaped(frame):
            self.write("(drawn if (kind := type(drawn := ")
        else:
            super()._output_child_pre(node, frame, finalize)

    def _output_child_post(self, node: Expr, frame: Frame, finalize: Any) -> None:
        if _is_escaped(frame):
            self.write(")) is Markup else escaped(drawn) if kind is str")
            self.write(" else str(drawn) if kind is int else escape(drawn))")
        else:
            super()._output_child_post(node, frame, finalize)

    @optimizeconst
    def visit_Getattr(self, node: Getattr, frame: Frame) -> None:  # noqa: N802
        """Write what reads an attribute; without it, the environment knows what to do."""
        self.write("(found if (found := getattr((owner := ")
        self.visit(node.node, frame)
        self.write(f"), {node.attr!r}, missing)) is not missing")
        self.write(f" else environment.getattr(owner, {node.attr!r}))")


def _is_page(name: str | None) -> bool:
    return name is not None and name.endswith(".html") and not name.startswith("mail/")


def _is_escaped(frame: Frame) -> bool:
    return frame.eval_ctx.autoescape and not frame.eval_ctx.volatile


class Template(jinja2.Template):
    """A template whose components are prepared once, not compared with each page that uses them.

    Jinja compares the global names of both at every import, 20 µs each; they are always the same.
    """

    def _get_default_module(self, ctx: jinja2.runtime.Context | None = None) -> TemplateModule:
        known: TemplateModule | None = self._module
        return super()._get_default_module() if known is None else known

    def new_context(
        self,
        vars: dict[str, Any] | None = None,  # noqa: A002 (Jinja's name)
        shared: bool = False,
        locals: Mapping[str, Any] | None = None,  # noqa: A002
    ) -> jinja2.runtime.Context:
        """Put what a page is given above the globals, which are the same for all templates."""
        if shared or locals:
            return super().new_context(vars, shared, locals)
        known = {**self.environment.globals, **(vars or {})}
        return self.environment.context_class(self.environment, known, self.name, self.blocks)


class CompiledTemplates(BytecodeCache):
    """The code of each template, by what it was made of: the towns of a process share it."""

    def __init__(self) -> None:
        """Know none yet."""
        self._codes: dict[tuple[object, ...], CodeType | None] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Give the code that was made of this very source."""
        bucket.code = self._codes.get(_origin(bucket))

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep new code, and nothing of what it was made with."""
        self._codes[_origin(bucket)] = bucket.code
        _give_memory_back()


_COMPILED = CompiledTemplates()
_C_LIBRARY = ctypes.CDLL(None)


def _give_memory_back() -> None:
    # A page's template takes thirty times its size to compile, 6 MB for the largest; between what
    # stays, the C library would keep the holes. Only that of GNU does as it is told.
    if hasattr(_C_LIBRARY, "malloc_trim"):
        _C_LIBRARY.malloc_trim(0)


def _origin(bucket: Bucket) -> tuple[object, ...]:
    # Code is generated in another way by who looks at what was drawn (tests/support/branches.py).
    return bucket.environment.code_generator_class, bucket.key, bucket.checksum


class Environment(flask.templating.Environment):
    """Jinja's settings, and its classes as ours are."""

    template_class = Template
    context_class = Context
    code_generator_class = CodeGenerator

    def get_template(
        self,
        name: str | jinja2.Template,
        parent: str | None = None,
        globals: MutableMapping[str, Any] | None = None,  # noqa: A002
    ) -> jinja2.Template:
        """Give at once what is known: a page asks for its components by the dozen."""
        if globals or self.auto_reload or not isinstance(name, str):
            return super().get_template(name, parent, globals)
        # By its name alone, beside what Jinja keeps there: `draw_anew` forgets both.
        known = cast("dict[str, jinja2.Template]", self.cache)
        found = known.get(name)
        if found is None:
            found = known[name] = super().get_template(name)
        return found

    def getattr(self, obj: Any, attribute: str) -> Any:
        """Give at once what a mapping holds; templates asked it for an attribute before."""
        if type(obj) is dict and attribute in obj:
            return obj[attribute]
        return super().getattr(obj, attribute)

    def getitem(self, obj: Any, argument: Any) -> Any:
        """Ask what has no items by name for its attribute, not for an error first."""
        if type(argument) is str and not _has_named_items(obj):
            found = getattr(obj, argument, missing)
            if found is not missing:
                return found
        return super().getitem(obj, argument)


def _has_named_items(obj: object) -> bool:
    return not isinstance(obj, tuple) and hasattr(type(obj), "__getitem__")


def init_app(app: Flask) -> None:
    """Let components draw the same thing once."""
    app.jinja_env.bytecode_cache = _COMPILED
    # For a macro that depends on its arguments and on the settings, on nothing else.
    app.jinja_env.globals["once"] = once


def draw_anew(app: Flask) -> None:
    """Forget what components drew with other settings: they are loaded anew, not compiled."""
    app.jinja_env.globals["settings"] = app.extensions[EXTENSION]
    cache = app.jinja_env.cache
    assert cache is not None
    cache.clear()
