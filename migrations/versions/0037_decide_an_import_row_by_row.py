"""Keep what whoever imports decided, row by row."""

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """An import that waits to be read is decided as a new one is."""
    with op.batch_alter_table("import_upload", schema=None) as batch_op:
        batch_op.add_column(sa.Column("decisions", sa.JSON(), server_default="{}", nullable=False))
    with op.batch_alter_table("import_run", schema=None) as batch_op:
        batch_op.drop_column("remove_missing")


def downgrade() -> None:
    """Decide of all movements at once."""
    with op.batch_alter_table("import_run", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("remove_missing", sa.Boolean(), server_default=sa.false(), nullable=False)
        )
    with op.batch_alter_table("import_upload", schema=None) as batch_op:
        batch_op.drop_column("decisions")
