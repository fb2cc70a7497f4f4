"""Know what the health of a child asks of those who feed and mind them."""

import sqlalchemy as sa
from alembic import op

revision = "0050"
down_revision = "0049"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    kind = sa.Enum(
        *("pai", "allergy", "diet"),
        name="kind",
        native_enum=False,
        create_constraint=True,
        length=20,
    )
    op.create_table(
        "health_mark",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("child_id", sa.Integer(), nullable=False),
        sa.Column("kind", kind, nullable=False),
        sa.Column("words", sa.String(length=100), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("acted_by", sa.String(length=100), nullable=False),
        sa.ForeignKeyConstraint(["child_id"], ["child.id"], name=op.f("fk_health_mark_child_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_health_mark")),
    )
    op.create_index(op.f("ix_health_mark_child_id"), "health_mark", ["child_id"])
    op.create_index(op.f("ix_health_mark_until"), "health_mark", ["until"])


def downgrade() -> None:
    """Forget all of it."""
    op.drop_table("health_mark")
