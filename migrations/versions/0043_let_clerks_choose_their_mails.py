"""Let each of the town hall choose which news comes by mail, and when."""

import sqlalchemy as sa
from alembic import op

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None

NEWS = sa.Enum(
    "new_request", "late_request", "failed_mail", name="news", native_enum=False,
    create_constraint=True, length=20,
)  # fmt: skip
TOLD = sa.Enum(
    "at_once", "morning", "never", name="told", native_enum=False, create_constraint=True,
    length=20,
)  # fmt: skip


def upgrade() -> None:
    """Nobody has chosen, and nothing was told."""
    op.create_table(
        "clerk_wish",
        sa.Column("clerk_id", sa.Integer(), nullable=False),
        sa.Column("news", NEWS, nullable=False),
        sa.Column("told", TOLD, nullable=True),
        sa.Column("told_until", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["clerk_id"], ["clerk_account.id"], name=op.f("fk_clerk_wish_clerk_id_clerk_account")
        ),
        sa.PrimaryKeyConstraint("clerk_id", "news", name=op.f("pk_clerk_wish")),
    )


def downgrade() -> None:
    """Forget it."""
    op.drop_table("clerk_wish")
