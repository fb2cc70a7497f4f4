"""A month at the town hall: its days, its clerks and parents, and what its software exports."""

from datetime import date, datetime, time
from pathlib import Path

import time_machine
from flask import Flask

from app.formats import town_zone
from app.services.jobs.nights import plan
from app.testing import Outbox
from tests.blueprints.auth.test_first_connection import choose, path_of
from tests.services.inbox.test_sending import settle_jobs
from tests.support.browser import Browser, Page
from tests.support.clerks import Clerk, settle, sign_in_by_mail, sign_in_with_application
from tests.support.mail_room import deliver
from tests.support.messy_export import MessyExport
from tests.support.messy_town import MessyTown, Parent

FAMILIES = 40
PASSWORD = "Coquelicot7"


class Month:
    """The town, its parents, Nadia who sees to the week, and Camille who answers for it all."""

    def __init__(self, app: Flask, clock: time_machine.Traveller, folder: Path) -> None:
        """Nobody is there yet but the two of them."""
        self.app, self.clock, self.folder = app, clock, folder
        self.outbox = Outbox(app)
        self.town = MessyTown(families=FAMILIES)
        self.exports = 0
        self.identifiers: dict[str, str] = {}
        self.nadia = self._settle("nadia@commune.fr", "Nadia Petit", "secretariat", "regie")
        self.camille = self._settle("camille@commune.fr", "Camille Martin", "administration")

    def _settle(self, email: str, name: str, *roles: str) -> Clerk:
        return settle(self.app, email, name, *roles, by_mail="administration" not in roles)

    def comes(self, day: int, clerk: Clerk) -> Browser:
        """Let the days go by, with what is done at night, until somebody opens the office."""
        morning = datetime.combine(date(2026, 11, day), time(9), town_zone())
        with self.app.app_context():
            plan(morning.date())
        self.at(morning)
        browser = Browser(self.app)
        if clerk is self.nadia:
            sign_in_by_mail(browser, clerk, self.outbox)
        else:
            sign_in_with_application(browser, clerk)
        return browser

    def at(self, moment: datetime) -> None:
        """Come to that moment, and do what was due by then."""
        self.clock.move_to(moment)
        settle_jobs(self.app)
        deliver(self.app)

    def export(
        self, town: MessyTown | None = None, *, with_totals: bool = False
    ) -> dict[str, bytes]:
        """Let the software write a ZIP."""
        self.exports += 1
        path = self.folder / f"{self.exports}.zip"
        MessyExport(town or self.town, self.exports).write(path, with_totals=with_totals)
        return {path.name: path.read_bytes()}

    def once_done(self, page: Page) -> Page:
        """Let the background do its work, and look at the page again."""
        settle_jobs(self.app)
        return page.browser.visit(page.path)

    def comes_home(self, parent: Parent) -> Browser:
        """Sign in; the first time, by the link of the mail that came."""
        browser = Browser(self.app)
        page = browser.get("auth.sign_in")
        if parent.email not in self.identifiers:
            mail = self.outbox.to(parent.email)[-1]
            page = choose(browser.visit(path_of(mail.link)), PASSWORD)
            self.identifiers[parent.email] = page.value("Identifiant")
        page = page.fill({"Identifiant": self.identifiers[parent.email], "Mot de passe": PASSWORD})
        page.submit("Connexion")
        return browser
