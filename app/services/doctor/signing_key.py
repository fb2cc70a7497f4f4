"""The key that signs: whether others may know it, and since when it serves.

A key does not say its age: the day the doctor first met it is kept beside the settings, by a
fingerprint that gives nothing of it.
"""

import hashlib
import json
import os
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

from app.formats import day, today
from app.services.doctor.findings import Finding, fine, look
from app.settings import settings

FILE = "keys.json"
FINGERPRINT_CHARACTERS = 16
OLD = timedelta(days=2 * 365)
# Links live a day, sessions twelve hours; the marks of devices are given anew at each sign-in.
FALLBACK_OLD = timedelta(days=90)
CHANGE_IT = (
    "tirez-en une autre, et gardez l’ancienne dans PORTAIL_SECRET_KEY_FALLBACKS le temps "
    "que ses liens et ses sessions finissent"
)


def check() -> Iterator[Finding]:
    """Tell the age of the key, and of those that it replaced."""
    if settings.key_is_weak:
        yield look(
            "PORTAIL_SECRET_KEY est connue de tous ou facile à deviner\u00a0: elle ne vaut que sur "
            "sa propre machine",
            "tirez-en une au hasard (python -c 'import secrets; print(secrets.token_hex(32))')",
        )
        return
    keys = (settings.secret_key, *settings.secret_key_fallbacks)
    try:
        since, *former = _first_met(settings.instance / FILE, keys)
    except OSError as error:
        yield look(
            f"son âge ne peut pas être retenu dans {error.filename} ({error.strerror})",
            "rendez l’instance à l’utilisateur du portail",
        )
        return
    if today() - since > OLD:
        yield look(f"la même depuis le {day(since)}", CHANGE_IT)
    else:
        yield fine(f"tirée au hasard, connue depuis le {day(since)}")
    if any(today() - first > FALLBACK_OLD for first in former):
        yield look(
            f"PORTAIL_SECRET_KEY_FALLBACKS garde une clé depuis le {day(min(former))}",
            "ôtez-la\u00a0: plus rien d’utile n’est signé par elle",
        )


def _first_met(path: Path, keys: tuple[str, ...]) -> list[date]:
    """Return the day each key was first met; note those that are new, forget those that left."""
    known = _read(path)
    met = {_fingerprint(key): known.get(_fingerprint(key), today().isoformat()) for key in keys}
    if met != known:
        _write(path, met)
    return [date.fromisoformat(first) for first in met.values()]


def _fingerprint(key: str) -> str:
    return hashlib.sha256(f"portail/key-age/{key}".encode()).hexdigest()[:FINGERPRINT_CHARACTERS]


def _read(path: Path) -> dict[str, str]:
    try:
        known: dict[str, str] = json.loads(path.read_text("utf-8"))
    except (FileNotFoundError, ValueError):
        return {}
    return known


def _write(path: Path, met: dict[str, str]) -> None:
    partial = path.with_suffix(".partial")
    opened = os.open(partial, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600)
    with os.fdopen(opened, "w", encoding="utf-8") as out:
        json.dump(met, out)
    partial.rename(path)
