"""Find mails by kind and by day."""

from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

COLUMNS = ("kind", "created_at")


def upgrade() -> None:
    """Index them."""
    for column in COLUMNS:
        op.create_index(op.f(f"ix_outbox_mail_{column}"), "outbox_mail", [column], unique=False)


def downgrade() -> None:
    """Forget it."""
    for column in COLUMNS:
        op.drop_index(op.f(f"ix_outbox_mail_{column}"), table_name="outbox_mail")
