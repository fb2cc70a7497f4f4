"""Know which children were there, whatever had been booked."""

import sqlalchemy as sa
from alembic import op

revision = "0053"
down_revision = "0052"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    state = sa.Enum(
        *("present", "absent"),
        name="state",
        native_enum=False,
        create_constraint=True,
        length=20,
    )
    op.create_table(
        "attendance",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("child_id", sa.Integer(), nullable=False),
        sa.Column("service_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("state", state, nullable=False),
        sa.Column("arrived_at", sa.Integer(), nullable=True),
        sa.Column("left_at", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("client_key", sa.String(length=32), nullable=False),
        sa.CheckConstraint("arrived_at BETWEEN 0 AND 1439", name=op.f("ck_attendance_arrived_at")),
        sa.CheckConstraint("left_at BETWEEN 0 AND 1439", name=op.f("ck_attendance_left_at")),
        sa.ForeignKeyConstraint(["child_id"], ["child.id"], name=op.f("fk_attendance_child_id")),
        sa.ForeignKeyConstraint(
            ["service_id"], ["service.id"], name=op.f("fk_attendance_service_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attendance")),
        sa.UniqueConstraint(
            "child_id", "service_id", "day", name=op.f("uq_attendance_child_id_service_id_day")
        ),
    )
    op.create_index(op.f("ix_attendance_day"), "attendance", ["day"])
    op.create_index(op.f("ix_attendance_service_id_day"), "attendance", ["service_id", "day"])


def downgrade() -> None:
    """Forget who was there."""
    op.drop_table("attendance")
