"""Let families act: requests, answers, marks, changes of address, wishes about mail."""

import unicodedata

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Let families act: requests, answers, marks, changes of address, wishes about mail."""
    op.create_table(
        "message_attachment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column("message_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("file", sa.String(length=100), nullable=False),
        sa.ForeignKeyConstraint(
            ["message_id"], ["message.id"], name=op.f("fk_message_attachment_message_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message_attachment")),
        sa.UniqueConstraint("public_id", name=op.f("uq_message_attachment_public_id")),
    )
    op.create_index(
        op.f("ix_message_attachment_message_id"), "message_attachment", ["message_id"], unique=False
    )

    op.create_table(
        "email_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("address", sa.String(length=254), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_email_change_account_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_email_change")),
    )
    op.create_index(
        op.f("ix_email_change_account_id"), "email_change", ["account_id"], unique=False
    )

    op.create_table(
        "family_request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column("family_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "sent",
                "taken",
                "piece_missing",
                "accepted",
                "refused",
                "withdrawn",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("child_id", sa.Integer(), nullable=True),
        sa.Column("invoice_id", sa.Integer(), nullable=True),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expected_on", sa.Date(), nullable=False),
        sa.Column("sending_key", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_family_request_account_id")
        ),
        sa.ForeignKeyConstraint(
            ["child_id"], ["child.id"], name=op.f("fk_family_request_child_id")
        ),
        sa.ForeignKeyConstraint(
            ["family_id"], ["family.id"], name=op.f("fk_family_request_family_id")
        ),
        sa.ForeignKeyConstraint(
            ["invoice_id"], ["invoice.id"], name=op.f("fk_family_request_invoice_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_family_request")),
        sa.UniqueConstraint("public_id", name=op.f("uq_family_request_public_id")),
        sa.UniqueConstraint("sending_key", name=op.f("uq_family_request_sending_key")),
    )
    op.create_index(
        op.f("ix_family_request_account_id"), "family_request", ["account_id"], unique=False
    )
    op.create_index(
        op.f("ix_family_request_child_id"), "family_request", ["child_id"], unique=False
    )
    op.create_index(
        op.f("ix_family_request_family_id_state"),
        "family_request",
        ["family_id", "state"],
        unique=False,
    )
    op.create_index(
        op.f("ix_family_request_invoice_id"), "family_request", ["invoice_id"], unique=False
    )

    op.create_table(
        "message_mark",
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("message_id", sa.Integer(), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_message_mark_account_id")
        ),
        sa.ForeignKeyConstraint(
            ["message_id"], ["message.id"], name=op.f("fk_message_mark_message_id")
        ),
        sa.PrimaryKeyConstraint("account_id", "message_id", name=op.f("pk_message_mark")),
    )
    op.create_index(
        op.f("ix_message_mark_message_id"), "message_mark", ["message_id"], unique=False
    )

    op.create_table(
        "message_reply",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("message_id", sa.Integer(), nullable=False),
        sa.Column("family_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("sending_key", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_message_reply_account_id")
        ),
        sa.ForeignKeyConstraint(
            ["family_id"], ["family.id"], name=op.f("fk_message_reply_family_id")
        ),
        sa.ForeignKeyConstraint(
            ["message_id"], ["message.id"], name=op.f("fk_message_reply_message_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message_reply")),
        sa.UniqueConstraint("sending_key", name=op.f("uq_message_reply_sending_key")),
    )
    op.create_index(
        op.f("ix_message_reply_family_id"), "message_reply", ["family_id"], unique=False
    )
    op.create_index(
        op.f("ix_message_reply_message_id_family_id"),
        "message_reply",
        ["message_id", "family_id"],
        unique=False,
    )

    op.create_table(
        "request_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "sent",
                "taken",
                "piece_asked",
                "piece_added",
                "accepted",
                "refused",
                "withdrawn",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_request_event_account_id")
        ),
        sa.ForeignKeyConstraint(
            ["request_id"], ["family_request.id"], name=op.f("fk_request_event_request_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_request_event")),
    )
    op.create_index(
        op.f("ix_request_event_request_id"), "request_event", ["request_id"], unique=False
    )

    op.create_table(
        "request_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("file", sa.String(length=100), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["request_id"], ["family_request.id"], name=op.f("fk_request_file_request_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_request_file")),
        sa.UniqueConstraint("public_id", name=op.f("uq_request_file_public_id")),
    )
    op.create_index(
        op.f("ix_request_file_request_id"), "request_file", ["request_id"], unique=False
    )

    op.execute(
        "INSERT INTO message_mark (account_id, message_id, read_at)"
        " SELECT account_id, message_id, read_at FROM message_read"
    )
    op.drop_index(op.f("ix_message_read_message_id"), table_name="message_read")

    op.drop_table("message_read")
    with op.batch_alter_table("account", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("mail_messages", sa.Boolean(), server_default=sa.true(), nullable=False)
        )
        batch_op.add_column(
            sa.Column("mail_invoices", sa.Boolean(), server_default=sa.true(), nullable=False)
        )
        batch_op.add_column(
            sa.Column("mail_requests", sa.Boolean(), server_default=sa.true(), nullable=False)
        )

    with op.batch_alter_table("document", schema=None) as batch_op:
        batch_op.add_column(sa.Column("added_at", sa.DateTime(timezone=True), nullable=True))

    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("sender", sa.String(length=100), server_default="", nullable=False)
        )
        batch_op.add_column(
            sa.Column("answerable", sa.Boolean(), server_default=sa.false(), nullable=False)
        )
        batch_op.add_column(sa.Column("folded", sa.Text(), server_default="", nullable=False))
    _fold_messages()

    with op.batch_alter_table("outbox_mail", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("address", sa.String(length=254), server_default="", nullable=False)
        )


def downgrade() -> None:
    """Undo it."""
    with op.batch_alter_table("outbox_mail", schema=None) as batch_op:
        batch_op.drop_column("address")

    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.drop_column("folded")
        batch_op.drop_column("answerable")
        batch_op.drop_column("sender")

    with op.batch_alter_table("document", schema=None) as batch_op:
        batch_op.drop_column("added_at")

    with op.batch_alter_table("account", schema=None) as batch_op:
        batch_op.drop_column("mail_requests")
        batch_op.drop_column("mail_invoices")
        batch_op.drop_column("mail_messages")

    op.create_table(
        "message_read",
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("message_id", sa.Integer(), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_message_read_account_id")
        ),
        sa.ForeignKeyConstraint(
            ["message_id"], ["message.id"], name=op.f("fk_message_read_message_id")
        ),
        sa.PrimaryKeyConstraint("account_id", "message_id", name=op.f("pk_message_read")),
    )
    op.create_index(
        op.f("ix_message_read_message_id"), "message_read", ["message_id"], unique=False
    )
    op.execute(
        "INSERT INTO message_read (account_id, message_id, read_at)"
        " SELECT account_id, message_id, read_at FROM message_mark WHERE read_at IS NOT NULL"
    )

    op.drop_index(op.f("ix_request_file_request_id"), table_name="request_file")

    op.drop_table("request_file")
    op.drop_index(op.f("ix_request_event_request_id"), table_name="request_event")

    op.drop_table("request_event")
    op.drop_index(op.f("ix_message_reply_message_id_family_id"), table_name="message_reply")
    op.drop_index(op.f("ix_message_reply_family_id"), table_name="message_reply")

    op.drop_table("message_reply")
    op.drop_index(op.f("ix_message_mark_message_id"), table_name="message_mark")

    op.drop_table("message_mark")
    op.drop_index(op.f("ix_family_request_invoice_id"), table_name="family_request")
    op.drop_index(op.f("ix_family_request_family_id_state"), table_name="family_request")
    op.drop_index(op.f("ix_family_request_child_id"), table_name="family_request")
    op.drop_index(op.f("ix_family_request_account_id"), table_name="family_request")

    op.drop_table("family_request")
    op.drop_index(op.f("ix_email_change_account_id"), table_name="email_change")

    op.drop_table("email_change")
    op.drop_index(op.f("ix_message_attachment_message_id"), table_name="message_attachment")

    op.drop_table("message_attachment")


def _fold_messages() -> None:
    """Fill what a search goes through; none of these messages names its service yet."""
    message = sa.table("message", *map(sa.column, ("id", "subject", "body", "folded")))
    connection = op.get_bind()
    change = (
        sa.update(message)
        .where(message.c.id == sa.bindparam("row_id"))
        .values(folded=sa.bindparam("text"))
    )
    found = connection.execute(sa.select(message.c.id, message.c.subject, message.c.body)).all()
    if found:
        texts = [
            {"row_id": row.id, "text": _fold(f"Mairie {row.subject} {row.body}")} for row in found
        ]
        connection.execute(change, texts)


def _fold(text: str) -> str:
    """Do what the portal did on that day, whatever it does since."""
    parts = unicodedata.normalize("NFKD", text)
    letters = "".join(part for part in parts if not unicodedata.combining(part)).casefold()
    return " ".join(letters.translate({0x153: "oe", 0xE6: "ae", 0x2019: "'"}).split())
