"""Find what is left to pay: each invoice keeps what was allocated to it."""

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None

UNPAID = sa.text("kind = 'FACTURE' AND amount > allocated")
OTHER = sa.text("kind <> 'FACTURE'")
GOING_BACK = sa.text("amount < 0")
ALLOCATED = """
    UPDATE invoice SET allocated =
        (SELECT sum(amount) FROM allocation WHERE allocation.invoice_id = invoice.id)
    WHERE id IN (SELECT invoice_id FROM allocation)
"""


def upgrade() -> None:
    """Add it up once; whatever shares money keeps it from then on."""
    allocated = sa.Column("allocated", sa.BigInteger(), server_default=sa.text("0"), nullable=False)
    op.add_column("invoice", allocated)
    op.execute(ALLOCATED)
    op.create_index(op.f("ix_invoice_issued_on_id"), "invoice", ["issued_on", "id"])
    _index("ix_invoice_unpaid_due_on", ["due_on", "id"], UNPAID)
    _index("ix_invoice_unpaid_family_id", ["family_id", "due_on"], UNPAID)
    _index("ix_invoice_other", ["kind", "issued_on", "id"], OTHER)
    op.create_index(op.f("ix_payment_paid_on_id"), "payment", ["paid_on", "id"])
    _index("ix_payment_going_back", ["paid_on", "id"], GOING_BACK)


def _index(name: str, columns: list[str], where: sa.TextClause) -> None:
    table = name.split("_")[1]
    op.create_index(name, table, columns, sqlite_where=where, postgresql_where=where)


def downgrade() -> None:
    """Forget it: allocations say it too."""
    op.drop_index("ix_payment_going_back", table_name="payment")
    op.drop_index(op.f("ix_payment_paid_on_id"), table_name="payment")
    for name in ("other", "unpaid_family_id", "unpaid_due_on", "issued_on_id"):
        op.drop_index(f"ix_invoice_{name}", table_name="invoice")
    op.drop_column("invoice", "allocated")
