"""Two months of a town of 150 families and its secretary: messy exports, and one command an act.

At every moment each family is compared with the truth: its children, its guardians, what it owes.
"""

import re
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from app import db
from app.models import Account, Family, Guardian
from app.services.accounts.passwords import hash_password
from app.testing import Outbox
from tests.support.browser import Browser
from tests.support.messy_export import MessyExport
from tests.support.messy_town import Bill, Household, MessyTown, Parent, Receipt
from tests.support.messy_truth import everybody_sees_their_own
from tests.support.people import Person

pytestmark = pytest.mark.both_databases

PASSWORD = "Soleil2018"
SECOND_MONTH = date(2026, 11, 3)
# How many of something a line of a report counts.
COUNT = r"(\d+)\s"


class Secretary:
    """Somebody at a terminal, who reads what commands say."""

    def __init__(self, app: Flask, folder: Path, town: MessyTown) -> None:
        """Sit down before an empty portal."""
        self.app = app
        self.town = town
        self._folder = folder
        self._exports = 0

    def types(self, *words: str, fails: bool = False) -> str:
        """Run a `flask` command, and return what it says."""
        result = self.app.test_cli_runner().invoke(args=words)
        assert (result.exit_code != 0) == fails, result.output
        return result.output.replace("\u00a0", " ")

    def exports(self, *, with_totals: bool = False) -> str:
        """Let the software write a ZIP."""
        self._exports += 1
        export = MessyExport(self.town, seed=self._exports)
        return str(export.write(self._folder / f"{self._exports}.zip", with_totals=with_totals))

    def everybody_sees_their_own(self) -> None:
        """Compare what each family is shown with what is true."""
        everybody_sees_their_own(self.app, self.town)

    def lets_in(self, household: Household, rank: int = 1, *, confirmed: bool = False) -> Person:
        """Let a guardian choose a password, and prove an address if need be."""
        with self.app.app_context(), db.transaction() as session:
            guardian, account = session.execute(
                select(Guardian, Account)
                .join(Account, Account.guardian_id == Guardian.id)
                .join(Family, Family.id == Guardian.family_id)
                .where(Family.number == household.number, Guardian.rank == rank)
            ).one()
            account.password_hash = self._hashed
            if confirmed:
                guardian.email_confirmed_at = datetime.now(UTC)
            return Person(
                account.identifier, PASSWORD, guardian.title, guardian.first_name,
                guardian.last_name, guardian.email, household.number, rank,
            )  # fmt: skip

    @property
    def _hashed(self) -> str:
        return hash_password(PASSWORD)


@pytest.fixture
def secretary(app: Flask, tmp_path: Path) -> Secretary:
    """The secretary of that town."""
    return Secretary(app, tmp_path, MessyTown())


def test_two_months(secretary: Secretary, app: Flask, outbox: Outbox) -> None:
    town = secretary.town
    first_month(secretary, outbox)

    # What will happen, and to whom.
    with_two = [each for each in town.households if len(each.parents) > 1]
    by_debit = [each for each in town.households if each.by_debit]
    unpaid = [each for each in town.households if town.owed_by(each)]
    mistaken, moved, lost, parted = _choose(with_two, by_debit, unpaid)
    rejected, remade = by_debit[0], unpaid[0]

    # The portal's own acts, between the two exports.
    mover = secretary.lets_in(moved)
    accept_new_street(secretary, mover)
    loser = secretary.lets_in(lost, confirmed=True)
    gone = secretary.lets_in(parted, 2)
    secretary.types("adresse", loser.identifier, "nouvelle@exemple.fr")
    [warning] = outbox.to(loser.email)
    assert "nouvelle@exemple.fr" not in warning.text

    # A month goes by in the software.
    child = mistaken.children.pop()
    old = parted.parents[1]
    parted.parents[1] = Parent("DUROC-VANNIER", old.first_name, old.is_woman, email="")
    town.bill_everybody(SECOND_MONTH)
    take_back_a_debit(town, rejected)
    bill = make_again(town, remade)

    export = secretary.exports()
    preview = secretary.types("import", export, "--dry-run")
    for words in (child.first_name, mistaken.number, "DUROC-VANNIER", old.last_name):
        assert words in preview
    assert "DUROC-VANNIER" in secretary.types("import", export)
    secretary.everybody_sees_their_own()

    stranger = Browser(app).get("auth.sign_in")
    stranger = stranger.fill({"Identifiant": gone.identifier, "Mot de passe": PASSWORD})
    assert "incorrect" in stranger.submit("Connexion", _refused=200).text
    home = Browser(app).sign_in(secretary.lets_in(remade))
    assert bill.number in home.text
    assert "1 rue Neuve" in _page(app, mover, "family.account")
    assert child.first_name not in _page(app, secretary.lets_in(mistaken), "family.children")
    statement = _page(app, secretary.lets_in(rejected), "family.statement")
    assert "Rejet de prélèvement" in statement

    # What is left to write into the software, until it says so.
    assert "1 rue Neuve" in secretary.types("reporting")
    moved.street = "1 rue Neuve"
    secretary.types("import", secretary.exports())
    assert "1 rue Neuve" not in secretary.types("reporting")
    assert "1 rue Neuve" in _page(app, mover, "family.account")
    secretary.everybody_sees_their_own()


def first_month(secretary: Secretary, outbox: Outbox) -> None:
    """From nothing to every guardian invited, by mail or by letter."""
    town = secretary.town
    refused = secretary.types("import", secretary.exports(with_totals=True), fails=True)
    assert "ligne de total ?" in refused
    assert "1 erreur : rien n’a été importé." in refused
    report = secretary.types("import", secretary.exports())
    assert "cellules mises de côté" in report
    secretary.everybody_sees_their_own()
    everybody = [parent for household in town.households for parent in household.parents]
    sent = secretary.types("credentials", "send", "--all-new")
    mails = _count(COUNT + "courriels de première connexion", sent)
    letters = secretary.types(
        "credentials", "letter", "--all-new", "--without-address",
        "--output", str(Path(secretary.exports()).with_suffix(".html")),
    )  # fmt: skip
    assert len(outbox) == mails == sum(1 for each in everybody if each.email)
    assert mails + _count(COUNT + "lettres à imprimer", letters) == len(everybody)
    outbox.clear()


def accept_new_street(secretary: Secretary, parent: Person) -> None:
    """A parent asks on the portal, the town hall accepts; nobody tells the software."""
    browser = Browser(secretary.app)
    browser.sign_in(parent)
    page = browser.get("family.change_address").fill({"Numéro et voie": "1 rue Neuve"})
    page.submit("Envoyer à la mairie")
    [number] = re.findall(r"^(\d+) ", secretary.types("demandes", "list"), re.MULTILINE)
    assert "reporting" in secretary.types("demandes", "accept", number)


def take_back_a_debit(town: MessyTown, household: Household) -> None:
    """The bank takes back last month's debit: it is owed again."""
    paid = next(each for each in town.receipts if each.household is household)
    town.receipts.append(
        Receipt(f"{paid.id}-REJET", household, SECOND_MONTH, -paid.amount, "REJET", paid.bill)
    )


def make_again(town: MessyTown, household: Household) -> Bill:
    """An invoice was wrong: it is cancelled, and made again under its number."""
    wrong = next(each for each in town.bills if each.household is household)
    wrong.kind = "ANNULEE"
    town.bills.append(Bill(f"{wrong.id}-bis", household, wrong.number, wrong.on, wrong.meals - 1))
    return wrong


def _page(app: Flask, person: Person, endpoint: str) -> str:
    browser = Browser(app)
    browser.sign_in(person)
    return browser.get(endpoint).text


def _count(pattern: str, said: str) -> int:
    found = re.search(pattern, said)
    assert found is not None, said
    return int(found[1])


def _choose(with_two: list[Household], *others: list[Household]) -> list[Household]:
    """Find four households to whom one thing happens each."""
    taken = [household for each in others for household in each]
    return [
        each
        for each in with_two
        if len(each.children) > 1 and each.parents[0].email and each not in taken
    ][:4]
