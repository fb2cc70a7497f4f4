"""Keep a child out of a family, until the files agree."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the marks."""
    op.create_table(
        "kept_out",
        sa.Column("family_id", sa.Integer(), nullable=False),
        sa.Column("child_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["child_id"], ["child.id"], name=op.f("fk_kept_out_child_id")),
        sa.ForeignKeyConstraint(["family_id"], ["family.id"], name=op.f("fk_kept_out_family_id")),
        sa.PrimaryKeyConstraint("family_id", "child_id", name=op.f("pk_kept_out")),
    )
    op.create_index(op.f("ix_kept_out_child_id"), "kept_out", ["child_id"])


def downgrade() -> None:
    """Let the next import put them back."""
    op.drop_index(op.f("ix_kept_out_child_id"), table_name="kept_out")
    op.drop_table("kept_out")
