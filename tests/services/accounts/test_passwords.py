"""Which passwords parents may choose, and how they are kept."""

import subprocess
import sys
import threading
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

import config
from app import create_app
from app.services.accounts import passwords

LISTS = Path(passwords.__file__).with_name("common_passwords")
# A process of its own: in this one, other tests have long asked for memory.
THREE_HASHES = """
from pathlib import Path

import config
from app import create_app
from app.services.accounts import passwords

def resident_kibibytes():
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmRSS:"))

app = create_app(config.Test(instance=Path("{instance}"), argon2_memory_kib={kibibytes}))
with app.app_context():
    passwords.hash_password("Tournesol5")
    before = resident_kibibytes()
    passwords.hash_password("Tournesol6")
    passwords.hash_password("Tournesol7")
print(resident_kibibytes() - before)
"""


@pytest.fixture(autouse=True)
def app_context(app_without_database: Flask) -> Iterator[None]:
    """Hashing reads its cost from the settings."""
    with app_without_database.app_context():
        yield


@pytest.mark.parametrize(
    ("clear", "advice"),
    [
        ("", ["Allongez", "majuscule", "minuscule", "chiffre"]),
        ("soleil", ["Allongez", "majuscule", "chiffre"]),
        ("tournesol", ["majuscule", "chiffre"]),
        ("TOURNESOL6", ["minuscule"]),
        ("Tournesol", ["chiffre"]),
        ("Tourn6", ["Allongez"]),
    ],
)
def test_each_unmet_rule_is_told_at_once(clear: str, advice: list[str]) -> None:
    """A parent reads all that is missing, each phrased as something to do."""
    told = passwords.problems(clear)
    assert len(told) == len(advice)
    assert all(word in sentence for word, sentence in zip(advice, told, strict=True))


@pytest.mark.parametrize(
    "clear", ["Tournesol6", "Écureuil77", "été AU 12 rue", "Pa$$-9-mots", "ß8ABCDEFGH"]
)
def test_accents_blanks_and_symbols_are_welcome(clear: str) -> None:
    """É is a capital; nothing is stripped or refused for being unusual."""
    assert passwords.problems(clear) == []


def test_digits_are_those_of_the_keyboard() -> None:
    """A superscript two is no « caractère numérique »."""
    assert passwords.problems("Tournesol²") == ["Ajoutez un chiffre."]


@pytest.mark.parametrize(
    "clear",
    ["Azerty123", "Bonjour1", "Motdepasse1", "Rentree2026", "Rentrée2027!", "Password1", "Passw0rd",
     "P@ssw0rd", "Qwerty123", "2026Noel", "MARSEILLe13", "Cantine38"],
)  # fmt: skip
def test_common_passwords_are_refused(clear: str) -> None:
    """The passwords tried first by whoever guesses, French ones included."""
    assert passwords.problems(clear) == [passwords.TOO_COMMON]


def test_the_list_of_common_passwords_is_long_enough() -> None:
    """At least 3,000 of them would meet the four rules with a capital in front."""
    listed = (LISTS / "exact.txt").read_text("utf-8").split()
    assert len(listed) == len(set(listed))
    assert sum(len(word) >= 8 and any(c.isdigit() for c in word) for word in listed) >= 3000


def test_names_and_identifiant_are_refused() -> None:
    """What everybody at school knows about the family is no secret."""
    personal = ["38162386", "Inès-Marie", "O’Brien", "Léa"]
    for clear in ("Xx38162386", "ines2026AB", "MARIEnne12", "xBRIENx2026"):
        assert passwords.problems(clear, personal) == [passwords.TOO_PERSONAL]
    assert passwords.problems("Balleaupied9", personal) == []


def test_too_long_is_refused_before_hashing(monkeypatch: pytest.MonkeyPatch) -> None:
    """128 characters are kept whole; one more is not even hashed."""
    longest = "Tournesol6" + "x" * 118
    assert passwords.problems(longest) == []
    assert passwords.verify(passwords.hash_password(longest), longest)
    assert not passwords.verify(passwords.hash_password(longest), longest[:-1] + "y")
    monkeypatch.setattr(passwords, "_hasher", None)
    assert passwords.problems(longest + "x") == [passwords.TOO_LONG]
    with pytest.raises(TypeError):
        passwords.verify(None, longest)
    monkeypatch.undo()
    assert not passwords.verify(None, longest + "x")


@given(st.text(max_size=128))
def test_a_password_is_kept_exactly_as_typed(clear: str) -> None:
    """Blanks, case, emoji and lone surrogates count; only the Unicode form is evened out."""
    password_hash = passwords.hash_password(clear)
    assert passwords.verify(password_hash, clear)
    assert passwords.verify(password_hash, unicodedata.normalize("NFD", clear)) or (
        len(unicodedata.normalize("NFD", clear)) > passwords.MAXIMUM_LENGTH
    )
    if len(clear) < passwords.MAXIMUM_LENGTH:
        assert not passwords.verify(password_hash, clear + " ")


def test_nobody_has_the_dummy_password() -> None:
    """Without a hash, one is verified all the same and nothing lets in."""
    assert not passwords.verify(None, "no account has this password")


def test_one_hash_is_computed_in_every_case(monkeypatch: pytest.MonkeyPatch) -> None:
    """An unknown identifiant costs what a wrong password costs."""
    hasher = passwords._hasher(passwords.current_cost())
    passwords.verify(None, "warm the dummy up")
    calls: list[str] = []
    known = passwords.hash_password("Tournesol6")

    class Counting:
        hash = hasher.hash

        def verify(self, password_hash: str, clear: bytes) -> bool:
            calls.append(password_hash)
            return hasher.verify(password_hash, clear)

    counting = Counting()
    monkeypatch.setattr(passwords, "_hasher", lambda _cost: counting)
    passwords.verify(None, "Tournesol6")
    passwords.verify(known, "Tournesol7")
    passwords.verify(known, "Tournesol6")
    assert len(calls) == 3


def test_few_hashes_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A burst of sign-ins waits its turn rather than fill the memory."""
    running, most = 0, 0
    lock = threading.Lock()
    meeting = threading.Event()

    class Slow:
        def hash(self, _clear: bytes) -> str:
            nonlocal running, most
            with lock:
                running += 1
                most = max(most, running)
            meeting.wait(0.02)
            with lock:
                running -= 1
            return ""

    slow = Slow()
    monkeypatch.setattr(passwords, "_hasher", lambda _cost: slow)
    monkeypatch.setattr(passwords, "current_cost", lambda: None)
    threads = [threading.Thread(target=passwords.hash_password, args=("x",)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == passwords.SIMULTANEOUS_HASHES


def test_the_memory_of_a_hash_is_given_back(tmp_path: Path) -> None:
    """A worker that signs parents in all day stays as small as it was."""
    kibibytes = config.Development.argon2_memory_kib
    code = THREE_HASHES.format(instance=tmp_path, kibibytes=kibibytes)
    kept = subprocess.check_output([sys.executable, "-c", code], cwd=config.ROOT)
    assert int(kept) < kibibytes // 4


def test_new_settings_ask_for_a_new_hash(tmp_path: Path) -> None:
    """A hash made with other costs is to be made again."""
    old = passwords.hash_password("Tournesol6")
    assert not passwords.needs_rehash(old)
    stronger = create_app(config.Test(instance=tmp_path, argon2_time_cost=2))
    with stronger.app_context():
        assert passwords.needs_rehash(old)
        assert passwords.verify(old, "Tournesol6")
