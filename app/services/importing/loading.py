"""From the temporary tables into the portal's: families, children, messages, documents."""

from datetime import UTC, datetime
from typing import Any, cast

from sqlalchemy import (
    ColumnElement,
    Connection,
    Table,
    bindparam,
    delete,
    false,
    func,
    literal,
    null,
    or_,
    select,
)  # fmt: skip

from app import db
from app.db import UtcDateTime
from app.models import Child, Document, Family, Message, MessageAttachment
from app.models.messages import folded_message
from app.services.importing.merging import Counts, GivenRows, Merge
from app.services.importing.staging import Staged, Staging
from app.services.importing.tables import (
    CHILDREN,
    DOCUMENTS,
    FAMILIES,
    MANDATES,
    MESSAGES,
)  # fmt: skip
from app.services.importing.temporary import ATTACHED, KEPT_AS, LINE, WEIGHT

_MESSAGE = cast(Table, Message.__table__)
UNFOLDED = (
    select(_MESSAGE.c.id, _MESSAGE.c.sender, _MESSAGE.c.subject, _MESSAGE.c.body)
    .where(_MESSAGE.c.folded == "", _MESSAGE.c.id > bindparam("after"))
    .order_by(_MESSAGE.c.id)
    .limit(5_000)
)


def load_families(connection: Connection, staging: Staging) -> Counts:
    """Create and change families; one that comes back is no longer archived."""
    rows, mandates = staging[FAMILIES].table, staging[MANDATES]
    says: list[ColumnElement[bool]] = []
    if "direct_debit" in staging[FAMILIES].fields:
        says.append(rows.c.direct_debit)
    if mandates.given:
        says.append(select(1).where(mandates.table.c.family == rows.c.source_id).exists())
    given = select(
        rows.c.source_id,
        func.coalesce(func.nullif(rows.c.number, ""), rows.c.source_id).label("number"),
        rows.c.street,
        rows.c.postcode,
        rows.c.city,
        or_(false(), *says).label("direct_debit"),
        null().cast(UtcDateTime).label("archived_at"),
        rows.c[LINE],
        *staging[FAMILIES].marks,
    )
    kept = staging[FAMILIES].absent - ({"direct_debit"} if says else set())
    return Merge(connection, Family, ["source_id"], given, kept).run(staging[FAMILIES].rows)


def load_children(connection: Connection, staging: Staging) -> Counts:
    """Create and change children."""
    rows = staging[CHILDREN].table
    given = select(
        rows.c.source_id,
        rows.c.public_id,
        rows.c.last_name,
        rows.c.first_name,
        rows.c.sex,
        rows.c.birth_date,
        rows.c.school,
        rows.c.class_name,
        rows.c[KEPT_AS].label("photo"),
        # Whom another family has now is filled again: see `erased`.
        null().cast(UtcDateTime).label("erased_at"),
        rows.c[LINE],
        *staging[CHILDREN].marks,
    )
    return Merge(connection, Child, ["source_id"], given, staging[CHILDREN].absent).run(
        staging[CHILDREN].rows
    )


def load_messages(connection: Connection, staging: Staging) -> Counts:
    """Create and change messages, for one family or for all."""
    rows = staging[MESSAGES].table
    given = _addressed(
        rows,
        rows.c.source_id,
        rows.c.public_id,
        rows.c.sent_on,
        rows.c.sender,
        rows.c.subject,
        rows.c.body,
        rows.c.answerable,
        rows.c[LINE],
        *staging[MESSAGES].marks,
    )
    staged = staging[MESSAGES]
    merge = Merge(connection, Message, ["source_id"], given, _kept(staged), ["folded"])
    counts = merge.run(staged.rows)
    _fold(connection)
    return counts


def load_attachments(connection: Connection, staging: Staging) -> Counts:
    """Join to the messages of the files what they name, and nothing else."""
    messages, attached = staging[MESSAGES].table, ATTACHED
    given: GivenRows = (
        select(Message.id.label("message_id"), attached.c.title, attached.c.public_id,
               attached.c[KEPT_AS].label("file"), attached.c[WEIGHT].label("file_size"))
        .select_from(attached)
        .join(Message, Message.source_id == attached.c.source_id)
    )  # fmt: skip
    named = given.subquery("named")
    connection.execute(
        delete(MessageAttachment).where(
            MessageAttachment.message_id.in_(
                select(Message.id).join(messages, messages.c.source_id == Message.source_id)
            ),
            ~select(1)
            .where(
                named.c.message_id == MessageAttachment.message_id,
                named.c.title == MessageAttachment.title,
            )
            .exists(),
        )
    )
    count = connection.scalar(select(func.count()).select_from(attached)) or 0
    return Merge(connection, MessageAttachment, ["message_id", "title"], given).run(count)


def _fold(connection: Connection) -> None:
    """Prepare what changed for the search of the inbox."""
    # By id: a text of accents alone folds to nothing, and would be met for ever.
    after = 0
    while rows := connection.execute(UNFOLDED, {"after": after}).all():
        after = rows[-1].id
        folded = [(row.id, folded_message(row.sender, row.subject, row.body)) for row in rows]
        db.set_texts(connection, _MESSAGE, "folded", folded)


def load_documents(connection: Connection, staging: Staging) -> Counts:
    """Create and change documents, for one family or for all."""
    rows = staging[DOCUMENTS].table
    given = _addressed(
        rows,
        rows.c.source_id,
        rows.c.public_id,
        rows.c.title,
        rows.c.category,
        rows.c.published_on,
        rows.c[KEPT_AS].label("file"),
        rows.c[WEIGHT].label("file_size"),
        literal(datetime.now(UTC), UtcDateTime()).label("added_at"),
        rows.c[LINE],
        *staging[DOCUMENTS].marks,
    )
    kept = _kept(staging[DOCUMENTS]) | {"added_at"}
    return Merge(connection, Document, ["source_id"], given, kept).run(staging[DOCUMENTS].rows)


def _addressed(rows: Any, *columns: Any) -> GivenRows:
    return (
        select(Family.id.label("family_id"), *columns)
        .select_from(rows)
        .outerjoin(Family, Family.source_id == rows.c.family)
    )


def _kept(staged: Staged) -> set[str]:
    return staged.absent | ({"family_id"} if "family" in staged.absent else set())
