"""Tell who else at the town hall has a request open."""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nobody is known to have any open."""
    with op.batch_alter_table("clerk_session", schema=None) as batch_op:
        batch_op.add_column(sa.Column("request_opened", sa.Integer(), nullable=True))
        batch_op.add_column(
            sa.Column("request_opened_at", sa.DateTime(timezone=True), nullable=True)
        )


def downgrade() -> None:
    """Forget who has what open."""
    with op.batch_alter_table("clerk_session", schema=None) as batch_op:
        batch_op.drop_column("request_opened_at")
        batch_op.drop_column("request_opened")
