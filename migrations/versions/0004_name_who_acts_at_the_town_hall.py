"""Name who acts at the town hall: in the journal, the events of requests, the threads."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

TABLES = ("journal_entry", "message_reply", "request_event")


def upgrade() -> None:
    """Add the name; what was done before was done by somebody unknown."""
    for table in TABLES:
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.add_column(
                sa.Column("acted_by", sa.String(length=100), server_default="", nullable=False)
            )


def downgrade() -> None:
    """Forget the names."""
    for table in reversed(TABLES):
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.drop_column("acted_by")
