"""Jinja, as the portal's templates need it."""

from collections.abc import Hashable
from functools import lru_cache

import jinja2
from flask import Flask
from jinja2.environment import TemplateModule
from jinja2.runtime import Context, Macro

DRAWINGS_KEPT = 256


class Template(jinja2.Template):
    """A template whose components are prepared once, not compared with each page that uses them.

    Jinja compares the global names of both at every import, 20 µs each; they are always the same.
    """

    def _get_default_module(self, ctx: Context | None = None) -> TemplateModule:
        return super()._get_default_module()


def init_app(app: Flask) -> None:
    """Make every template one of ours, and let them draw what is constant once."""
    app.jinja_env.template_class = Template
    app.jinja_env.globals["once"] = lru_cache(maxsize=DRAWINGS_KEPT)(_draw)


def _draw(macro: Macro, *arguments: Hashable) -> str:
    """Call a macro that depends on its arguments and on the settings, on nothing else."""
    return macro(*arguments)
