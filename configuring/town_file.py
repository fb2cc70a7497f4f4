"""What a town says of itself on its own screens: `commune.toml` of its instance.

It stands below `settings.toml` and the environment: what those say, no screen changes.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from configuring.sources import ConfigurationError, convert

if TYPE_CHECKING:
    from config import Settings

FILE = "commune.toml"
# What stands there; the rest of the settings is for whoever keeps the server.
NAMES = (
    "town_name",
    "town_phone",
    "town_hours",
    "town_address",
    "town_website",
    "town_director",
    "town_host",
    "town_crest",
    "request_kinds_off",
    "request_delays",
    "request_words",
)
MOST_BYTES = 64 * 1024
LONGEST = 300
# What would end a line, or is no sign at all.
UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
# Where the parser, which speaks English, stopped.
WHERE = re.compile(r"at line (\d+)")
WEBSITE = re.compile(r"https?://[^\s/@]+(/\S*)?")


class InForce(NamedTuple):
    """The settings as they hold, and what is wrong in the town's file, in French."""

    settings: "Settings"
    faults: tuple[str, ...] = ()


def fixed(given: "Settings") -> frozenset[str]:
    """Name what the server says itself: all that is not as it is where nobody said anything."""
    usual = {each.name: each.default for each in fields(given)}
    return frozenset(name for name in NAMES if getattr(given, name) != usual[name])


def in_force(given: "Settings", before: "Settings") -> InForce:
    """Read the town's file; where it is wrong, what was in force `before` stays."""
    try:
        written = read(given.instance / FILE)
    except ValueError as error:
        stays: dict[str, Any] = {name: getattr(before, name) for name in NAMES}
        return InForce(replace(given, **stays), (f"{FILE} n’est pas lu\u00a0: {error}",))
    values: dict[str, Any] = {}
    faults = [f"{name} n’a pas sa place dans {FILE}" for name in written.keys() - set(NAMES)]
    for name in set(NAMES) & written.keys() - fixed(given):
        try:
            values[name] = checked(given, name, written[name])
        except ConfigurationError as error:
            values[name] = getattr(before, name)
            faults.append(f"dans {FILE}, {error}")
    return InForce(replace(given, **values), tuple(sorted(faults)))


def checked(given: "Settings", name: str, value: object) -> Any:
    """Read one value as its setting wants it. Raises ConfigurationError, which says why."""
    [kind] = (each.type for each in fields(given) if each.name == name)
    found = convert(name, kind, value)
    lines = found if isinstance(found, tuple) else (found,)
    if any(len(line) > LONGEST or UNSEEN.search(line) for line in lines):
        raise ConfigurationError(f"{name} doit tenir sur une ligne, de {LONGEST} signes au plus")
    if wanted := SHAPES[name](found) if name in SHAPES else "":
        raise ConfigurationError(f"{name} {wanted}")
    replace(given, **{name: found})
    return found


def read(path: Path) -> dict[str, object]:
    """Read what is written; nothing where there is no file. Raises ValueError when it cannot be."""
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise ValueError("le portail n’a pas le droit de le lire") from error
    if len(content) > MOST_BYTES:
        raise ValueError(f"{len(content)} octets, {MOST_BYTES} au plus")
    import tomllib

    try:
        return tomllib.loads(content.decode())
    except UnicodeDecodeError as error:
        raise ValueError("il n’est pas en UTF-8") from error
    except tomllib.TOMLDecodeError as error:
        found = WHERE.search(str(error))
        line = f" à la ligne {found[1]}" if found else ""
        raise ValueError(f"ce n’est pas du TOML{line}") from error


def as_toml(values: Mapping[str, object]) -> str:
    """Write settings one a line: JSON's texts, numbers and lists are TOML's too, but for DEL."""
    return "".join(
        f"{name} = {json.dumps(value, ensure_ascii=False, default=str)}\n".replace(
            "\x7f", "\\u007f"
        )
        for name, value in values.items()
    )


def _website(value: str) -> str:
    if not value or WEBSITE.fullmatch(value):
        return ""
    return "doit être une adresse qui commence par https://, comme https://www.commune.fr"


# Of what a browser follows: the server's own settings are trusted with it.
SHAPES: dict[str, Callable[..., str]] = {"town_website": _website}
