"""Find the invoices that are paid past all that are not yet, and the oldest unpaid of a family."""

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None

PAID, OF_FAMILY = "ix_invoice_paid", "ix_invoice_unpaid_family_id"
IS_PAID = sa.text("kind = 'FACTURE' AND amount <= allocated")
IS_UNPAID = sa.text("kind = 'FACTURE' AND amount > allocated")


def upgrade() -> None:
    """Index them."""
    _index(PAID, ["issued_on", "id"], IS_PAID)
    op.drop_index(OF_FAMILY, table_name="invoice")
    _index(OF_FAMILY, ["family_id", "due_on", "id"], IS_UNPAID)


def _index(name: str, columns: list[str], where: sa.TextClause) -> None:
    op.create_index(name, "invoice", columns, sqlite_where=where, postgresql_where=where)


def downgrade() -> None:
    """Forget it."""
    op.drop_index(OF_FAMILY, table_name="invoice")
    _index(OF_FAMILY, ["family_id", "due_on"], IS_UNPAID)
    op.drop_index(PAID, table_name="invoice")
