"""Freeze how many of each group are ordered."""

import sqlalchemy as sa
from alembic import op

revision = "0065"
down_revision = "0064"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing was told of groups until now."""
    op.add_column("meal_order", sa.Column("groups", sa.JSON(), nullable=False, server_default="{}"))


def downgrade() -> None:
    """Forget how many of each there were: the total stays."""
    op.drop_column("meal_order", "groups")
