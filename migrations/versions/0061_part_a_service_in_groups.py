"""Part a service in groups that have places of their own; none has any yet."""

import sqlalchemy as sa
from alembic import op

revision = "0061"
down_revision = "0060"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Every booking counts where it did: in the places of the service itself."""
    op.create_table(
        "service_group",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("service_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("schools", sa.JSON(), nullable=False),
        sa.Column("classes", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["service_id"], ["service.id"], name=op.f("fk_service_group_service_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_group")),
        sa.UniqueConstraint("service_id", "name", name=op.f("uq_service_group_service_id_name")),
        sa.CheckConstraint("capacity >= 1", name=op.f("ck_service_group_capacity")),
    )
    op.add_column(
        "booking", sa.Column("group_id", sa.Integer(), server_default="0", nullable=False)
    )
    with op.batch_alter_table("enrolment", schema=None) as batch_op:
        batch_op.add_column(sa.Column("group_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(
            op.f("fk_enrolment_group_id"), "service_group", ["group_id"], ["id"]
        )


def downgrade() -> None:
    """Count all children of a service together again."""
    op.execute("DELETE FROM place WHERE group_id <> 0")
    op.execute(
        "UPDATE place SET taken = (SELECT count(*) FROM booking WHERE"
        " booking.service_id = place.service_id AND booking.day = place.day"
        " AND booking.state IN ('booked', 'offered', 'absent')), capacity = CASE WHEN capacity <"
        " (SELECT count(*) FROM booking WHERE booking.service_id = place.service_id AND"
        " booking.day = place.day AND booking.state IN ('booked', 'offered', 'absent')) THEN"
        " (SELECT count(*) FROM booking WHERE booking.service_id = place.service_id AND"
        " booking.day = place.day AND booking.state IN ('booked', 'offered', 'absent'))"
        " ELSE capacity END"
    )
    with op.batch_alter_table("enrolment", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("fk_enrolment_group_id"), type_="foreignkey")
        batch_op.drop_column("group_id")
    with op.batch_alter_table("booking", schema=None) as batch_op:
        batch_op.drop_column("group_id")
    op.drop_table("service_group")
