"""Jinja, as the portal's templates need it."""

from functools import lru_cache

import jinja2
from flask import Flask
from jinja2.environment import TemplateModule
from jinja2.runtime import Context

DRAWINGS_KEPT = 4096


class Template(jinja2.Template):
    """A template whose components are prepared once, not compared with each page that uses them.

    Jinja compares the global names of both at every import, 20 µs each; they are always the same.
    """

    def _get_default_module(self, ctx: Context | None = None) -> TemplateModule:
        return super()._get_default_module()


def init_app(app: Flask) -> None:
    """Make every template one of ours, and let components draw the same thing once."""
    app.jinja_env.template_class = Template
    # For a macro that depends on its arguments and on the settings, on nothing else.
    app.jinja_env.globals["once"] = lru_cache(maxsize=DRAWINGS_KEPT)
