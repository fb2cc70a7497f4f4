"""Let the town hall send: its own mails are outside the limits that hold strangers back."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Mark the mails that the town hall sends on purpose."""
    with op.batch_alter_table("outbox_mail") as batch:
        batch.add_column(
            sa.Column("by_town_hall", sa.Boolean(), server_default=sa.false(), nullable=False)
        )


def downgrade() -> None:
    """Forget who asked for a mail."""
    with op.batch_alter_table("outbox_mail") as batch:
        batch.drop_column("by_town_hall")
