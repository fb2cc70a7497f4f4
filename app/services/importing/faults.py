"""What is wrong in the files, told so that a secretary can put it right."""

from collections.abc import Iterator
from dataclasses import dataclass, field

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

    def __init__(self, faults: "Faults") -> None:
        """Carry every fault found."""
        super().__init__("\n".join(str(fault) for fault in faults))
        self.faults = faults


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing to put right: where it is, what is there, what to do."""

    file: str
    remedy: str
    line: int | None = None
    column: str = ""
    value: str | None = None

    def __str__(self) -> str:
        """Write « facture.csv, ligne 3, colonne montant, valeur « x » : écrivez… »."""
        place = [self.file]
        if self.line is not None:
            place.append(f"ligne {self.line}")
        if self.column:
            place.append(f"colonne {self.column}")
        if self.value is not None:
            place.append(f"valeur « {shown(self.value)} »" if self.value else "valeur vide")
        return f"{', '.join(place)} : {self.remedy}"


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
        """Tell whether a cell is known to be at fault: it needs no second sentence."""
        place = (file, line, column)
        return any((each.file, each.line, each.column) == place for each in self.kept)

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


def shown(value: str) -> str:
    """Make a value of a file fit to print: short, and harmless to a terminal."""
    shortened = value[:SHOWN_CHARACTERS] + ("…" if len(value) > SHOWN_CHARACTERS else "")
    return "".join(
        character if character.isprintable() or character in "\N{NO-BREAK SPACE}\u202f" else "�"
        for character in shortened
    )
