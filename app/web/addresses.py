"""The addresses of pages, which Werkzeug knows."""

from collections.abc import Callable
from typing import Any

from werkzeug.routing import Rule


class Address(Rule):
    """The address of a page; how a link to it is written is compiled for the first link.

    Werkzeug compiles two functions for each address of each application, half a millisecond and
    4 KB apiece, most of which no process ever calls.
    """

    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        compiler = super()._compile_builder
        name = "_build_unknown" if append_unknown else "_build"

        def build(rule: Rule, **values: Any) -> tuple[str, str]:
            compiled = compiler(append_unknown)
            setattr(rule, name, compiled.__get__(rule))
            return compiled(rule, **values)

        return build
