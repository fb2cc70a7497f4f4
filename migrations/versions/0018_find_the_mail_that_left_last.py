"""Find the mail that left last, and those kept long enough, without reading the whole queue."""

from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Index when mails were settled."""
    op.create_index(op.f("ix_outbox_mail_settled_at"), "outbox_mail", ["settled_at"], unique=False)


def downgrade() -> None:
    """Drop it."""
    op.drop_index(op.f("ix_outbox_mail_settled_at"), table_name="outbox_mail")
