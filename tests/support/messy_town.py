"""A town of 150 families as it is; how its software writes it down is in `messy_export`.

The same town for the same seed. A test compares what parents see with what is true here.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

FAMILIES = 150
LAST_NAMES = (
    "BERNARD", "LE GOFF", "D’ANGELO", "NGUYỄN", "BENALI", "SAINT-ANDRÉ", "YILDIZ", "GARCÍA",
    "ÉTIENNE", "DA SILVA", "ŁUKASIK", "MÜLLER", "ROUX", "PETIT-JEAN", "O’BRIEN",
)  # fmt: skip
MOTHERS = ("Élodie", "Anne-Sophie", "Zoé", "Inès", "Maëlle", "Işıl", "Fatou", "Noëlle")
FATHERS = ("Karim", "Jean-Baptiste", "Loïc", "Håkan", "Gaël", "Cédric", "Søren", "José")
CHILDREN = ("Léa", "Noé", "Inaya", "Éloi", "Jade", "Ismaël", "Chloé", "Hugo", "Œdipe")
CLASSES = (("Louise-Michel", "CP"), ("Louise-Michel", "CM2"), ("Jules-Ferry", "CE1"), ("", ""))
FIRST_MONTH = date(2026, 10, 3)
CENT = Decimal("0.01")


@dataclass
class Parent:
    """A guardian, as they are."""

    last_name: str
    first_name: str
    is_woman: bool
    born_on: date | None = None
    email: str = ""
    mobile: str = ""

    @property
    def name(self) -> str:
        """Write both names, as the report does."""
        return f"{self.first_name} {self.last_name}".strip()


@dataclass
class Youngster:
    """A child, as they are."""

    id: str
    last_name: str
    first_name: str
    is_girl: bool
    born_on: date
    school: str
    class_name: str


@dataclass
class Household:
    """A family's file in the software of the town hall."""

    id: str
    street: str
    parents: list[Parent]
    children: list[Youngster] = field(default_factory=list)
    by_debit: bool = False

    @property
    def number(self) -> str:
        """Return what parents know the file by."""
        return f"SE{self.id}"


@dataclass
class Bill:
    """An invoice; its lines are `meals` of 3.25 € and hours at a price of four decimals."""

    id: str
    household: Household
    number: str
    on: date
    meals: int
    kind: str = "FACTURE"

    @property
    def amount(self) -> Decimal:
        """Return what the lines add up to."""
        return sum((amount for *_, amount in self.lines), Decimal(0))

    @property
    def lines(self) -> Iterator[tuple[str, Decimal, Decimal, Decimal]]:
        """Go through what was had: label, quantity, price, amount."""
        for label, quantity, price in (
            ("Cantine", Decimal(self.meals), Decimal("3.25")),
            ("Garderie du soir", Decimal("7.375"), Decimal("1.2504")),
        ):
            yield label, quantity, price, (quantity * price).quantize(CENT)


@dataclass
class Receipt:
    """Money received, or taken back when it is negative."""

    id: str
    household: Household
    on: date
    amount: Decimal
    mode: str
    bill: Bill | None = None


class MessyTown:
    """The town as it is."""

    def __init__(self, seed: int = 2026, families: int = FAMILIES) -> None:
        """Draw the people and their first month."""
        self._draw = random.Random(seed)
        self.households = [self._household(1_000 + number) for number in range(families)]
        # A payer with one name: a home.
        self.households[7].parents = [
            Parent("FOYER LES TILLEULS", "", is_woman=False, email="foyer@exemple.fr")
        ]
        self.bills: list[Bill] = []
        self.receipts: list[Receipt] = []
        self.bill_everybody(FIRST_MONTH)

    def _household(self, number: int) -> Household:
        draw = self._draw
        last_name = draw.choice(LAST_NAMES)
        parents = [self._parent(last_name, number, is_woman=True)]
        if draw.random() < 0.8:
            other = last_name if draw.random() < 0.7 else draw.choice(LAST_NAMES)
            parents.append(self._parent(other, number, is_woman=False))
        household = Household(
            str(number), f"{draw.randint(1, 90)} rue de l’Église", parents,
            by_debit=draw.random() < 0.3,
        )  # fmt: skip
        household.children = [
            self._child(last_name, f"{number}{rank}") for rank in range(draw.randint(1, 3))
        ]
        return household

    def _parent(self, last_name: str, number: int, *, is_woman: bool) -> Parent:
        draw = self._draw
        first_name = draw.choice(MOTHERS if is_woman else FATHERS)
        return Parent(
            last_name, first_name, is_woman,
            born_on=self._day(date(1975, 1, 1), 7_000) if draw.random() < 0.7 else None,
            email=f"parent{number}{'a' if is_woman else 'b'}@exemple.fr"
            if draw.random() < 0.76 else "",
            mobile=f"06 39 98 {draw.randint(0, 99):02} {draw.randint(0, 99):02}",
        )  # fmt: skip

    def _child(self, last_name: str, key: str) -> Youngster:
        draw = self._draw
        school, class_name = draw.choice(CLASSES)
        return Youngster(
            key, last_name, draw.choice(CHILDREN), draw.random() < 0.5,
            self._day(date(2014, 1, 1), 3_000), school, class_name,
        )  # fmt: skip

    def _day(self, first: date, days: int) -> date:
        return first + timedelta(self._draw.randrange(days))

    def bill_everybody(self, on: date) -> None:
        """Let a month go by: an invoice for each family, paid by nearly all."""
        for household in self.households:
            number = f"{on:%Y-%m}-{household.id}"
            bill = Bill(f"F{number}", household, number, on, self._draw.randint(4, 18))
            self.bills.append(bill)
            if household.by_debit or self._draw.random() < 0.8:
                mode = "PRELEVEMENT" if household.by_debit else "CB"
                self.receipts.append(
                    Receipt(f"R{number}", household, on + timedelta(20), bill.amount, mode, bill)
                )

    def owed_by(self, household: Household) -> Decimal:
        """Return what a family has to pay, as whoever adds it up by hand."""
        billed = sum(
            (
                bill.amount
                for bill in self.bills
                if bill.household is household and bill.kind == "FACTURE"
            ),
            Decimal(0),
        )
        received = (each.amount for each in self.receipts if each.household is household)
        return billed - sum(received, Decimal(0))
