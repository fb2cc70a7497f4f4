"""A household's file: the family, its one or two guardians, its children."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    Enum,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    func,
)
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db import Base, UtcDateTime, new_public_id
from app.models.stored_files import Folder, StoredName


class Sex(StrEnum):
    """As the file from the town hall says; the screen shows the letter."""

    MALE = "M"
    FEMALE = "F"


def choice(kind: type[StrEnum], name: str) -> Enum:
    """Return a column type for a StrEnum: its values as text, checked by the database."""
    return Enum(
        kind,
        name=name,
        native_enum=False,
        create_constraint=True,
        length=20,
        values_callable=lambda members: [member.value for member in members],
    )


class Family(Base):
    """A household's file (« famille »); `number` is the « N° famille » on paper."""

    __tablename__ = "family"

    id: Mapped[int] = mapped_column(primary_key=True)
    source_id: Mapped[str] = mapped_column(String(40), unique=True)
    number: Mapped[str] = mapped_column(String(40), index=True)
    street: Mapped[str] = mapped_column(String(200), default="")
    postcode: Mapped[str] = mapped_column(String(10), default="")
    city: Mapped[str] = mapped_column(String(100), default="")
    direct_debit: Mapped[bool] = mapped_column(default=False)
    archived_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # Since when the imports do not name it; None while the last one did.
    missing_since: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # The name of its first guardian, as names are compared: lists are in its order.
    folded_name: Mapped[str] = mapped_column(
        String(200).with_variant(String(200, collation="C"), "postgresql"),
        default="", server_default="", index=True,
    )  # fmt: skip
    # Nothing of anybody is left in it: no import fills it again.
    erased_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Guardian(Base):
    """A parent (« responsable »); rank 1 or 2 in the family's file.

    Without a rank they were one: somebody else has their place, and what they did keeps their name.
    """

    __tablename__ = "guardian"
    __table_args__ = (
        UniqueConstraint("family_id", "rank"),
        CheckConstraint("rank IN (1, 2)", name="rank"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    family_id: Mapped[int] = mapped_column(ForeignKey("family.id"))
    rank: Mapped[int | None]
    title: Mapped[str] = mapped_column(String(20), default="")
    last_name: Mapped[str] = mapped_column(String(100))
    first_name: Mapped[str] = mapped_column(String(100))
    sex: Mapped[Sex | None] = mapped_column(choice(Sex, "sex"))
    birth_date: Mapped[date | None]
    phone: Mapped[str] = mapped_column(String(30), default="")
    mobile: Mapped[str] = mapped_column(String(30), default="")
    work_phone: Mapped[str] = mapped_column(String(30), default="")
    email: Mapped[str] = mapped_column(String(254), default="", index=True)
    # Set when the parent proved the address in the portal: an import leaves it alone from then on.
    email_confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    family: Mapped[Family] = relationship()

    @hybrid_property
    def full_name(self) -> str:
        """First name and last name; a home or an association has the last one only."""
        return f"{self.first_name} {self.last_name}".strip()

    @full_name.inplace.expression
    @classmethod
    def _full_name_in_sql(cls) -> ColumnElement[str]:
        return func.trim(cls.first_name + " " + cls.last_name)


class Child(Base):
    """A child; separated parents share one through two families."""

    __tablename__ = "child"
    __table_args__ = (Index(None, "school", "class_name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(16), unique=True, default=new_public_id)
    source_id: Mapped[str] = mapped_column(String(40), unique=True)
    last_name: Mapped[str] = mapped_column(String(100))
    first_name: Mapped[str] = mapped_column(String(100))
    sex: Mapped[Sex | None] = mapped_column(choice(Sex, "sex"))
    birth_date: Mapped[date | None]
    school: Mapped[str] = mapped_column(String(100), default="")
    class_name: Mapped[str] = mapped_column(String(100), default="")
    photo: Mapped[str] = mapped_column(StoredName(Folder.PHOTOS), default="")
    # With the only family that had them; filled again when another one comes to have them.
    erased_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class FamilyChild(Base):
    """Which families a child belongs to."""

    __tablename__ = "family_child"

    family_id: Mapped[int] = mapped_column(ForeignKey("family.id"), primary_key=True)
    child_id: Mapped[int] = mapped_column(ForeignKey("child.id"), primary_key=True, index=True)


class FamilyWord(Base):
    """A word by which the town hall finds a family, folded: a name, a number, a telephone."""

    __tablename__ = "family_word"

    # Compared byte by byte, so that its beginning is found by the key.
    word: Mapped[str] = mapped_column(
        String(60).with_variant(String(60, collation="C"), "postgresql"), primary_key=True
    )
    family_id: Mapped[int] = mapped_column(ForeignKey("family.id"), primary_key=True, index=True)


class AcceptedValue(Base):
    """What the town hall accepted of a value that its files give too, until they say the same.

    It is a guardian's, a family's or a child's. What nobody accepted has no row: of that, the
    portal holds what the files last said.
    """

    __tablename__ = "accepted_value"
    __table_args__ = (
        UniqueConstraint("guardian_id", "field"),
        UniqueConstraint("family_id", "field"),
        UniqueConstraint("child_id", "field"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    guardian_id: Mapped[int | None] = mapped_column(ForeignKey("guardian.id"))
    family_id: Mapped[int | None] = mapped_column(ForeignKey("family.id"))
    child_id: Mapped[int | None] = mapped_column(ForeignKey("child.id"))
    # The name of its column.
    field: Mapped[str] = mapped_column(String(40))
    # What the files last said; None when nobody remembers.
    file_value: Mapped[str | None] = mapped_column(String(254))
    value: Mapped[str] = mapped_column(String(254))
    accepted_at: Mapped[datetime] = mapped_column(UtcDateTime)
    # Who at the town hall accepted it, by name; empty when the parent proved it in the portal.
    acted_by: Mapped[str] = mapped_column(String(100), default="", server_default="")
    request_id: Mapped[int | None] = mapped_column(ForeignKey("family_request.id"), index=True)
    # When the files said the same, or something new: then they differ from it for good.
    settled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class KeptOut(Base):
    """A child whom the town hall took out of a family, until the files agree (« à l’écart »)."""

    __tablename__ = "kept_out"

    family_id: Mapped[int] = mapped_column(ForeignKey("family.id"), primary_key=True)
    child_id: Mapped[int] = mapped_column(ForeignKey("child.id"), primary_key=True, index=True)


class FamilyNote(Base):
    """What the town hall writes down for itself about a family (« note interne »)."""

    __tablename__ = "family_note"

    id: Mapped[int] = mapped_column(primary_key=True)
    family_id: Mapped[int] = mapped_column(ForeignKey("family.id"), index=True)
    written_at: Mapped[datetime] = mapped_column(UtcDateTime)
    # Who of the town hall, by name.
    acted_by: Mapped[str] = mapped_column(String(100))
    body: Mapped[str] = mapped_column(Text)


class FamilyErasure(Base):
    """A family whose data are to be erased, then were: it stays, as the proof."""

    __tablename__ = "family_erasure"

    id: Mapped[int] = mapped_column(primary_key=True)
    family_id: Mapped[int] = mapped_column(ForeignKey("family.id"), index=True)
    planned_at: Mapped[datetime] = mapped_column(UtcDateTime)
    # No night before this one does it.
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    # Who at the town hall asked for it, by name.
    acted_by: Mapped[str] = mapped_column(String(100), default="", server_default="")
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    cancelled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
