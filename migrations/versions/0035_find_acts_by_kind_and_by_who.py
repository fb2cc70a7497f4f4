"""Find acts of the journal by kind, and by who acted for the town."""

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

KINDS, BY_TOWN = "ix_journal_entry_event_at", "ix_journal_entry_by_town"
OF_TOWN = sa.text("acted_by != ''")


def upgrade() -> None:
    """Index them."""
    op.create_index(op.f(KINDS), "journal_entry", ["event", "at"], unique=False)
    op.create_index(
        BY_TOWN,
        "journal_entry",
        ["clerk_id", "at"],
        unique=False,
        sqlite_where=OF_TOWN,
        postgresql_where=OF_TOWN,
    )


def downgrade() -> None:
    """Forget it."""
    op.drop_index(BY_TOWN, table_name="journal_entry")
    op.drop_index(op.f(KINDS), table_name="journal_entry")
