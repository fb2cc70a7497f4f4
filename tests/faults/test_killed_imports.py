"""An import is killed at twenty moments that nobody chose: the database is as before each time."""

import random
import secrets
import signal
from pathlib import Path

import pytest
from flask import Flask

import config
from tests.services.importing.test_all_or_nothing import changed_town
from tests.services.importing.town import everything, hand_over, settle
from tests.support import killed

MOMENTS = 20


@pytest.mark.soak
def test_an_import_killed_at_twenty_moments(
    app: Flask, settings: config.Settings, tmp_path: Path
) -> None:
    """What it creates, changes and removes: all of it, once nobody kills it any more."""
    settle(app, tmp_path / "files")
    before = everything(app)
    where = (settings.instance, settings.database_url, changed_town(tmp_path))
    assert killed.status_of(killed.import_until, killed.COMMIT, *where) == -signal.SIGKILL
    assert everything(app) == before
    statements = int((settings.instance / killed.COUNTED).read_text("ascii"))
    seed = secrets.randbelow(2**32)
    for moment in sorted(random.Random(seed).sample(range(1, statements + 1), MOMENTS)):
        told = f"killed after statement {moment} of {statements}, drawn from {seed}"
        assert killed.status_of(killed.import_until, moment, *where) == -signal.SIGKILL, told
        assert everything(app) == before, told
    assert hand_over(app, where[-1]).counts["factures et avoirs"].changed == 1
