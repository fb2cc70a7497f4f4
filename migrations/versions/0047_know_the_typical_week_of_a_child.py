"""Know the typical week of a child, as its family says it."""

import sqlalchemy as sa
from alembic import op

revision = "0047"
down_revision = "0046"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    parity = sa.Enum(
        *("all", "odd", "even"),
        name="parity",
        native_enum=False,
        create_constraint=True,
        length=20,
    )
    op.create_table(
        "typical_day",
        sa.Column("family_id", sa.Integer(), nullable=False),
        sa.Column("child_id", sa.Integer(), nullable=False),
        sa.Column("parity", parity, nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("service_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("weekday BETWEEN 0 AND 6", name=op.f("ck_typical_day_weekday")),
        sa.ForeignKeyConstraint(
            ["family_id"], ["family.id"], name=op.f("fk_typical_day_family_id")
        ),
        sa.ForeignKeyConstraint(["child_id"], ["child.id"], name=op.f("fk_typical_day_child_id")),
        sa.ForeignKeyConstraint(
            ["service_id"], ["service.id"], name=op.f("fk_typical_day_service_id")
        ),
        sa.PrimaryKeyConstraint(
            "family_id", "child_id", "parity", "weekday", "service_id", name=op.f("pk_typical_day")
        ),
    )
    op.create_index(op.f("ix_typical_day_child_id"), "typical_day", ["child_id"])
    op.create_index(op.f("ix_typical_day_service_id"), "typical_day", ["service_id"])


def downgrade() -> None:
    """Drop it."""
    op.drop_table("typical_day")
