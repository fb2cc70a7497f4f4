"""Whether a clock tells identifiants that exist from those that do not, over the whole stack.

Each is asked for in turn, with a second unknown one as a control: what tells two unknown ones apart
is the machine. What is compared is how often one takes longer, which noise bends less than means.
"""

import itertools
import random
import re
from collections.abc import Callable
from time import perf_counter
from urllib.parse import urlencode

import pytest

from tests.deploy.machine import Machine
from tests.deploy.visits import ask

PAIRS = 300
# Four times what chance alone moves a half by, in that many pairs: once in 16,000.
FAR = 4 * 0.5 / PAIRS**0.5
KNOWN = ("38162386", "38162394", "38162410", "38162436", "38162444", "38162469", "38162485")
CSRF = re.compile(r'name="csrf_token"[^>]* value="([^"]+)"')
DOORS = {"/mot-de-passe-oublie": {}, "/connexion": {"password": "Soleil2018x"}}
# Each from elsewhere: nobody waits for what others tried.
sources = (f"127.{second}.{third}.1" for second in range(16, 32) for third in range(1, 255))


def unknown() -> str:
    """Draw one that nobody has: a town's begin otherwise."""
    return f"9{random.randrange(10**7):07}"


def seconds(machine: Machine, door: str) -> Callable[[str], float]:
    """Be on the page; return what sends an identifiant from there, and how long it takes."""
    page = ask(machine, door)
    csrf = CSRF.search(page.text)
    assert csrf
    sent = {"Cookie": page.headers["Set-Cookie"].partition(";")[0], "Referer": machine.url}

    def send(identifier: str) -> float:
        form = {"csrf_token": csrf[1], "identifier": identifier, **DOORS[door]}
        source, started = next(sources), perf_counter()
        answer = ask(machine, door, sent, form=urlencode(form).encode(), source=source)
        assert answer.status == 302
        return perf_counter() - started

    return send


@pytest.mark.soak
@pytest.mark.parametrize("door", DOORS)
def test_a_clock_tells_nobody_who_exists(machine: Machine, door: str) -> None:
    send, known = seconds(machine, door), itertools.cycle(KNOWN)
    later = {"known": 0, "control": 0}
    for _ in range(PAIRS):
        asked = {"known": next(known), "unknown": unknown(), "control": unknown()}
        order = random.sample(sorted(asked), 3)
        took = {who: send(asked[who]) for who in order}
        for who in later:
            later[who] += took[who] > took["unknown"]
    shares = {who: count / PAIRS for who, count in later.items()}
    print(door, shares)  # noqa: T201 (the last result stands in docs/fiabilite.md)
    assert abs(shares["control"] - 0.5) < FAR, "the machine tells two unknown ones apart"
    assert abs(shares["known"] - 0.5) < FAR
