"""Let children be booked at services, day by day, by a calendar."""

import sqlalchemy as sa
from alembic import op

revision = "0044"
down_revision = "0043"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
STATES = ("booked", "waiting", "offered", "cancelled", "absent", "closed")


def upgrade() -> None:
    """Make their tables."""
    _services()
    _days()
    _bookings()
    _history()


def downgrade() -> None:
    """Drop them."""
    for name in (
        "booking_event",
        "booking_batch",
        "booking",
        "place",
        "enrolment",
        "service_day",
        "service_link",
        "calendar_span",
        "service",
    ):
        op.drop_table(name)


def _services() -> None:
    op.create_table(
        "service",
        _id(),
        _public_id(),
        sa.Column("source_id", sa.String(length=40), nullable=False),
        sa.Column("slug", sa.String(length=60), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("short_name", sa.String(length=40), nullable=False),
        _choice("kind", "canteen", "garderie", "midday", "leisure", "other"),
        sa.Column("operator", sa.String(length=100), nullable=False),
        _integer("position"),
        sa.Column("starts_at", sa.Integer(), nullable=True),
        sa.Column("ends_at", sa.Integer(), nullable=True),
        _integer("weekdays"),
        _yes_or_no("in_terms"),
        _yes_or_no("in_holidays"),
        _choice("mode", "days", "request", "attendance_only"),
        sa.Column("capacity", sa.Integer(), nullable=True),
        _choice("waiting", "none", "automatic", "offer"),
        sa.Column("book_rule", sa.String(length=200), nullable=False),
        sa.Column("cancel_rule", sa.String(length=200), nullable=False),
        sa.Column("absence_rule", sa.String(length=200), nullable=False),
        _yes_or_no("shift"),
        _choice("late", "refuse", "surcharge", "request"),
        sa.Column("opens_at", MOMENT, nullable=True),
        sa.Column("archived_at", MOMENT, nullable=True),
        _check("service", "capacity", "capacity >= 0"),
        _check("service", "ends_at", "ends_at BETWEEN 0 AND 1440"),
        _check("service", "starts_at", "starts_at BETWEEN 0 AND 1440"),
        _check("service", "weekdays", "weekdays BETWEEN 0 AND 127"),
        _key("service"),
        _unique("service", "public_id"),
        _unique("service", "slug"),
        _unique("service", "source_id"),
    )
    op.create_table(
        "service_link",
        _integer("service_id"),
        _integer("other_id"),
        _choice("kind", "brings", "needs", "excludes"),
        _check("service_link", "two", "service_id <> other_id"),
        _reference("service_link", "service_id", "service"),
        _reference("service_link", "other_id", "service"),
        _key("service_link", "service_id", "other_id"),
    )
    _index("service_link", "other_id")


def _days() -> None:
    op.create_table(
        "calendar_span",
        _id(),
        _choice("kind", "public", "school", "bridge", "town"),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("last", sa.Date(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("zone", sa.String(length=20), nullable=False),
        sa.Column("source", sa.String(length=100), nullable=False),
        _yes_or_no("confirmed"),
        _check("calendar_span", "days", "first <= last"),
        _key("calendar_span"),
    )
    _index("calendar_span", "kind", "first")
    op.create_table(
        "service_day",
        _id(),
        _integer("service_id"),
        sa.Column("day", sa.Date(), nullable=False),
        _choice("state", "open", "closed"),
        sa.Column("capacity", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(length=200), nullable=False),
        _check("service_day", "capacity", "capacity >= 0"),
        _reference("service_day", "service_id", "service"),
        _key("service_day"),
        _unique("service_day", "service_id", "day"),
    )


def _bookings() -> None:
    op.create_table(
        "enrolment",
        _id(),
        _integer("child_id"),
        _integer("service_id"),
        _integer("family_id"),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("last", sa.Date(), nullable=True),
        _check("enrolment", "days", "last IS NULL OR first <= last"),
        _reference("enrolment", "child_id", "child"),
        _reference("enrolment", "service_id", "service"),
        _reference("enrolment", "family_id", "family"),
        _key("enrolment"),
        _unique("enrolment", "child_id", "service_id", "family_id", "first"),
    )
    _index("enrolment", "service_id")
    _index("enrolment", "family_id", "service_id")
    op.create_table(
        "place",
        _integer("service_id"),
        _integer("group_id"),
        sa.Column("day", sa.Date(), nullable=False),
        _integer("capacity"),
        _integer("taken"),
        _check("place", "taken", "taken BETWEEN 0 AND capacity"),
        _reference("place", "service_id", "service"),
        _key("place", "service_id", "group_id", "day"),
    )
    op.create_table(
        "booking",
        _id(),
        _public_id(),
        _integer("child_id"),
        _integer("service_id"),
        sa.Column("day", sa.Date(), nullable=False),
        _integer("family_id"),
        _choice("state", *STATES),
        _choice("origin", "parent", "typical", "linked", "staff", "waiting", "import"),
        _yes_or_no("late"),
        sa.Column("waiting_since", MOMENT, nullable=True),
        sa.Column("offer_until", MOMENT, nullable=True),
        _integer("version"),
        _reference("booking", "child_id", "child"),
        _reference("booking", "service_id", "service"),
        _reference("booking", "family_id", "family"),
        _key("booking"),
        _unique("booking", "public_id"),
        _unique("booking", "child_id", "service_id", "day"),
    )
    _index("booking", "family_id", "day")
    _index("booking", "day")
    _index("booking", "service_id", "day", "state")


def _history() -> None:
    op.create_table(
        "booking_batch",
        _id(),
        _public_id(),
        _integer("family_id"),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("acted_by", sa.String(length=100), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("sending_key", sa.String(length=32), nullable=False),
        *(_integer(name) for name in ("added", "removed", "waiting", "refused")),
        _reference("booking_batch", "family_id", "family"),
        _reference("booking_batch", "account_id", "account"),
        _key("booking_batch"),
        _unique("booking_batch", "public_id"),
        _unique("booking_batch", "sending_key"),
    )
    _index("booking_batch", "account_id")
    _index("booking_batch", "family_id", "at")
    op.create_table(
        "booking_event",
        _id(),
        _integer("booking_id"),
        _integer("family_id"),
        sa.Column("batch_id", sa.Integer(), nullable=True),
        sa.Column("at", MOMENT, nullable=False),
        _choice(
            "kind",
            *("booked", "waited", "offered", "promoted", "lapsed", "cancelled", "absence"),
            *("closed", "reopened", "imported", "corrected"),
        ),
        _choice("old", *STATES, nullable=True),
        _choice("new", *STATES),
        sa.Column("sentence", sa.Text(), nullable=False),
        _reference("booking_event", "booking_id", "booking"),
        _reference("booking_event", "family_id", "family"),
        _reference("booking_event", "batch_id", "booking_batch"),
        _key("booking_event"),
    )
    _index("booking_event", "booking_id")
    _index("booking_event", "batch_id")
    _index("booking_event", "family_id", "at")


def _id() -> sa.Column[int]:
    return _integer("id")


def _public_id() -> sa.Column[str]:
    return sa.Column("public_id", sa.String(length=16), nullable=False)


def _integer(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), nullable=False)


def _yes_or_no(name: str) -> sa.Column[bool]:
    return sa.Column(name, sa.Boolean(), nullable=False)


def _choice(name: str, *words: str, nullable: bool = False) -> sa.Column[str]:
    kind = sa.Enum(*words, name=name, native_enum=False, create_constraint=True, length=20)
    return sa.Column(name, kind, nullable=nullable)


def _key(table: str, *columns: str) -> sa.PrimaryKeyConstraint:
    return sa.PrimaryKeyConstraint(*(columns or ("id",)), name=op.f(f"pk_{table}"))


def _unique(table: str, *columns: str) -> sa.UniqueConstraint:
    return sa.UniqueConstraint(*columns, name=op.f(f"uq_{table}_{'_'.join(columns)}"))


def _check(table: str, name: str, rule: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(rule, name=op.f(f"ck_{table}_{name}"))


def _reference(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}")
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=name)


def _index(table: str, *columns: str) -> None:
    op.create_index(op.f(f"ix_{table}_{'_'.join(columns)}"), table, list(columns))
