"""Let money go back: negative payments, cancelled invoices, prices as precise as written."""

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

KINDS = ("FACTURE", "AVOIR", "ANNULEE")
MORE_DECIMALS = "UPDATE invoice_line SET quantity = quantity * 10, unit_price = unit_price * 100"
FEWER_DECIMALS = "UPDATE invoice_line SET quantity = quantity / 10, unit_price = unit_price / 100"


def upgrade() -> None:
    """Widen what amounts and kinds may be."""
    _check("payment", "amount", "amount <> 0")
    _check("allocation", "amount", "amount <> 0")
    _check("invoice", "kind", _is_one_of(KINDS))
    op.execute(MORE_DECIMALS)


def downgrade() -> None:
    """Forget what went back and what was cancelled, which nothing could show."""
    op.execute(FEWER_DECIMALS)
    op.execute("DELETE FROM allocation WHERE amount < 0")
    op.execute("DELETE FROM payment WHERE amount < 0")
    op.execute("UPDATE invoice SET kind = 'FACTURE' WHERE kind = 'ANNULEE'")
    _check("invoice", "kind", _is_one_of(KINDS[:2]))
    _check("allocation", "amount", "amount > 0")
    _check("payment", "amount", "amount > 0")


def _is_one_of(words: tuple[str, ...]) -> str:
    return f"kind IN ({', '.join(repr(word) for word in words)})"


def _check(table: str, name: str, condition: str) -> None:
    with op.batch_alter_table(table, schema=None) as batch_op:
        batch_op.drop_constraint(op.f(f"ck_{table}_{name}"), type_="check")
        batch_op.create_check_constraint(op.f(f"ck_{table}_{name}"), condition)
