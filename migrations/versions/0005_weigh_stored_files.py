"""Weigh the files that families download: a list of them asks no store any more."""

import sqlalchemy as sa
from alembic import op

from app.models import Folder
from app.services.files.stored_files import FoundFile, open_file

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

TABLES = {
    "document": Folder.DOCUMENTS,
    "message_attachment": Folder.MESSAGES,
    "request_file": Folder.REQUESTS,
}


def upgrade() -> None:
    """Add the size, and weigh what is there."""
    for name, folder in TABLES.items():
        with op.batch_alter_table(name, schema=None) as batch_op:
            batch_op.add_column(sa.Column("file_size", sa.Integer(), nullable=True))
        table = sa.table(name, sa.column("file", sa.String), sa.column("file_size", sa.Integer))
        for (file,) in op.get_bind().execute(sa.select(table.c.file).distinct()).all():
            found = open_file(FoundFile(folder, file))
            if found is not None:
                found.stream.close()
                op.execute(table.update().where(table.c.file == file).values(file_size=found.size))


def downgrade() -> None:
    """Forget it."""
    for name in reversed(TABLES):
        with op.batch_alter_table(name, schema=None) as batch_op:
            batch_op.drop_column("file_size")
