"""Keep the paper that says why a child did not come, and how long a family has to send it."""

import sqlalchemy as sa
from alembic import op

revision = "0059"
down_revision = "0058"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing proves an absence yet."""
    verdict = sa.Enum(
        "accepted", "refused", name="verdict", native_enum=False, create_constraint=True, length=20
    )
    op.create_table(
        "absence_proof",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("child_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("file", sa.String(length=100), nullable=False),
        sa.Column("file_size", sa.Integer(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("verdict", verdict, nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("judged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("acted_by", sa.String(length=100), nullable=False),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["booking_batch.id"], name=op.f("fk_absence_proof_batch_id")
        ),
        sa.ForeignKeyConstraint(["child_id"], ["child.id"], name=op.f("fk_absence_proof_child_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_absence_proof")),
        sa.UniqueConstraint(
            "batch_id", "child_id", name=op.f("uq_absence_proof_batch_id_child_id")
        ),
        sa.UniqueConstraint("public_id", name=op.f("uq_absence_proof_public_id")),
    )
    op.create_index(op.f("ix_absence_proof_child_id"), "absence_proof", ["child_id"])
    op.create_index(op.f("ix_absence_proof_judged_at"), "absence_proof", ["judged_at"])
    with op.batch_alter_table("service", schema=None) as batch_op:
        batch_op.add_column(sa.Column("proof_hours", sa.Integer(), nullable=True))
        batch_op.create_check_constraint(op.f("ck_service_proof_hours"), "proof_hours >= 1")


def downgrade() -> None:
    """Forget both."""
    with op.batch_alter_table("service", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_service_proof_hours"), type_="check")
        batch_op.drop_column("proof_hours")
    op.drop_table("absence_proof")
