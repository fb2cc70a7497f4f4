"""Say what a day of a service costs, and by which quotient a family pays."""

import sqlalchemy as sa
from alembic import op

revision = "0051"
down_revision = "0050"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make both tables."""
    op.create_table(
        "tariff",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("service_id", sa.Integer(), nullable=False),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("last", sa.Date(), nullable=True),
        sa.Column("qf_min", sa.BigInteger(), nullable=True),
        sa.Column("qf_max", sa.BigInteger(), nullable=True),
        sa.Column("outside", sa.Boolean(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=True),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("late_amount", sa.BigInteger(), nullable=True),
        sa.Column("unbooked_amount", sa.BigInteger(), nullable=True),
        sa.Column("absent_amount", sa.BigInteger(), nullable=True),
        sa.Column("cost_price", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("last IS NULL OR first <= last", name=op.f("ck_tariff_days")),
        sa.CheckConstraint(
            "qf_max IS NULL OR coalesce(qf_min, 0) <= qf_max", name=op.f("ck_tariff_band")
        ),
        sa.CheckConstraint("rank >= 1", name=op.f("ck_tariff_rank")),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], name=op.f("fk_tariff_service_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tariff")),
    )
    op.create_index(op.f("ix_tariff_service_id"), "tariff", ["service_id"])
    op.create_table(
        "quotient",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("family_id", sa.Integer(), nullable=False),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("last", sa.Date(), nullable=True),
        sa.Column("value", sa.BigInteger(), nullable=True),
        sa.Column("outside", sa.Boolean(), nullable=False),
        sa.Column("source", sa.String(length=100), nullable=False),
        sa.CheckConstraint("last IS NULL OR first <= last", name=op.f("ck_quotient_days")),
        sa.ForeignKeyConstraint(["family_id"], ["family.id"], name=op.f("fk_quotient_family_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quotient")),
        sa.UniqueConstraint("family_id", "first", name=op.f("uq_quotient_family_id_first")),
    )


def downgrade() -> None:
    """Drop them."""
    op.drop_table("quotient")
    op.drop_table("tariff")
