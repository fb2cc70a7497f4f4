"""Which branches of the templates were drawn: each `if`, `elif`, `else`, each `for` and its `else`.

A branch that no screen of tests/support/screens draws is a state that no test looks at.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from unittest import mock

from jinja2 import nodes
from jinja2.compiler import Frame

from app.web.templating import CodeGenerator, Environment

DRAW = f"{__name__}.draw"


@dataclass
class Branches:
    """Those that were read and those that were drawn, as template:line (number)."""

    read: set[str] = field(default_factory=set)
    drawn: set[str] = field(default_factory=set)

    @property
    def never_drawn(self) -> list[str]:
        """List them."""
        return sorted(self.read - self.drawn)


_now = Branches()


@contextmanager
def watched() -> Iterator[Branches]:
    """Note what applications draw, which have drawn nothing yet."""
    _now.read.clear()
    _now.drawn.clear()
    with mock.patch.object(Environment, "code_generator_class", _Marking):
        yield _now


def draw(place: str) -> None:
    """Note that a branch is drawn; templates call it."""
    _now.drawn.add(place)


class _Marking(CodeGenerator):
    """Puts a call of `draw` at the head of each branch."""

    def visit_Template(self, node: nodes.Template, frame: Frame | None = None) -> None:  # noqa: N802
        """Mark them all, and the template itself, then go on."""
        choices: list[nodes.If | nodes.For] = [*node.find_all(nodes.If), *node.find_all(nodes.For)]
        branches = [node.body, *(branch for each in choices for branch in (each.body, each.else_))]
        for number, branch in enumerate(branches):
            if branch:
                # Several may share a line.
                self._mark(branch, f"{self.name}:{branch[0].lineno} ({number})")
        super().visit_Template(node, frame)

    def _mark(self, branch: list[nodes.Node], place: str) -> None:
        _now.read.add(place)
        call = nodes.Call(nodes.ImportedName(DRAW), [nodes.Const(place)], [], None, None)
        branch.insert(0, nodes.ExprStmt(call, lineno=branch[0].lineno))
