"""Say in the journal whose file an act is about, and which clerk acted."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

FAMILY = "ix_journal_entry_family_id"
# What named a family among its details.
EVENTS = (
    "child_put_back", "child_taken_out", "erasure_cancelled", "erasure_planned", "family_erased",
    "message_answered_by_town",
)  # fmt: skip


def upgrade() -> None:
    """Add both, and find the family of what is there; a journal is too long to be copied."""
    for name, table in (("family_id", "family"), ("clerk_id", "clerk_account")):
        constraint = op.f(f"fk_journal_entry_{name}_{table}")
        key = sa.ForeignKey(f"{table}.id", name=constraint)
        column = sa.Column(name, sa.Integer(), key, nullable=True)
        op.add_column("journal_entry", column, inline_references=True)
    op.create_index(op.f(FAMILY), "journal_entry", ["family_id"], unique=False)
    entry = sa.table(
        "journal_entry",
        sa.column("event", sa.String()),
        sa.column("family_id", sa.Integer()),
        sa.column("details", sa.JSON()),
    )
    told = sa.cast(entry.c.details["family"].as_string(), sa.Integer())
    op.execute(sa.update(entry).where(entry.c.event.in_(EVENTS)).values(family_id=told))


def downgrade() -> None:
    """Forget them: whatever named a family then had no details left to say it."""
    with op.batch_alter_table("journal_entry", schema=None) as batch_op:
        batch_op.drop_index(op.f(FAMILY))
        batch_op.drop_column("clerk_id")
        batch_op.drop_column("family_id")
