"""An installation to examine, as a town would have set it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

import config
from app import create_app
from app.services.doctor.findings import Check, Finding, Verdict
from app.services.files.local_folder import LocalFolder

STRONG = "d3aebd8f5b8c2f64e0a9b1c7f2635e48b7d091a6c4f8e2037d5b9a1c6e4f8072"
TOWN: dict[str, Any] = {
    "secret_key": STRONG,
    "public_url": "https://portail.saint-exemple.fr",
    "mail_sender": "Portail famille <portail@saint-exemple.fr>",
    "town_name": "Saint-Exemple",
    "town_phone": "04 76 00 00 00",
    "town_address": "1 place de la Mairie, 38000 Saint-Exemple",
    "town_hours": "du lundi au vendredi",
    "town_director": "Camille Martin, maire",
    "town_host": "Hébergeur, 1 rue du Serveur",
}


class Patient:
    """A town's installation, without its database; each check sees it as it is set."""

    def __init__(self, instance: Path) -> None:
        self.instance = instance

    def found(self, check: Check, **changes: Any) -> list[Finding]:
        """Make one check, with some settings changed; whatever is not well says what to do."""
        with self.running(**changes):
            found = list(check())
        assert [each for each in found if (each.verdict is Verdict.OK) == bool(each.remedy)] == []
        return found

    @contextmanager
    def running(self, **changes: Any) -> Iterator[None]:
        """Be in its application."""
        app = create_app(config.Production(instance=self.instance, **TOWN | changes))
        with app.app_context():
            yield
        app.extensions["portail.engine"].dispose()


@pytest.fixture
def patient(tmp_path: Path) -> Patient:
    """A sound one."""
    instance = tmp_path / "instance"
    instance.mkdir(mode=0o700)
    LocalFolder(instance).check()
    return Patient(instance)


def verdicts(findings: list[Finding]) -> list[Verdict]:
    """Keep how bad each is."""
    return [finding.verdict for finding in findings]
