"""Keep the imports that the town hall asks for on screen, and for a month what it handed over."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
STATES = sa.Enum(
    "reading", "refused", "planned", "importing", "dropped", "imported", name="state",
    native_enum=False, create_constraint=True, length=20,
)  # fmt: skip


def upgrade() -> None:
    """Make room for them."""
    op.create_table(
        "import_run",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=120), nullable=False),
        sa.Column("acted_by", sa.String(length=100), nullable=False),
        sa.Column("received_at", MOMENT, nullable=False),
        sa.Column("state", STATES, nullable=False),
        sa.Column("settled_at", MOMENT, nullable=True),
        sa.Column("archive_missing", sa.Boolean(), nullable=False),
        sa.Column("remove_missing", sa.Boolean(), nullable=False),
        sa.Column("mail", sa.Boolean(), nullable=False),
        sa.Column("closing", sa.Integer(), nullable=True),
        sa.Column("created", sa.Integer(), nullable=False),
        sa.Column("changed", sa.Integer(), nullable=False),
        sa.Column("closed", sa.Integer(), nullable=False),
        sa.Column("mails", sa.Integer(), nullable=False),
        sa.Column("job_id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_run")),
    )
    op.create_index(op.f("ix_import_run_received_at"), "import_run", ["received_at"], unique=False)
    op.create_table(
        "import_upload",
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("received_at", MOMENT, nullable=False),
        sa.Column("file", sa.String(length=100), nullable=False),
        sa.Column("changes", sa.String(length=100), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("read_at", MOMENT, nullable=True),
        sa.Column("told", sa.JSON(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["run_id"], ["import_run.id"], name=op.f("fk_import_upload_run_id_import_run")
        ),
        sa.PrimaryKeyConstraint("run_id", name=op.f("pk_import_upload")),
    )


def downgrade() -> None:
    """Drop them."""
    op.drop_table("import_upload")
    op.drop_index(op.f("ix_import_run_received_at"), table_name="import_run")
    op.drop_table("import_run")
