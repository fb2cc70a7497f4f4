"""Erase families: know who left the files, what is planned, and who is not to come back."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table of erasures, and the marks of families and children."""
    op.create_table(
        "family_erasure",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("family_id", sa.Integer(), nullable=False),
        sa.Column("planned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("acted_by", sa.String(length=100), server_default="", nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["family_id"], ["family.id"], name=op.f("fk_family_erasure_family_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_family_erasure")),
    )
    op.create_index(
        op.f("ix_family_erasure_family_id"), "family_erasure", ["family_id"], unique=False
    )
    op.add_column("family", sa.Column("missing_since", sa.DateTime(timezone=True), nullable=True))
    op.add_column("family", sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("child", sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    """Forget it: what was erased stays empty, until an import fills it again."""
    op.drop_column("child", "erased_at")
    op.drop_column("family", "erased_at")
    op.drop_column("family", "missing_since")
    op.drop_index(op.f("ix_family_erasure_family_id"), table_name="family_erasure")
    op.drop_table("family_erasure")
