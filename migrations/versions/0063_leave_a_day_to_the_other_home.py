"""Let a home leave a day to the other home of a child."""

import sqlalchemy as sa
from alembic import op

revision = "0063"
down_revision = "0062"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """No day is left to anybody yet."""
    op.create_table(
        "custody_day",
        sa.Column("child_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("family_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["child_id"], ["child.id"], name=op.f("fk_custody_day_child_id")),
        sa.ForeignKeyConstraint(
            ["family_id"], ["family.id"], name=op.f("fk_custody_day_family_id")
        ),
        sa.PrimaryKeyConstraint("child_id", "day", name=op.f("pk_custody_day")),
    )
    op.create_index(op.f("ix_custody_day_day"), "custody_day", ["day"])
    op.create_index(op.f("ix_custody_day_family_id"), "custody_day", ["family_id"])


def downgrade() -> None:
    """Forget which days were left."""
    op.drop_table("custody_day")
