"""Infos/Documents: files the town hall gives to all families or to one."""

from itertools import groupby

from sqlalchemy import bindparam, or_, select

from app import db
from app.models import Document
from app.services.ledger import FAMILY

_FOR_FAMILY = or_(Document.family_id == FAMILY, Document.family_id.is_(None))
_DOCUMENTS = (
    select(Document)
    .where(_FOR_FAMILY)
    .order_by(Document.category, Document.published_on.desc(), Document.id)
)
_DOCUMENT = select(Document).where(_FOR_FAMILY, Document.public_id == bindparam("public_id"))


def by_category(family_id: int) -> list[tuple[str, list[Document]]]:
    """List the documents of a family, grouped under their categories."""
    found = db.session().scalars(_DOCUMENTS, {"family_id": family_id})
    return [(name, list(group)) for name, group in groupby(found, lambda row: row.category)]


def find(family_id: int, public_id: str) -> Document | None:
    """Return a document of this family, or for all; another family's does not exist."""
    parameters = {"family_id": family_id, "public_id": public_id}
    return db.session().scalars(_DOCUMENT, parameters).one_or_none()
