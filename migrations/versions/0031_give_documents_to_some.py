"""Give documents to some families, and for a time."""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

NAMES = ("acted_by", "shown_until", "shown_from", "target_words", "for_some")


def upgrade() -> None:
    """Make room for whom and when."""
    op.add_column(
        "document", sa.Column("for_some", sa.Boolean(), server_default=sa.false(), nullable=False)
    )
    op.add_column(
        "document", sa.Column("target_words", sa.String(300), server_default="", nullable=False)
    )
    op.add_column("document", sa.Column("shown_from", sa.Date(), nullable=True))
    op.add_column("document", sa.Column("shown_until", sa.Date(), nullable=True))
    op.add_column(
        "document", sa.Column("acted_by", sa.String(100), server_default="", nullable=False)
    )
    op.create_table(
        "document_recipient",
        sa.Column("document_id", sa.Integer(), nullable=False),
        sa.Column("family_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"],
            ["document.id"],
            name=op.f("fk_document_recipient_document_id_document"),
        ),
        sa.ForeignKeyConstraint(
            ["family_id"], ["family.id"], name=op.f("fk_document_recipient_family_id_family")
        ),
        sa.PrimaryKeyConstraint("document_id", "family_id", name=op.f("pk_document_recipient")),
    )
    op.create_index(op.f("ix_document_recipient_family_id"), "document_recipient", ["family_id"])


def downgrade() -> None:
    """Drop it: what was for some, or for a time, would be every family's."""
    op.execute(
        "UPDATE document SET withdrawn_at = CURRENT_TIMESTAMP WHERE withdrawn_at IS NULL "
        "AND (for_some OR shown_from IS NOT NULL OR shown_until IS NOT NULL)"
    )
    op.drop_index(op.f("ix_document_recipient_family_id"), table_name="document_recipient")
    op.drop_table("document_recipient")
    with op.batch_alter_table("document", schema=None) as batch_op:
        for name in NAMES:
            batch_op.drop_column(name)
