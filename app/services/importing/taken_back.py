"""Messages and documents that were given already: taken back, or given again with other words."""

from typing import Any

from sqlalchemy import Connection, delete, or_, select

from app.models import Document, Message
from app.services.importing.headlines import Headline, Headlines
from app.services.importing.staging import Staging
from app.services.importing.tables import DOCUMENTS, MESSAGES, SourceFile
from app.services.importing.temporary import ATTACHED

_KINDS: tuple[tuple[SourceFile, Any, Any, str], ...] = (
    (MESSAGES, Message, Message.subject, "message"),
    (DOCUMENTS, Document, Document.title, "document"),
)


def leave_out(connection: Connection, staging: Staging, headlines: Headlines) -> None:
    """Take the rows of what was taken back out of the temporary tables, and name them."""
    for file, table, title, what in _KINDS:
        rows = staging[file].table
        again = select(table.source_id, title).where(
            table.withdrawn_at.is_not(None),
            select(1).where(rows.c.source_id == table.source_id).exists(),
        )
        found = connection.execute(again.order_by(table.id)).all()
        for source_id, words in found:
            told = f"{what} {source_id}\u00a0: «\u00a0{words}\u00a0»"
            headlines.add(Headline.TAKEN_BACK, told)
        gone = select(table.source_id).where(table.withdrawn_at.is_not(None))
        connection.execute(delete(rows).where(rows.c.source_id.in_(gone)))
        if file is MESSAGES:
            connection.execute(delete(ATTACHED).where(ATTACHED.c.source_id.in_(gone)))
        staging[file].rows -= len(found)


def tell_of_changes(connection: Connection, staging: Staging, headlines: Headlines) -> None:
    """Name the messages that families may have read, and whose words the files change."""
    rows = staging[MESSAGES].table
    changed = (
        select(Message.source_id, Message.subject, rows.c.subject)
        .join(rows, rows.c.source_id == Message.source_id)
        .where(or_(Message.subject != rows.c.subject, Message.body != rows.c.body))
        .order_by(Message.id)
    )
    for source_id, before, after in connection.execute(changed):
        new = "a un autre texte" if before == after else f"devient «\u00a0{after}\u00a0»"
        headlines.add(
            Headline.MESSAGE_CHANGED, f"message {source_id}\u00a0: «\u00a0{before}\u00a0» {new}"
        )
