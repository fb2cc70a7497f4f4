"""Let guardians leave their place: whoever takes it gets an account of their own."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Let a guardian have no rank."""
    with op.batch_alter_table("guardian", schema=None) as batch_op:
        batch_op.alter_column("rank", existing_type=sa.Integer(), nullable=True)


def downgrade() -> None:
    """Undo it: impossible once somebody has left their place."""
    with op.batch_alter_table("guardian", schema=None) as batch_op:
        batch_op.alter_column("rank", existing_type=sa.Integer(), nullable=False)
