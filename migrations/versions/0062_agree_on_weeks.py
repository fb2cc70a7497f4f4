"""Let two homes agree on the weeks in which each has their child."""

import sqlalchemy as sa
from alembic import op

revision = "0062"
down_revision = "0061"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nobody proposes anything yet."""
    pattern = sa.Enum(
        *("iso_even", "iso_odd", "alternate"),
        name="pattern",
        native_enum=False,
        create_constraint=True,
        length=20,
    )
    op.create_table(
        "custody_proposal",
        sa.Column("child_id", sa.Integer(), nullable=False),
        sa.Column("family_id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column("pattern", pattern, nullable=False),
        sa.Column("handover", sa.Integer(), nullable=False),
        sa.Column("anchor", sa.Date(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("handover BETWEEN 0 AND 6", name=op.f("ck_custody_proposal_handover")),
        sa.ForeignKeyConstraint(
            ["child_id"], ["child.id"], name=op.f("fk_custody_proposal_child_id")
        ),
        sa.ForeignKeyConstraint(
            ["family_id"], ["family.id"], name=op.f("fk_custody_proposal_family_id")
        ),
        sa.PrimaryKeyConstraint("child_id", name=op.f("pk_custody_proposal")),
        sa.UniqueConstraint("public_id", name=op.f("uq_custody_proposal_public_id")),
    )
    op.create_index(op.f("ix_custody_proposal_family_id"), "custody_proposal", ["family_id"])
    op.create_index(op.f("ix_custody_proposal_proposed_at"), "custody_proposal", ["proposed_at"])


def downgrade() -> None:
    """Forget what waits for an answer."""
    op.drop_table("custody_proposal")
