"""What the instance holds beside the database and the stored files: settings, texts, crest."""

import secrets
import tomllib
from collections.abc import Iterator
from dataclasses import MISSING, Field, fields
from pathlib import Path
from typing import Any

from app.services.town_texts import FOLDER, NAMES
from app.settings import followed, settings
from configuring.town_file import FILE, as_toml

SETTINGS = "settings.toml"
CREST = "crest"
KEY_BYTES = 32
# They say where this instance is, not what it is.
PLACES = frozenset(
    {
        "instance", "database_url", "mail_dir", "towns",
        "files_url", "s3_endpoint", "s3_region", "s3_access_key_id", "s3_secret_access_key",
    }
)  # fmt: skip


def settings_in_force() -> tuple[str, list[str]]:
    """Write the settings of this process as a file, but for what the town's own file says.

    Without what is secret, the key first: a backup travels, and a restored portal has no use for
    the key, as nothing that it signed is worth anything there. Names what was left out.
    """
    given = followed().given
    values: dict[str, Any] = {"env": given.env}
    left_out = []
    for each in fields(given):
        value = getattr(given, each.name)
        if each.name in PLACES or value == _default(each):
            continue
        if each.repr:
            values[each.name] = value
        else:
            left_out.append(each.name)
    return as_toml(values), left_out


def with_new_key(written: str, url: str) -> str:
    """Complete the settings of a backup for the place where it is restored."""
    values = tomllib.loads(written)
    values["secret_key"] = secrets.token_hex(KEY_BYTES)
    if not url.startswith("sqlite"):
        values["database_url"] = url
    return as_toml(values)


def of_the_town() -> Iterator[tuple[str, Path]]:
    """Find what the town wrote and its crest, each with its name in a backup."""
    yield FILE, settings.instance / FILE
    for name in sorted(NAMES):
        yield f"{FOLDER}/{name}.txt", settings.instance / FOLDER / f"{name}.txt"
    crest = settings.town_crest
    if crest and Path(crest).name == crest:
        yield f"{CREST}/{crest}", settings.instance / crest


def _default(setting: "Field[Any]") -> object:
    if setting.default is not MISSING:
        return setting.default
    return setting.default_factory() if setting.default_factory is not MISSING else None
