"""Let a letter carry a code, as a mail carries a temporary password."""

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Mails carried all there are."""
    with op.batch_alter_table("temporary_password", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("by_letter", sa.Boolean(), server_default=sa.false(), nullable=False)
        )


def downgrade() -> None:
    """Let codes of letters open nothing any more."""
    op.execute(
        "UPDATE temporary_password SET used_at = created_at WHERE by_letter AND used_at IS NULL"
    )
    with op.batch_alter_table("temporary_password", schema=None) as batch_op:
        batch_op.drop_column("by_letter")
