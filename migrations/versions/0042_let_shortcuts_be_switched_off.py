"""Let each of the town hall switch shortcuts off."""

import sqlalchemy as sa
from alembic import op

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """They are on."""
    op.add_column(
        "clerk_account",
        sa.Column("shortcuts", sa.Boolean(), server_default=sa.true(), nullable=False),
    )


def downgrade() -> None:
    """Forget it."""
    op.drop_column("clerk_account", "shortcuts")
