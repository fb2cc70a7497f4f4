"""Towns that one process serves: a folder of instances, as a department keeps it."""

import secrets
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from flask import Flask
from sqlalchemy.engine import make_url

from app import create_portal, db
from app.services.files.store import MARKER
from app.towns.hosted import Town
from app.towns.lobby import EXTENSION, Towns
from tests.support.browser import Browser
from tests.support.databases import NewDatabase


@dataclass
class Department:
    """A folder of towns, and a process that serves them once it is open."""

    folder: Path
    new_database: NewDatabase
    lobby: Flask | None = None

    def found(self, name: str, **settings: object) -> Path:
        """Prepare the instance of a town, with an empty database; return its folder."""
        instance = self.folder / name
        instance.mkdir(parents=True)
        (instance / MARKER).touch()
        shutil.move(make_url(self.new_database()).database or "", instance / "portail.db")
        values: dict[str, object] = {
            "public_url": f"http://{name}.exemple.fr",
            "secret_key": secrets.token_hex(32),
            "town_name": name.capitalize(),
            **settings,
        }
        self.write(name, values)
        return instance

    def write(self, name: str, values: Mapping[str, object]) -> None:
        """Write the settings of a town; of all, without a name."""
        path = self.folder / name / "settings.toml"
        path.write_text("".join(f'{key} = "{value}"\n' for key, value in values.items()))
        path.chmod(0o600)

    def open(self, **environ: str) -> Flask:
        """Start the process."""
        shared = {"PORTAIL_TOWNS": str(self.folder), "PORTAIL_ENV": "test"}
        self.lobby = create_portal(shared | environ)
        return self.lobby

    @property
    def towns(self) -> Towns:
        """What the process knows."""
        assert self.lobby is not None
        found: Towns = self.lobby.extensions[EXTENSION]
        return found

    def town(self, name: str) -> Town:
        """Find a town."""
        return self.towns.by_name[name]

    def visitor(self, name: str) -> Browser:
        """Somebody who goes to a town by the door of all."""
        browser = Browser(self.town(name).app())
        self.lead_in(browser)
        return browser

    def lead_in(self, browser: Browser) -> None:
        """Have somebody come by the door of all, with the cookies that they have."""
        assert self.lobby is not None
        client = self.lobby.test_client()
        client.environ_base |= browser.client.environ_base
        client._cookies = browser.client._cookies
        browser.client = client

    def close(self) -> None:
        """Let go of every database."""
        for town in self.towns.all if self.lobby else ():
            if town.made:
                town.made.extensions[db.EXTENSION].dispose()
