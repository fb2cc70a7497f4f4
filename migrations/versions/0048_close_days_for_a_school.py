"""Keep each closing as one act, and let a day be closed for a school alone."""

import sqlalchemy as sa
from alembic import op

revision = "0048"
down_revision = "0047"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """What was closed before is closed for all, by no act that is known."""
    op.create_table(
        "closing",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("acted_by", sa.String(length=100), nullable=False),
        sa.Column("words", sa.String(length=500), nullable=False),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("last", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("meals", sa.Integer(), nullable=False),
        sa.Column("children", sa.Integer(), nullable=False),
        sa.Column("families", sa.Integer(), nullable=False),
        sa.Column("message_id", sa.Integer(), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["message_id"], ["message.id"], name=op.f("fk_closing_message_id_message")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_closing")),
        sa.UniqueConstraint("public_id", name=op.f("uq_closing_public_id")),
    )
    op.create_index(op.f("ix_closing_at"), "closing", ["at"])
    op.create_index(op.f("ix_closing_message_id"), "closing", ["message_id"])
    with op.batch_alter_table("service_day", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("school", sa.String(length=100), server_default="", nullable=False)
        )
        batch_op.add_column(sa.Column("closing_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(
            op.f("fk_service_day_closing_id_closing"), "closing", ["closing_id"], ["id"]
        )
        batch_op.create_index(op.f("ix_service_day_closing_id"), ["closing_id"])
        batch_op.drop_constraint(op.f("uq_service_day_service_id_day"), type_="unique")
        batch_op.create_unique_constraint(
            op.f("uq_service_day_service_id_day_school"), ["service_id", "day", "school"]
        )


def downgrade() -> None:
    """What a school alone was closed for is open: there is one line a day."""
    op.execute("DELETE FROM service_day WHERE school <> ''")
    with op.batch_alter_table("service_day", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("uq_service_day_service_id_day_school"), type_="unique")
        batch_op.create_unique_constraint(
            op.f("uq_service_day_service_id_day"), ["service_id", "day"]
        )
        batch_op.drop_index(op.f("ix_service_day_closing_id"))
        batch_op.drop_constraint(op.f("fk_service_day_closing_id_closing"), type_="foreignkey")
        batch_op.drop_column("closing_id")
        batch_op.drop_column("school")
    op.drop_table("closing")
