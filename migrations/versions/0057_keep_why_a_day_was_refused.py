"""Keep which days could not be saved with the others, and why."""

import sqlalchemy as sa
from alembic import op

revision = "0057"
down_revision = "0056"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Of what was refused before, only how many is known."""
    op.create_table(
        "booking_refusal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("family_id", sa.Integer(), nullable=False),
        sa.Column("child_id", sa.Integer(), nullable=False),
        sa.Column("service_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column(
            "asked",
            sa.Enum(
                *("booked", "waiting", "offered", "cancelled", "absent", "closed"),
                name="asked",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("sentence", sa.Text(), nullable=False),
        *(
            sa.ForeignKeyConstraint(
                [f"{name}_id"],
                [f"{table}.id"],
                name=op.f(f"fk_booking_refusal_{name}_id_{table}"),
            )
            for name, table in (
                ("batch", "booking_batch"),
                ("family", "family"),
                ("child", "child"),
                ("service", "service"),
            )
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_booking_refusal")),
    )
    for columns in (["batch_id"], ["child_id"], ["family_id", "day"]):
        name = op.f(f"ix_booking_refusal_{'_'.join(columns)}")
        op.create_index(name, "booking_refusal", columns)


def downgrade() -> None:
    """Forget them: how many there were stays."""
    op.drop_table("booking_refusal")
