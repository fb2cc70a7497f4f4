"""Keep what a clerk was writing, as what a parent was."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

CLERK, ONE_A_PAGE = "fk_draft_clerk_id_clerk_account", "uq_draft_clerk_id_key_page"


def upgrade() -> None:
    """A draft is an account's or a clerk's."""
    with op.batch_alter_table("draft", schema=None) as batch_op:
        batch_op.alter_column("account_id", existing_type=sa.Integer(), nullable=True)
        batch_op.add_column(sa.Column("clerk_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(op.f(CLERK), "clerk_account", ["clerk_id"], ["id"])
        batch_op.create_unique_constraint(op.f(ONE_A_PAGE), ["clerk_id", "key", "page"])


def downgrade() -> None:
    """Forget those of clerks."""
    op.execute("DELETE FROM draft WHERE account_id IS NULL")
    with op.batch_alter_table("draft", schema=None) as batch_op:
        batch_op.drop_constraint(op.f(ONE_A_PAGE), type_="unique")
        batch_op.drop_constraint(op.f(CLERK), type_="foreignkey")
        batch_op.drop_column("clerk_id")
        batch_op.alter_column("account_id", existing_type=sa.Integer(), nullable=False)
