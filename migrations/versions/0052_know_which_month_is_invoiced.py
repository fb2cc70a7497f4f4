"""Know which month the town has invoiced, and how many absences in a row are due."""

import sqlalchemy as sa
from alembic import op

revision = "0052"
down_revision = "0051"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """No month is invoiced yet, and all absences are due."""
    op.create_table(
        "invoiced_month",
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("acted_by", sa.String(length=100), nullable=False),
        sa.PrimaryKeyConstraint("month", name=op.f("pk_invoiced_month")),
    )
    with op.batch_alter_table("service", schema=None) as batch_op:
        batch_op.add_column(sa.Column("due_absences", sa.Integer(), nullable=True))
        batch_op.create_check_constraint(op.f("ck_service_due_absences"), "due_absences >= 0")


def downgrade() -> None:
    """Forget both."""
    with op.batch_alter_table("service", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_service_due_absences"), type_="check")
        batch_op.drop_column("due_absences")
    op.drop_table("invoiced_month")
