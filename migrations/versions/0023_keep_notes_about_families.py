"""Keep what the town hall writes down for itself about a family."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make room for them."""
    op.create_table(
        "family_note",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("family_id", sa.Integer(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("acted_by", sa.String(length=100), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["family_id"], ["family.id"], name=op.f("fk_family_note_family_id_family")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_family_note")),
    )
    op.create_index(op.f("ix_family_note_family_id"), "family_note", ["family_id"], unique=False)


def downgrade() -> None:
    """Drop them."""
    op.drop_index(op.f("ix_family_note_family_id"), table_name="family_note")
    op.drop_table("family_note")
