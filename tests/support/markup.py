"""Markup in every word that a family or the town may have written, and what pages make of it.

A page that forgets to escape a word shows an element or an attribute that no template has; one that
escapes twice shows entities.
"""

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from bs4 import BeautifulSoup
from flask import Flask
from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Enum,
    String,
    Table,
    case,
    event,
    select,
    update,
)
from sqlalchemy.orm import Session

import config
from app import db
from app.models import FamilyRequest, Guardian
from tests.support.page_checks import Subject
from tests.support.page_checks.subject import opening
from tests.support.people import People, Person, settle_in

# A sign that ends a sentence is the last of it: what follows a word says nothing twice.
MARK = "<b>&\"'!"
# One word without an end, behind the mark wherever there is room for it.
ENDLESS = ""
# No words: written by the portal alone, or refused at its doors when they are not what they say.
CODES = {
    # Values of other columns, which are words there; listed in a terminal.
    "accepted_value": {"field", "file_value", "value"},
    "absence_proof": {"public_id"},
    "account": {"identifier", "password_hash"},
    "account_session": {"key_hash"},
    # No screen shows them yet.
    "attendance": {"client_key"},
    "booking_batch": {"public_id", "sending_key", "acted_by"},
    "booking_event": {"sentence"},
    "booking": {"public_id"},
    "child": {"public_id", "source_id"},
    "closing": {"public_id"},
    "custody_proposal": {"public_id"},
    "clerk_account": {"public_id", "email", "password_hash", "link_salt", "secret"},
    "clerk_session": {"key_hash"},
    "document": {"public_id", "source_id"},
    "draft": {"key", "page"},
    "email_change": {"address"},
    "feed": {"token_hash"},
    "family": {"source_id", "folded_name"},
    "family_request": {"public_id", "kind", "sending_key"},
    "family_word": {"word"},
    "guardian": {"email"},
    "import_change": {"table_name"},
    "import_upload": {"fingerprint"},
    "invoice": {"public_id", "source_id"},
    "job": {"kind", "key", "last_error"},
    "journal_entry": {"event", "address", "request_id"},
    "message": {"public_id", "source_id", "folded"},
    "message_attachment": {"public_id"},
    "message_reply": {"sending_key"},
    "outbox_mail": {"kind", "identifier", "address", "last_error"},
    "payment": {"source_id"},
    # Told in « Mes données » alone: no screen shows what a family earns.
    "quotient": {"source"},
    "ready_answer": {"kind"},
    "request_file": {"public_id"},
    "service": {
        *("public_id", "source_id", "slug", "book_rule", "cancel_rule", "absence_rule"),
    },
    "service_day": {"reason", "school"},
    "temporary_password": {"secret_hash"},
    "throttle": {"key"},
}
# A column that takes as many letters is for words of any length.
ROOM = 100
# Among the answers of a request: days and years, not words.
CODED_ANSWERS = {"days", "moments", "starts_on", "ends_on", "year"}
TOWN_SAYS = ("town_name", "town_phone", "town_address", "town_hours", "town_director", "town_host")
ATTRIBUTE = re.compile(r"[a-zA-Z][a-zA-Z:-]*")
SPOILT = re.compile(r".{0,60}(?:<b|&(?:amp|lt|gt|quot|#\d+);).{0,60}")
# But for the town's telephone, whose figures alone are typed.
TWICE = re.compile(rf".{{0,60}}(?<!\d\s){re.escape(MARK)}[.!?…]")


def words_of(table: Table) -> list[Column[str]]:
    """List the columns of a table that hold words; a new one does until it is named a code."""
    return [
        column
        for column in table.columns
        if isinstance(column.type, String)
        and not isinstance(column.type, Enum)
        and column.name not in CODES.get(table.name, ())
    ]


def columns_of_words() -> list[Column[str]]:
    """List those of every table."""
    return [column for table in db.Base.metadata.sorted_tables for column in words_of(table)]


@contextmanager
def in_every_word() -> Iterator[None]:
    """Add markup to each word that is written, just before it is committed."""
    event.listen(Session, "before_commit", _mark)
    try:
        yield
    finally:
        event.remove(Session, "before_commit", _mark)


def described_so(settings: config.Settings) -> config.Settings:
    """Let the town say so of itself as well."""
    said: dict[str, Any] = {name: f"{getattr(settings, name)} {MARK}" for name in TOWN_SAYS}
    return replace(settings, **said)


def in_each_line(text: str) -> str:
    """Add markup to what somebody typed on several lines."""
    return "\n".join(line and line + MARK for line in text.split("\n"))


def settled_so(app: Flask) -> People:
    """Settle the cast, one of whom has an address that the town's files alone may hold."""
    people = named_so(settle_in(app))
    with app.app_context(), db.transaction() as session:
        odd = update(Guardian).where(Guardian.email == people.karim.email)
        session.execute(odd.values(email=f"karim{MARK}@exemple.fr"))
    return people


def named_so(people: People) -> People:
    """Name people as the database does by then."""
    return People(*(_named_so(person) for person in people))


def _named_so(person: Person) -> Person:
    return replace(
        person,
        first_name=person.first_name + MARK + ENDLESS,
        last_name=person.last_name + MARK + ENDLESS,
        family_number=person.family_number + MARK,
    )


def _mark(session: Session) -> None:
    session.flush()
    connection = session.connection()
    for table in db.Base.metadata.sorted_tables:
        words = {
            column.name: case((_is_plain(column), column.concat(_mark_of(column))), else_=column)
            for column in words_of(table)
        }
        if words:
            connection.execute(update(table).values(words))
    _mark_answers(connection)


def _mark_of(column: Column[str]) -> str:
    room = getattr(column.type, "length", None)
    return MARK if room and room < ROOM else MARK + ENDLESS


def _is_plain(column: Column[str]) -> ColumnElement[bool]:
    return (column != "") & column.not_like(f"%{MARK}%")


def _mark_answers(connection: Connection) -> None:
    requests = FamilyRequest.__table__
    for number, details in connection.execute(select(requests.c.id, requests.c.details)).all():
        marked = {name: _marked_answer(name, value) for name, value in details.items()}
        if marked != details:
            connection.execute(
                update(FamilyRequest).where(requests.c.id == number).values(details=marked)
            )


def _marked_answer(name: str, value: object) -> object:
    if not isinstance(value, str) or name in CODED_ANSWERS or not value or MARK in value:
        return value
    return value + MARK + ENDLESS


def what_came_out(page: Subject) -> list[str]:
    """List the elements and the attributes that only a word can have made."""
    return [
        opening(tag)
        for tag in page.soup.find_all(True)
        if tag.name == "b" or not all(ATTRIBUTE.fullmatch(name) for name in tag.attrs)
    ]


def what_is_spoilt(texts: Iterable[str]) -> list[str]:
    """List the places where markup does not read as it was written."""
    return [found[0] for text in texts for found in SPOILT.finditer(text.replace(MARK, ""))]


def what_ends_twice(texts: Iterable[str]) -> list[str]:
    """List the places where what somebody typed ends a sentence, and a template does again."""
    return [found[0] for text in texts for found in TWICE.finditer(text)]


def texts_of(soup: BeautifulSoup) -> Iterator[str]:
    """Go through all that a page says, aloud or in its attributes."""
    yield soup.get_text()
    for tag in soup.find_all(True):
        for value in tag.attrs.values():
            yield " ".join(value) if isinstance(value, list) else value
