"""Count how many times somebody was invited."""

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None

INDEX = "ix_account_invited_at"
NOT_YET = "password_hash IS NULL"
NEVER_CAME = f"{NOT_YET} AND invited_at IS NOT NULL"


def upgrade() -> None:
    """Whoever was, was so once at least."""
    op.add_column(
        "account", sa.Column("invitations", sa.Integer(), server_default="0", nullable=False)
    )
    op.execute("UPDATE account SET invitations = 1 WHERE invited_at IS NOT NULL")
    _index(NEVER_CAME, "invited_at", "invitations")


def downgrade() -> None:
    """Forget it."""
    _index(NOT_YET, "invited_at")
    op.drop_column("account", "invitations")


def _index(of: str, *columns: str) -> None:
    op.drop_index(INDEX, table_name="account")
    only = sa.text(of)
    op.create_index(INDEX, "account", list(columns), sqlite_where=only, postgresql_where=only)
