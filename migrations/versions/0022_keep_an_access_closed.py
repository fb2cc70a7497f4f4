"""Keep an access closed that the town hall closed by itself."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Remember when: nobody had closed one before."""
    op.add_column("account", sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    """Leave such an access archived, until an import names its guardian."""
    with op.batch_alter_table("account", schema=None) as batch_op:
        batch_op.drop_column("closed_at")
