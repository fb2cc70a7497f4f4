"""Let the town hall sign in: the accounts of clerks, and their sessions."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
FACTORS = sa.Enum(
    "application", "mail", name="second_factor", native_enum=False, create_constraint=True,
    length=20,
)  # fmt: skip


def upgrade() -> None:
    """Make room for them."""
    op.create_table(
        "clerk_account",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("roles", sa.JSON(), nullable=False),
        sa.Column("password_hash", sa.String(length=255), nullable=True),
        sa.Column("password_changed_at", MOMENT, nullable=True),
        sa.Column("second_factor", FACTORS, nullable=True),
        sa.Column("second_factor_since", MOMENT, nullable=True),
        sa.Column("link_salt", sa.String(length=32), nullable=False),
        sa.Column("secret", sa.String(length=200), nullable=False),
        sa.Column("spare_edition", sa.Integer(), nullable=False),
        sa.Column("spare_used", sa.JSON(), nullable=False),
        sa.Column("last_step", sa.Integer(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("invited_at", MOMENT, nullable=False),
        sa.Column("last_seen_at", MOMENT, nullable=True),
        sa.Column("closed_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clerk_account")),
        sa.UniqueConstraint("email", name=op.f("uq_clerk_account_email")),
        sa.UniqueConstraint("public_id", name=op.f("uq_clerk_account_public_id")),
    )
    op.create_table(
        "clerk_session",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("clerk_id", sa.Integer(), nullable=False),
        sa.Column("key_hash", sa.String(length=64), nullable=False),
        sa.Column("user_agent", sa.String(length=300), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("last_seen_at", MOMENT, nullable=False),
        sa.Column("proved_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["clerk_id"], ["clerk_account.id"], name=op.f("fk_clerk_session_clerk_id_clerk_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clerk_session")),
        sa.UniqueConstraint("key_hash", name=op.f("uq_clerk_session_key_hash")),
    )
    op.create_index(op.f("ix_clerk_session_clerk_id"), "clerk_session", ["clerk_id"], unique=False)


def downgrade() -> None:
    """Forget them."""
    op.drop_index(op.f("ix_clerk_session_clerk_id"), table_name="clerk_session")
    op.drop_table("clerk_session")
    op.drop_table("clerk_account")
