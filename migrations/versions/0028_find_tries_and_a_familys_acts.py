"""Find tries by the beginning of their key, and a family's acts by an index of theirs alone."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

FAMILY = "ix_journal_entry_family_id"
THEIRS = sa.text("family_id IS NOT NULL")


def upgrade() -> None:
    """Compare keys byte by byte, as SQLite always does; leave acts of no family out."""
    _collate("C")
    op.drop_index(op.f(FAMILY), table_name="journal_entry")
    op.create_index(
        op.f(FAMILY),
        "journal_entry",
        ["family_id"],
        unique=False,
        sqlite_where=THEIRS,
        postgresql_where=THEIRS,
    )


def downgrade() -> None:
    """Compare them as the database does, and list every act."""
    op.drop_index(op.f(FAMILY), table_name="journal_entry")
    op.create_index(op.f(FAMILY), "journal_entry", ["family_id"], unique=False)
    _collate("default")


def _collate(name: str) -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.alter_column("throttle", "key", type_=sa.String(length=100, collation=name))
