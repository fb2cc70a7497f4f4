"""Find a child's days by day, who comes on a day in an index alone, and what became of a booking.

A family's week looked through all that a child ever booked, and a morning's list opened the row of
each booking of the day.
"""

from alembic import op

revision = "0069"
down_revision = "0068"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Say the same in another order; SQLite writes the table again for it."""
    _swap(("child_id", "service_id", "day"), ("child_id", "day", "service_id"))
    op.drop_index(op.f("ix_booking_day"), table_name="booking")
    op.create_index(
        op.f("ix_booking_day_service_id_state_child_id_late_group_id"),
        "booking",
        ["day", "service_id", "state", "child_id", "late", "group_id"],
    )
    op.drop_index(op.f("ix_booking_event_booking_id"), table_name="booking_event")
    op.create_index(op.f("ix_booking_event_booking_id_at"), "booking_event", ["booking_id", "at"])


def downgrade() -> None:
    """Say it as before."""
    op.drop_index(op.f("ix_booking_event_booking_id_at"), table_name="booking_event")
    op.create_index(op.f("ix_booking_event_booking_id"), "booking_event", ["booking_id"])
    op.drop_index(
        op.f("ix_booking_day_service_id_state_child_id_late_group_id"), table_name="booking"
    )
    op.create_index(op.f("ix_booking_day"), "booking", ["day"])
    _swap(("child_id", "day", "service_id"), ("child_id", "service_id", "day"))


def _swap(before: tuple[str, ...], after: tuple[str, ...]) -> None:
    with op.batch_alter_table("booking", schema=None) as batch_op:
        batch_op.drop_constraint(op.f(f"uq_booking_{'_'.join(before)}"), type_="unique")
        batch_op.create_unique_constraint(op.f(f"uq_booking_{'_'.join(after)}"), list(after))
