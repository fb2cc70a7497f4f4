"""Let the town hall share its requests out, put one off, and go back on an answer."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

EVENTS = (
    "sent", "taken", "piece_asked", "piece_added", "spoken", "noted", "accepted", "refused",
    "withdrawn",
)  # fmt: skip
NEW_EVENTS = ("postponed", "entrusted")
MAILS = (
    "queued", "sending", "sent", "unknown", "archived", "no_address", "limited", "refused",
    "abandoned",
)  # fmt: skip
WITHDRAWN = "withdrawn"
CLERK = "fk_family_request_clerk_id_clerk_account"
BY_CLERK, BY_PROMISE = "ix_family_request_clerk_id", "ix_family_request_state_expected_on"
KINDS = ("request_event", "kind")
STATES = ("outbox_mail", "state")


def upgrade() -> None:
    """Remember who looks after a request, what an answer replaced, and mails that did not leave."""
    with op.batch_alter_table("family_request", schema=None) as batch_op:
        batch_op.add_column(sa.Column("clerk_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(op.f(CLERK), "clerk_account", ["clerk_id"], ["id"])
        batch_op.create_index(op.f(BY_CLERK), ["clerk_id"], unique=False)
        batch_op.create_index(op.f(BY_PROMISE), ["state", "expected_on"], unique=False)
    with op.batch_alter_table("request_event", schema=None) as batch_op:
        batch_op.add_column(sa.Column("before", sa.JSON(), nullable=True))
        batch_op.add_column(sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True))
    _check(*KINDS, (*EVENTS, *NEW_EVENTS))
    _check(*STATES, (*MAILS, WITHDRAWN))


def downgrade() -> None:
    """Forget it; what families were not to see goes, as they would see it."""
    op.execute("UPDATE outbox_mail SET state = 'archived' WHERE state = 'withdrawn'")
    op.execute(
        "DELETE FROM request_event WHERE kind IN ('postponed', 'entrusted') "
        "OR undone_at IS NOT NULL"
    )
    _check(*STATES, MAILS)
    _check(*KINDS, EVENTS)
    with op.batch_alter_table("request_event", schema=None) as batch_op:
        batch_op.drop_column("undone_at")
        batch_op.drop_column("before")
    with op.batch_alter_table("family_request", schema=None) as batch_op:
        batch_op.drop_index(op.f(BY_PROMISE))
        batch_op.drop_index(op.f(BY_CLERK))
        batch_op.drop_constraint(op.f(CLERK), type_="foreignkey")
        batch_op.drop_column("clerk_id")


def _check(table: str, column: str, values: tuple[str, ...]) -> None:
    words = ", ".join(repr(value) for value in values)
    with op.batch_alter_table(table, schema=None) as batch_op:
        batch_op.drop_constraint(op.f(f"ck_{table}_{column}"), type_="check")
        batch_op.create_check_constraint(op.f(f"ck_{table}_{column}"), f"{column} IN ({words})")
