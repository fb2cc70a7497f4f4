"""What is answered before it was read whole, as a form that is too long is."""

import pytest

from tests.deploy.machine import Machine
from tests.deploy.visits import ask

PATHS = ("/connexion", "/mairie/connexion", "/rien-ici", "/accueil", "/messages/1/repondre")


@pytest.mark.parametrize("path", PATHS)
def test_a_form_that_is_too_long_is_told_so(machine: Machine, path: str) -> None:
    """Nobody is told that the portal is away, for having been answered before the end."""
    form = b"text=" + b"x" * 3_000_000
    said = [ask(machine, path, form=form, source="127.0.3.1").status for _ in range(20)]
    assert set(said) == {413}
