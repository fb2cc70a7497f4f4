"""Let somebody of the town hall work for some services alone."""

import sqlalchemy as sa
from alembic import op

revision = "0066"
down_revision = "0065"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Everybody works for all of them."""
    op.create_table(
        "clerk_service",
        sa.Column("clerk_id", sa.Integer(), nullable=False),
        sa.Column("service_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["clerk_id"], ["clerk_account.id"], name=op.f("fk_clerk_service_clerk_id_clerk_account")
        ),
        sa.ForeignKeyConstraint(
            ["service_id"], ["service.id"], name=op.f("fk_clerk_service_service_id_service")
        ),
        sa.PrimaryKeyConstraint("clerk_id", "service_id", name=op.f("pk_clerk_service")),
    )
    op.create_index(op.f("ix_clerk_service_service_id"), "clerk_service", ["service_id"])


def downgrade() -> None:
    """Let everybody read of all of them again."""
    op.drop_index(op.f("ix_clerk_service_service_id"), table_name="clerk_service")
    op.drop_table("clerk_service")
