"""Call services that were added on screen as their addresses do: files may name them."""

import sqlalchemy as sa
from alembic import op

revision = "0060"
down_revision = "0059"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Leave those whose name a file has given to another."""
    service = sa.table("service", sa.column("source_id"), sa.column("slug"))
    other = service.alias("other")
    taken = sa.select(1).where(other.c.source_id == service.c.slug).exists()
    op.execute(
        service.update()
        .where(service.c.source_id.startswith("portail-"), ~taken)
        .values(source_id=service.c.slug)
    )


def downgrade() -> None:
    """Keep the names: any is good."""
