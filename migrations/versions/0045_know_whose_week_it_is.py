"""Know which weeks each home has a child for whom its parents take turns."""

import sqlalchemy as sa
from alembic import op

revision = "0045"
down_revision = "0044"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    pattern = sa.Enum(
        *("iso_even", "iso_odd", "alternate"),
        name="pattern",
        native_enum=False,
        create_constraint=True,
        length=20,
    )
    op.create_table(
        "custody",
        sa.Column("child_id", sa.Integer(), nullable=False),
        sa.Column("family_id", sa.Integer(), nullable=False),
        sa.Column("pattern", pattern, nullable=False),
        sa.Column("handover", sa.Integer(), nullable=False),
        sa.Column("anchor", sa.Date(), nullable=False),
        sa.CheckConstraint("handover BETWEEN 0 AND 6", name=op.f("ck_custody_handover")),
        sa.ForeignKeyConstraint(["child_id"], ["child.id"], name=op.f("fk_custody_child_id")),
        sa.ForeignKeyConstraint(["family_id"], ["family.id"], name=op.f("fk_custody_family_id")),
        sa.PrimaryKeyConstraint("child_id", "family_id", name=op.f("pk_custody")),
    )
    op.create_index(op.f("ix_custody_family_id"), "custody", ["family_id"])


def downgrade() -> None:
    """Drop it."""
    op.drop_table("custody")
