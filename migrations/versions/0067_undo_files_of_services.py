"""Tell imports of services from those of families: each is undone apart."""

import sqlalchemy as sa
from alembic import op

revision = "0067"
down_revision = "0066"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Only those of families were kept until now."""
    op.add_column(
        "import_run",
        sa.Column("of_services", sa.Boolean(), nullable=False, server_default=sa.false()),
    )


def downgrade() -> None:
    """Forget those of services: an older portal would undo them as files of families."""
    ours = sa.text("run_id IN (SELECT id FROM import_run WHERE of_services)")
    for name in ("import_change", "import_upload"):
        op.execute(sa.delete(sa.table(name)).where(ours))
    op.execute("DELETE FROM import_run WHERE of_services")
    with op.batch_alter_table("import_run") as batch:
        batch.drop_column("of_services")
