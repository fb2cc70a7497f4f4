"""Let the town hall write messages on screen, to some families or later."""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make room for them, and count quickly who has read one."""
    for name in ("for_some", "unsent"):
        op.add_column(
            "message", sa.Column(name, sa.Boolean(), server_default=sa.false(), nullable=False)
        )
    op.add_column("message", sa.Column("corrected_at", MOMENT, nullable=True))
    op.create_table(
        "message_recipient",
        sa.Column("message_id", sa.Integer(), nullable=False),
        sa.Column("family_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["family_id"], ["family.id"], name=op.f("fk_message_recipient_family_id_family")
        ),
        sa.ForeignKeyConstraint(
            ["message_id"], ["message.id"], name=op.f("fk_message_recipient_message_id_message")
        ),
        sa.PrimaryKeyConstraint("message_id", "family_id", name=op.f("pk_message_recipient")),
    )
    op.create_index(op.f("ix_message_recipient_family_id"), "message_recipient", ["family_id"])
    op.create_table(
        "message_sending",
        sa.Column("message_id", sa.Integer(), nullable=False),
        sa.Column("target", sa.JSON(), nullable=False),
        sa.Column("target_words", sa.String(length=300), nullable=False),
        sa.Column("parents", sa.Integer(), nullable=False),
        sa.Column("mails", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("planned_for", MOMENT, nullable=True),
        sa.Column("due_at", MOMENT, nullable=True),
        sa.Column("sent_at", MOMENT, nullable=True),
        sa.Column("acted_by", sa.String(length=100), nullable=False),
        sa.Column("reminded_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["message_id"], ["message.id"], name=op.f("fk_message_sending_message_id_message")
        ),
        sa.PrimaryKeyConstraint("message_id", name=op.f("pk_message_sending")),
    )
    op.create_index(
        op.f("ix_message_mark_message_id_read_at"), "message_mark", ["message_id", "read_at"]
    )
    op.drop_index(op.f("ix_message_mark_message_id"), table_name="message_mark")


def downgrade() -> None:
    """Drop it: what had not left, and what was for some, would be every family's."""
    op.create_index(op.f("ix_message_mark_message_id"), "message_mark", ["message_id"])
    op.drop_index(op.f("ix_message_mark_message_id_read_at"), table_name="message_mark")
    op.execute(
        "UPDATE message SET withdrawn_at = CURRENT_TIMESTAMP "
        "WHERE withdrawn_at IS NULL AND (unsent OR for_some)"
    )
    op.drop_table("message_sending")
    op.drop_index(op.f("ix_message_recipient_family_id"), table_name="message_recipient")
    op.drop_table("message_recipient")
    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.drop_column("corrected_at")
        batch_op.drop_column("unsent")
        batch_op.drop_column("for_some")
