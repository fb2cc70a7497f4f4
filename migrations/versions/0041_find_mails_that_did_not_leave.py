"""Find the mails that wait, that failed or that were kept, past all that left."""

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None

NAME, IS_NOT_SENT = "ix_outbox_mail_not_sent", sa.text("state <> 'sent'")


def upgrade() -> None:
    """Index them."""
    op.create_index(
        NAME,
        "outbox_mail",
        ["state", "created_at", "id"],
        sqlite_where=IS_NOT_SENT,
        postgresql_where=IS_NOT_SENT,
    )


def downgrade() -> None:
    """Forget it."""
    op.drop_index(NAME, table_name="outbox_mail")
