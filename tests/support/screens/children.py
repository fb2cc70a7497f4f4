"""« Mes enfants »."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta

from flask import Flask

from app import db
from app.formats import today
from app.models import Child
from tests.support.browser import Browser, Page
from tests.support.people import People, public_id


def children(app: Flask, people: People) -> Iterator[tuple[str, Page]]:
    """The page of a child, for two families."""
    for name, child in (("zest", "e1"), ("marc", "e5")):
        parent = Browser(app)
        parent.sign_in(getattr(people, name))
        yield f"child, {name}", parent.get("family.child", public_id=public_id(child))
    with _born_on(app, "e1", today() + timedelta(days=90)):
        parent = Browser(app)
        yield "home, child not born yet", parent.sign_in(people.zest)
        yield "children, one not born yet", parent.get("family.children")


@contextmanager
def _born_on(app: Flask, source_id: str, day: date) -> Iterator[None]:
    with app.app_context(), db.transaction() as session:
        child = session.query(Child).filter_by(source_id=source_id).one()
        before, child.birth_date = child.birth_date, day
    yield
    with app.app_context(), db.transaction() as session:
        session.query(Child).filter_by(source_id=source_id).one().birth_date = before
