"""Remind parents of weeks that nobody spoke of, unless they do without."""

import sqlalchemy as sa
from alembic import op

revision = "0049"
down_revision = "0048"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Everybody is reminded; nobody was."""
    op.add_column(
        "account",
        sa.Column("mail_reminders", sa.Boolean(), server_default=sa.true(), nullable=False),
    )
    kind = sa.Enum(
        "first", "last", name="kind", native_enum=False, create_constraint=True, length=20
    )
    op.create_table(
        "reminder_sent",
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("service_id", sa.Integer(), nullable=False),
        sa.Column("monday", sa.Date(), nullable=False),
        sa.Column("kind", kind, nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_reminder_sent_account_id")
        ),
        sa.ForeignKeyConstraint(
            ["service_id"], ["service.id"], name=op.f("fk_reminder_sent_service_id")
        ),
        sa.PrimaryKeyConstraint(
            "account_id", "service_id", "monday", "kind", name=op.f("pk_reminder_sent")
        ),
    )
    op.create_index(op.f("ix_reminder_sent_service_id"), "reminder_sent", ["service_id"])
    op.create_index(op.f("ix_reminder_sent_monday"), "reminder_sent", ["monday"])
    op.create_index(op.f("ix_reminder_sent_sent_at"), "reminder_sent", ["sent_at"])
    op.create_table(
        "quiet_week",
        sa.Column("family_id", sa.Integer(), nullable=False),
        sa.Column("monday", sa.Date(), nullable=False),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["family_id"], ["family.id"], name=op.f("fk_quiet_week_family_id")),
        sa.PrimaryKeyConstraint("family_id", "monday", name=op.f("pk_quiet_week")),
    )
    op.create_index(op.f("ix_quiet_week_monday"), "quiet_week", ["monday"])


def downgrade() -> None:
    """Forget it."""
    op.drop_table("quiet_week")
    op.drop_table("reminder_sent")
    op.drop_column("account", "mail_reminders")
