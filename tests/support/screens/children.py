"""« Mes enfants »."""

from collections.abc import Iterator

from flask import Flask

from tests.support.browser import Browser, Page
from tests.support.people import People, public_id


def children(app: Flask, people: People) -> Iterator[tuple[str, Page]]:
    """The page of a child, for two families."""
    for name, child in (("zest", "e1"), ("marc", "e5")):
        parent = Browser(app)
        parent.sign_in(getattr(people, name))
        yield f"child, {name}", parent.get("family.child", public_id=public_id(child))
