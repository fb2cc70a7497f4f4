"""The exports of a messy town: what is true, written as software, spreadsheets and clerks do."""

import csv
import io
import random
import zipfile
from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

from tests.support.messy_town import MessyTown, Parent

NOTHING = ("néant", "-", "00/00/0000", "?")
# One cell in so many holds what a clerk typed to say that there is nothing.
ONE_IN = 40


class MessyExport:
    """One export; the same for the same town and seed."""

    def __init__(self, town: MessyTown, seed: int = 1) -> None:
        """Draw how each cell will be written."""
        self._town = town
        self._draw = random.Random(seed)

    def write(self, path: Path, *, with_totals: bool = False) -> Path:
        """Zip the files with « Envoyer vers »; a last line of totals if asked."""
        files = {
            "FAMILLE.CSV": self._family_rows(),
            "Enfant.csv": self._child_rows(),
            "enfantfamille.csv": self._link_rows(),
            "Facture.csv": self._bill_rows(),
            "LigneFacture.csv": self._line_rows(),
            "Reglement.csv": self._receipt_rows(),
        }
        if with_totals:
            total = sum((each.amount for each in self._town.receipts), Decimal(0))
            files["Reglement.csv"] = [
                *files["Reglement.csv"],
                ["TOTAL", "", "", self._money(total)],
            ]
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, rows in files.items():
                archive.writestr(f"Export du mois/{name}", self._saved(rows))
        return path

    def _saved(self, rows: Iterable[list[str]]) -> bytes:
        """Save as a spreadsheet: « sep= », a mark in front, no blank cells at the end."""
        text = io.StringIO()
        text.write("sep=;\r\n")
        writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
        for row in rows:
            while row and not row[-1]:
                row.pop()
            writer.writerow(row)
        return text.getvalue().encode("utf-8-sig")

    def _family_rows(self) -> list[list[str]]:
        rows = [
            [
                "NUMERO", "Id", "nomResp1", "prenomResp1", "sexeResp1", "dateNaisResp1",
                "emailResp1", "portableResp1", "adrNumeroVoie", "adrcodePostal", "adrLocalite",
                "typeModeReglementResp1", "quotient", "nomResp2", "prenomResp2", "sexeResp2",
                "dateNaisResp2", "emailResp2", "portableResp2",
            ]
        ]  # fmt: skip
        for household in self._town.households:
            first, *others = household.parents
            cells = [self._parent_cells(each) for each in (first, *others)]
            mode = "PRELEVEMENT" if household.by_debit else "CHEQUE"
            rows.append(
                [household.number, household.id, *cells[0], household.street, "38590",
                 "Saint-Exemple", mode, "812", *(cells[1] if others else [])]
            )  # fmt: skip
        return rows

    def _parent_cells(self, parent: Parent) -> list[str]:
        last_name = parent.last_name
        if self._draw.random() < 0.3:
            last_name = last_name.title()
        return [
            last_name,
            parent.first_name,
            self._sex(is_woman=parent.is_woman) if parent.first_name else "",
            self._or_nothing(self._date(parent.born_on) if parent.born_on else ""),
            self._or_nothing(parent.email) if not parent.email else parent.email,
            parent.mobile,
        ]

    def _child_rows(self) -> list[list[str]]:
        rows = [["Id", "nom", "prenom", "sexe", "dateNaissance", "ecole", "classe"]]
        for household in self._town.households:
            rows += [
                [
                    child.id, child.last_name, child.first_name,
                    self._sex(is_woman=child.is_girl), self._date(child.born_on),
                    child.school, child.class_name,
                ]
                for child in household.children
            ]  # fmt: skip
        return rows

    def _link_rows(self) -> list[list[str]]:
        return [
            ["famille_id", "enfant_id"],
            *(
                [household.id, child.id]
                for household in self._town.households
                for child in household.children
            ),
        ]

    def _bill_rows(self) -> list[list[str]]:
        return [
            ["id", "famille_id", "numero", "dateFacture", "dateEcheance", "montant", "type"],
            *(
                [
                    bill.id, bill.household.id, bill.number, self._date(bill.on),
                    self._date(bill.on + timedelta(25)), self._money(bill.amount), bill.kind,
                ]
                for bill in self._town.bills
            ),
        ]  # fmt: skip

    def _line_rows(self) -> list[list[str]]:
        return [
            ["facture_id", "libelle", "quantite", "prixUnitaire", "montant"],
            *(
                [bill.id, label, _comma(quantity), _comma(price), self._money(amount)]
                for bill in self._town.bills
                for label, quantity, price, amount in bill.lines
            ),
        ]

    def _receipt_rows(self) -> list[list[str]]:
        return [
            ["id", "famille_id", "date", "montant", "mode", "reference", "facture_id"],
            *(
                [
                    each.id, each.household.id, self._date(each.on), self._money(each.amount),
                    each.mode, "", each.bill.id if each.bill else "",
                ]
                for each in self._town.receipts
            ),
        ]  # fmt: skip

    def _or_nothing(self, cell: str) -> str:
        return self._draw.choice(NOTHING) if self._draw.randrange(ONE_IN) == 0 else cell

    def _sex(self, *, is_woman: bool) -> str:
        women, men = ("FEMININ", "F", "Femme", "2"), ("MASCULIN", "M", "Homme", "H", "1")
        return self._draw.choice(women if is_woman else men)

    def _date(self, day: date) -> str:
        return self._draw.choice(
            (
                f"{day:%d/%m/%Y}", f"{day.day}/{day.month}/{day.year}", f"{day:%d.%m.%Y}",
                f"{day} 00:00:00", f"{day:%d/%m/%Y} 00:00",
            )
        )  # fmt: skip

    def _money(self, amount: Decimal) -> str:
        sign, plain = "-" if amount < 0 else "", f"{abs(amount):,.2f}"
        french = plain.replace(",", self._draw.choice((" ", "\u00a0", "\u202f"))).replace(".", ",")
        minus = self._draw.choice("-\u2212") if sign else ""
        return minus + self._draw.choice((french, f"{french} €", plain.replace(",", "")))


def _comma(number: Decimal) -> str:
    return str(number).replace(".", ",")
