"""Let the town hall speak of a request, join files to its words, and keep notes."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

EVENTS = (
    "sent", "taken", "piece_asked", "piece_added", "accepted", "refused", "withdrawn",
)  # fmt: skip
NEW = ("spoken", "noted")
KEY = "fk_request_file_event_id_request_event"


def upgrade() -> None:
    """Take two more kinds of events; a file may go with one."""
    _check((*EVENTS, *NEW))
    with op.batch_alter_table("request_file", schema=None) as batch_op:
        batch_op.add_column(sa.Column("event_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(op.f(KEY), "request_event", ["event_id"], ["id"])


def downgrade() -> None:
    """Forget what was said and noted, and the files that went with any words."""
    op.execute("DELETE FROM request_file WHERE event_id IS NOT NULL")
    with op.batch_alter_table("request_file", schema=None) as batch_op:
        batch_op.drop_constraint(op.f(KEY), type_="foreignkey")
        batch_op.drop_column("event_id")
    op.execute("DELETE FROM request_event WHERE kind IN ('spoken', 'noted')")
    _check(EVENTS)


def _check(kinds: tuple[str, ...]) -> None:
    words = ", ".join(repr(kind) for kind in kinds)
    with op.batch_alter_table("request_event", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_request_event_kind"), type_="check")
        batch_op.create_check_constraint(op.f("ck_request_event_kind"), f"kind IN ({words})")
