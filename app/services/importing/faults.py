"""What is wrong in the files, told so that a secretary can put it right."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from app.formats import plural

KEPT_FAULTS = 1_000
DAMAGED = "ce fichier est abîmé ; donnez-le de nouveau."
SHOWN_CHARACTERS = 60


class FieldRefused(ValueError):  # noqa: N818 (a refusal, not a bug)
    """A cell that cannot be kept; the message is the remedy, a sentence in French."""


class Unreadable(Exception):  # noqa: N818
    """A file is no CSV, or is broken; the message is the remedy, a sentence in French."""

    def __init__(self, remedy: str, line: int | None = None) -> None:
        """Carry the remedy, and the line where reading stopped."""
        super().__init__(remedy)
        self.line = line


class ImportRefused(Exception):  # noqa: N818
    """The files cannot be imported; nothing was written."""

    def __init__(self, told: "Told") -> None:
        """Carry every fault found, and what would have been set aside without them."""
        super().__init__("\n".join(str(fault) for fault in told.faults))
        self.faults = told.faults
        self.set_aside = told.set_aside


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing to put right: where it is, whose, what is there, what to do."""

    file: str
    remedy: str
    line: int | None = None
    column: str = ""
    value: str | None = None
    # The number and the name of the family, which the town's software knows; lines it does not.
    family: str = ""
    # The first of the other lines with the same fault, and how many more there are.
    others: tuple[int, ...] = ()
    more: int = 0

    def __str__(self) -> str:
        """Write « facture.csv, ligne 3, famille 12 (PAYS), colonne montant, valeur « x » : … »."""
        place = [self.file]
        if self.line is not None:
            place.append(self.lines)
        if self.family:
            place.append(f"famille {shown(self.family)}")
        if self.column:
            place.append(f"colonne {self.column}")
        if self.value is not None:
            place.append(f"valeur « {shown(self.value)} »" if self.value else "valeur vide")
        return f"{', '.join(place)} : {self.remedy}"

    @property
    def lines(self) -> str:
        """Write « lignes 3, 5 et 12 autres »; nothing for a file as a whole."""
        if self.line is None:
            return ""
        if not self.others:
            return f"ligne {self.line}"
        *first, last = map(str, (self.line, *self.others))
        if self.more:
            first, last = [*first, last], plural(self.more, "autre")
        return f"lignes {', '.join(first)} et {last}"


@dataclass(slots=True)
class Faults:
    """All faults are counted; the first thousand are kept, so that memory stays bounded."""

    count: int = 0
    kept: list[Fault] = field(default_factory=list)

    def add(self, fault: Fault) -> None:
        """Note one more."""
        self.count += 1
        if len(self.kept) < KEPT_FAULTS:
            self.kept.append(fault)

    def tell_of(self, file: str, line: int, column: str) -> bool:
        """Tell whether a cell, or all of its row, is known to be at fault: once is enough."""
        return any(
            (each.file, each.line) == (file, line) and each.column in {column, ""}
            for each in self.kept
        )

    def add_uncounted(self, more: int) -> None:
        """Count faults whose details were not even read."""
        self.count += more

    def __bool__(self) -> bool:
        """Tell whether there is any."""
        return self.count > 0

    def __iter__(self) -> Iterator[Fault]:
        """Go through the kept ones, line by line in each file."""
        files = list(dict.fromkeys(fault.file for fault in self.kept))
        return iter(sorted(self.kept, key=lambda each: (files.index(each.file), each.line or 0)))


@dataclass(frozen=True, slots=True)
class Told:
    """What is told of the files: what stops the import, and the cells that it does without."""

    faults: Faults = field(default_factory=Faults)
    set_aside: Faults = field(default_factory=Faults)


def shown(value: str) -> str:
    """Make a value of a file fit to print: short, and harmless to a terminal."""
    shortened = value[:SHOWN_CHARACTERS] + ("…" if len(value) > SHOWN_CHARACTERS else "")
    return "".join(
        character if character.isprintable() or character in "\N{NO-BREAK SPACE}\u202f" else "�"
        for character in shortened
    )
