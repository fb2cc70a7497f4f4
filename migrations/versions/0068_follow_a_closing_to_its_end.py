"""Know which closings have been followed to their end: what was booked, then the message."""

import sqlalchemy as sa
from alembic import op

revision = "0068"
down_revision = "0067"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Those of before were done in one transaction."""
    op.add_column("closing", sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True))
    op.execute("UPDATE closing SET ended_at = at")


def downgrade() -> None:
    """Forget it."""
    op.drop_column("closing", "ended_at")
