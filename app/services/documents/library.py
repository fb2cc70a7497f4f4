"""Infos/Documents: files the town hall gives to all families or to one."""

from collections import defaultdict
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import BindParameter, Select, and_, bindparam, exists, false, func, or_, select

from app import db
from app.formats import day_of, fold, today
from app.models import FAMILY, AccountSession, Document, DocumentRecipient, Folder
from app.services.actors import CurrentAccount
from app.services.files import stored_files
from app.services.files.stored_files import FoundFile, StoredFile

_IS_RECIPIENT = exists().where(
    DocumentRecipient.document_id == Document.id, DocumentRecipient.family_id == FAMILY
)
_TODAY: BindParameter[date] = bindparam("today")
# What the family bound as `family_id` has, at the day bound as `today`.
FOR_FAMILY = and_(
    or_(Document.family_id == FAMILY, Document.family_id.is_(None)),
    or_(~Document.for_some, _IS_RECIPIENT),
    or_(Document.shown_from.is_(None), Document.shown_from <= _TODAY),
    or_(Document.shown_until.is_(None), Document.shown_until >= _TODAY),
    Document.withdrawn_at.is_(None),
)
# Sessions are numbered as they open; whoever signs in for the first time has none before.
_LAST_VISIT = (
    select(func.max(AccountSession.last_seen_at))
    .where(
        AccountSession.account_id == bindparam("account_id"),
        AccountSession.id < bindparam("session_id"),
    )
    .scalar_subquery()
)
_DOCUMENTS = (
    select(
        Document.public_id,
        Document.title,
        Document.category,
        Document.published_on,
        Document.added_at,
        Document.file,
        Document.file_size,
        Document.family_id.is_not(None).label("for_family_only"),
        func.coalesce(Document.added_at > _LAST_VISIT, false()).label("is_new"),
    )
    .where(FOR_FAMILY)
    .order_by(Document.published_on.desc().nulls_last(), Document.id.desc())
)
_FOR_FAMILY_ONLY = _DOCUMENTS.where(Document.family_id.is_not(None))
_FILE = select(Document.title, Document.file).where(
    FOR_FAMILY, Document.public_id == bindparam("public_id")
)


class ListedDocument(NamedTuple):
    """A document as the list tells of it; new when it came after the last visit."""

    public_id: str
    title: str
    category: str
    day: date | None
    for_family_only: bool
    is_new: bool
    stored: StoredFile


class Category(NamedTuple):
    """The documents under one heading, latest first; those under none have an empty name."""

    name: str
    documents: list[ListedDocument]


class Library(NamedTuple):
    """All that a parent may download, and how much of it is new to them."""

    categories: list[Category]
    new_count: int


def library(account: CurrentAccount) -> Library:
    """List the documents of a family under their categories, which are in French order."""
    found = _listed(_DOCUMENTS, account)
    groups: defaultdict[str, list[ListedDocument]] = defaultdict(list)
    for document in found:
        groups[document.category].append(document)
    names = sorted(groups, key=lambda name: (not name, fold(name)))
    return Library(
        [Category(name, groups[name]) for name in names], sum(each.is_new for each in found)
    )


def for_family_only(account: CurrentAccount) -> list[ListedDocument]:
    """List the documents that this family alone has, the latest first."""
    return _listed(_FOR_FAMILY_ONLY, account)


def find(family_id: int, public_id: str) -> FoundFile | None:
    """Return a document of this family, or for all; another family's does not exist."""
    found = db.rows(_FILE, family_id=family_id, public_id=public_id, today=today())
    return FoundFile(Folder.DOCUMENTS, found[0].file, found[0].title) if found else None


def _listed(statement: Select[*tuple[Any, ...]], account: CurrentAccount) -> list[ListedDocument]:
    found = db.rows(
        statement,
        family_id=account.family_id,
        account_id=account.account_id,
        session_id=account.session_id,
        today=today(),
    )
    return [
        ListedDocument(
            public_id=row.public_id,
            title=row.title,
            category=row.category,
            day=row.published_on or _day(row.added_at),
            for_family_only=row.for_family_only,
            is_new=row.is_new,
            stored=stored_files.describe(row.file, row.file_size),
        )
        for row in found
    ]


def _day(instant: datetime | None) -> date | None:
    return instant and day_of(instant)
