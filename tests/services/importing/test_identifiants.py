"""Identifiants that the town gives are kept as they are."""

from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from app import db
from app.models import (
    Account,
    Guardian,
)
from tests.services.importing.town import Town, hand_over


@pytest.mark.both_databases
def test_identifiants_are_those_of_the_file(app: Flask, tmp_path: Path, town: Town) -> None:
    """Who has a row in compte.csv signs in with what it says."""
    town.row("compte.csv")["identifiant"] = "3816 0001"
    hand_over(app, town.folder(tmp_path / "files"))
    with app.app_context():
        found = db.session().execute(
            select(Guardian.first_name, Account.identifier)
            .join(Account, Account.guardian_id == Guardian.id)
            .where(Guardian.first_name != "Karim")
        )
        assert {tuple(row) for row in found} == {("Inès", "38160001"), ("Yann", "38160002")}
