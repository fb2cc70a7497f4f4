"""Keep what the last import changed, row by row, so that it can be undone."""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
STATES = ("reading", "refused", "planned", "importing", "dropped", "imported")
NEW = ("undoing", "undone")
KEY = "fk_import_run_clerk_id_clerk_account"


def upgrade() -> None:
    """Make room for it."""
    _check((*STATES, *NEW))
    with op.batch_alter_table("import_run", schema=None) as batch_op:
        batch_op.add_column(sa.Column("clerk_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("mailed_at", MOMENT, nullable=True))
        batch_op.add_column(
            sa.Column("undone_by", sa.String(length=100), server_default="", nullable=False)
        )
        batch_op.create_foreign_key(op.f(KEY), "clerk_account", ["clerk_id"], ["id"])
    op.create_table(
        "import_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("table_name", sa.String(length=40), nullable=False),
        sa.Column("before", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("after", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("first", sa.Integer(), nullable=True),
        sa.Column("last", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["run_id"], ["import_run.id"], name=op.f("fk_import_change_run_id_import_run")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_change")),
    )
    op.create_index(op.f("ix_import_change_run_id"), "import_change", ["run_id"], unique=False)


def downgrade() -> None:
    """Drop it; an import that was undone reads as dropped."""
    op.drop_index(op.f("ix_import_change_run_id"), table_name="import_change")
    op.drop_table("import_change")
    op.execute("UPDATE import_run SET state = 'imported' WHERE state = 'undoing'")
    op.execute("UPDATE import_run SET state = 'dropped' WHERE state = 'undone'")
    with op.batch_alter_table("import_run", schema=None) as batch_op:
        batch_op.drop_constraint(op.f(KEY), type_="foreignkey")
        batch_op.drop_column("undone_by")
        batch_op.drop_column("mailed_at")
        batch_op.drop_column("clerk_id")
    _check(STATES)


def _check(states: tuple[str, ...]) -> None:
    words = ", ".join(repr(state) for state in states)
    with op.batch_alter_table("import_run", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_import_run_state"), type_="check")
        batch_op.create_check_constraint(op.f("ck_import_run_state"), f"state IN ({words})")
