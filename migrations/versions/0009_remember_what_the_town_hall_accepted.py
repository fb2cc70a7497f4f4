"""Remember what the town hall accepted, until its files say the same."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table of accepted values; it begins empty."""
    op.create_table(
        "accepted_value",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("guardian_id", sa.Integer(), nullable=True),
        sa.Column("family_id", sa.Integer(), nullable=True),
        sa.Column("child_id", sa.Integer(), nullable=True),
        sa.Column("field", sa.String(length=40), nullable=False),
        sa.Column("file_value", sa.String(length=254), nullable=True),
        sa.Column("value", sa.String(length=254), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("acted_by", sa.String(length=100), server_default="", nullable=False),
        sa.Column("request_id", sa.Integer(), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["guardian_id"], ["guardian.id"], name=op.f("fk_accepted_value_guardian_id")
        ),
        sa.ForeignKeyConstraint(
            ["family_id"], ["family.id"], name=op.f("fk_accepted_value_family_id")
        ),
        sa.ForeignKeyConstraint(
            ["child_id"], ["child.id"], name=op.f("fk_accepted_value_child_id")
        ),
        sa.ForeignKeyConstraint(
            ["request_id"], ["family_request.id"], name=op.f("fk_accepted_value_request_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accepted_value")),
        sa.UniqueConstraint(
            "guardian_id", "field", name=op.f("uq_accepted_value_guardian_id_field")
        ),
        sa.UniqueConstraint("family_id", "field", name=op.f("uq_accepted_value_family_id_field")),
        sa.UniqueConstraint("child_id", "field", name=op.f("uq_accepted_value_child_id_field")),
    )
    op.create_index(
        op.f("ix_accepted_value_request_id"), "accepted_value", ["request_id"], unique=False
    )


def downgrade() -> None:
    """Forget them: the next import puts the files' values back."""
    op.drop_index(op.f("ix_accepted_value_request_id"), table_name="accepted_value")
    op.drop_table("accepted_value")
