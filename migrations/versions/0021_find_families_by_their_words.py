"""Find families by their words, list them by name, and know when a parent was invited."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def text(length: int) -> sa.String:
    """Return text that is compared byte by byte."""
    return sa.String(length).with_variant(sa.String(length, collation="C"), "postgresql")


def upgrade() -> None:
    """Add what finds them; `flask db upgrade` fills it, and the invitations that are known."""
    op.create_table(
        "family_word",
        sa.Column("word", text(60), nullable=False),
        sa.Column("family_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["family_id"], ["family.id"], name=op.f("fk_family_word_family_id_family")
        ),
        sa.PrimaryKeyConstraint("word", "family_id", name=op.f("pk_family_word")),
    )
    op.create_index(op.f("ix_family_word_family_id"), "family_word", ["family_id"], unique=False)
    op.add_column("family", sa.Column("folded_name", text(200), server_default="", nullable=False))
    op.create_index(op.f("ix_family_folded_name"), "family", ["folded_name"], unique=False)
    op.create_index(op.f("ix_invoice_number"), "invoice", ["number"], unique=False)
    op.add_column("account", sa.Column("invited_at", MOMENT, nullable=True))
    op.execute(
        "UPDATE account SET invited_at = (SELECT max(created_at) FROM outbox_mail "
        "WHERE outbox_mail.identifier = account.identifier AND kind = 'activation')"
    )


def downgrade() -> None:
    """Drop it."""
    op.drop_column("account", "invited_at")
    op.drop_index(op.f("ix_invoice_number"), table_name="invoice")
    op.drop_index(op.f("ix_family_folded_name"), table_name="family")
    op.drop_column("family", "folded_name")
    op.drop_index(op.f("ix_family_word_family_id"), table_name="family_word")
    op.drop_table("family_word")
