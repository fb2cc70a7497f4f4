"""Know at once what waits today: answers, parents who never came, addresses, the last import."""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
NEVER_CAME = sa.text("password_hash IS NULL")
IMPORTS = sa.text("event = 'import'")


def upgrade() -> None:
    """Say of each thread whether it waits, and index the rest."""
    op.add_column("message_reply", sa.Column("waits_since", MOMENT, nullable=True))
    op.create_index(
        op.f("ix_message_reply_waits_since"), "message_reply", ["waits_since"], unique=False
    )
    op.execute(
        "UPDATE message_reply SET waits_since = written_at WHERE account_id IS NOT NULL "
        "AND id IN (SELECT max(id) FROM message_reply GROUP BY message_id, family_id)"
    )
    op.create_index(op.f("ix_guardian_email"), "guardian", ["email"], unique=False)
    op.create_index(
        "ix_account_invited_at",
        "account",
        ["invited_at"],
        unique=False,
        sqlite_where=NEVER_CAME,
        postgresql_where=NEVER_CAME,
    )
    op.create_index(
        "ix_journal_entry_import",
        "journal_entry",
        ["at"],
        unique=False,
        sqlite_where=IMPORTS,
        postgresql_where=IMPORTS,
    )


def downgrade() -> None:
    """Forget it."""
    op.drop_index("ix_journal_entry_import", table_name="journal_entry")
    op.drop_index("ix_account_invited_at", table_name="account")
    op.drop_index(op.f("ix_guardian_email"), table_name="guardian")
    op.drop_index(op.f("ix_message_reply_waits_since"), table_name="message_reply")
    op.drop_column("message_reply", "waits_since")
