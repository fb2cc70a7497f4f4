"""Find the children of a school and of a class."""

from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Index them."""
    op.create_index(
        op.f("ix_child_school_class_name"), "child", ["school", "class_name"], unique=False
    )


def downgrade() -> None:
    """Drop it."""
    op.drop_index(op.f("ix_child_school_class_name"), table_name="child")
