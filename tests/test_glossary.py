"""docs/glossary.md speaks of the tree as it is: its words are in the code and on the screens."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from app import models
from app.db import Base

ROOT = Path(__file__).parent.parent
LINE = re.compile(r"^\| *(.*?) *\| (.*?) *\| (.+) \|$", re.MULTILINE)
TITLES = {"On screen", "---"}
QUOTED = re.compile(r"`([^`]+)`")
# « identifiant (the mail also says Login) »
ASIDE = re.compile(r"\(.*?\)")


def lines() -> list[tuple[str, str]]:
    """Read what is on screen and what is in code, line by line."""
    found = LINE.findall((ROOT / "docs" / "glossary.md").read_text("utf-8"))
    return [(screen, code) for screen, code, _ in found if screen not in TITLES]


def quoted() -> set[str]:
    return {name for _, code in lines() for name in QUOTED.findall(code)}


def names() -> Iterator[str]:
    """Name all that the code names: modules, and in them classes, functions and constants."""
    for path in [*(ROOT / "app").rglob("*.py"), *(ROOT / "tests").rglob("*.py")]:
        module = path.parent.name if path.stem == "__init__" else path.stem
        yield module
        for name in defined(ast.parse(path.read_text("utf-8"))):
            yield name
            yield f"{module}.{name}"


def defined(place: ast.Module | ast.ClassDef) -> Iterator[str]:
    for node in place.body:
        match node:
            case ast.ClassDef(name=name):
                yield name
                yield from (f"{name}.{inner}" for inner in defined(node))
            case ast.FunctionDef(name=name):
                yield name
            case ast.AnnAssign(target=ast.Name(id=name)):
                yield name
            case ast.Assign(targets=[ast.Name(id=name)]):
                yield name


def test_every_name_in_code_is_in_the_code() -> None:
    assert quoted()
    assert quoted() - set(names()) == set()


def test_every_word_on_screen_is_on_a_screen() -> None:
    """In a template or in a French sentence of the code, whatever its capitals."""
    files = [path for kind in ("*.html", "*.txt", "*.py") for path in (ROOT / "app").rglob(kind)]
    texts = "\n".join(path.read_text("utf-8") for path in files).casefold().replace("\u00a0", " ")
    words = [word for screen, _ in lines() for word in ASIDE.sub("", screen).split(",")]
    assert any(words)
    assert [word for word in words if word.strip().casefold() not in texts] == []


def test_every_table_has_its_word() -> None:
    """Whoever adds one says how it is called on both sides."""
    tables = {mapper.class_.__name__ for mapper in Base.registry.mappers}
    assert models.Family.__name__ in tables
    assert tables - {name.partition(".")[0] for name in quoted()} == set()
