"""Keep with what happened to a day whether it was booked past its limit."""

import sqlalchemy as sa
from alembic import op

revision = "0064"
down_revision = "0063"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """No family could book late until now: what is there was booked in time."""
    op.add_column(
        "booking_event",
        sa.Column("late", sa.Boolean(), nullable=False, server_default=sa.false()),
    )


def downgrade() -> None:
    """Forget which: the booking keeps how it stands."""
    op.drop_column("booking_event", "late")
