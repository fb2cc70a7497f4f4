"""List messages by their day, without going through all of them."""

from alembic import op

revision = "0046"
down_revision = "0045"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """The latest of everybody's are met first."""
    op.create_index(op.f("ix_message_sent_on_id"), "message", ["sent_on", "id"])


def downgrade() -> None:
    """Go through them again."""
    op.drop_index(op.f("ix_message_sent_on_id"), table_name="message")
