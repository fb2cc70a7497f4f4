"""Let families declare an absence, and say why."""

import sqlalchemy as sa
from alembic import op

revision = "0056"
down_revision = "0055"
branch_labels = None
depends_on = None

REASON = sa.Enum(
    "sick", "school_closed", "teacher_away", "other", name="absence_reason", native_enum=False,
    create_constraint=True, length=20,
)  # fmt: skip


def upgrade() -> None:
    """Nobody has declared any."""
    with op.batch_alter_table("booking_batch", schema=None) as batch_op:
        batch_op.add_column(sa.Column("absent", sa.Integer(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("absence_reason", REASON, nullable=True))


def downgrade() -> None:
    """Forget why; that the child was absent stays with the day."""
    with op.batch_alter_table("booking_batch", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_booking_batch_absence_reason"), type_="check")
        batch_op.drop_column("absence_reason")
        batch_op.drop_column("absent")
