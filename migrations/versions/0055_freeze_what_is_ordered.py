"""Freeze what is ordered of whoever cooks."""

import sqlalchemy as sa
from alembic import op

revision = "0055"
down_revision = "0054"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "meal_order",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("service_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("acted_by", sa.String(length=100), nullable=False),
        sa.Column("address", sa.String(length=254), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("schools", sa.JSON(), nullable=False),
        sa.Column("needs", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["service_id"], ["service.id"], name=op.f("fk_meal_order_service_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meal_order")),
    )
    op.create_index(op.f("ix_meal_order_day"), "meal_order", ["day"])
    op.create_index(op.f("ix_meal_order_service_id_day"), "meal_order", ["service_id", "day"])


def downgrade() -> None:
    """Forget what was ordered."""
    op.drop_table("meal_order")
