"""Visitors who send as slowly as they can: nginx waits for them, and nobody else does."""

from contextlib import ExitStack

import pytest

from tests.deploy.machine import NAME, TOWN, Machine
from tests.deploy.visits import ask, secured

# Twice the threads that the portal has.
CROWD = 32
# Addresses of this machine that no other test comes from.
ELSEWHERE = "127.0.2"
SLOW = {
    "half an address": "GET /connexion HTTP/1.1\r\nHost: ",
    "half a form": (
        f"POST /connexion HTTP/1.1\r\nHost: {NAME}\r\nContent-Length: 1000\r\n"
        "Content-Type: application/x-www-form-urlencoded\r\n\r\nidentifier="
    ),
}


@pytest.mark.parametrize("words", SLOW.values(), ids=SLOW)
def test_others_are_served(machine: Machine, words: str) -> None:
    """They say so much and no more, in number; the portal never hears of them."""
    with ExitStack() as stack:
        for number in range(CROWD):
            slow = stack.enter_context(secured(machine, source=f"{ELSEWHERE}.{number + 1}"))
            slow.sendall(words.encode())
        for _ in range(5):
            assert ask(machine, "/connexion").status == 200
    assert f"\n{ELSEWHERE}." not in machine.logs()[f"portail@{TOWN}.log"]
