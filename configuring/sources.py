"""Where the settings of a process stand: `settings.toml` of the instance, then the environment.

`config` says which there are; a name that is none stops the start, with the nearest one.
"""

import logging
import stat
from collections.abc import Callable, Collection, Iterator, Mapping
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

PREFIX = "PORTAIL_"
FILE = "settings.toml"
# The file lies in the folder that these name.
ONLY_IN_THE_ENVIRONMENT = frozenset({"instance", "towns"})
EXPECTED_TYPES = (str, int, bool, list)
logger = logging.getLogger("portail.settings")


class ConfigurationError(Exception):
    """The settings cannot be used; the message says what to set, in French, on one line."""


class Sources:
    """What is set for a process, by name of setting (`smtp_host`), and who said it."""

    def __init__(
        self, environ: Mapping[str, str], instance: Path, common: Mapping[str, object]
    ) -> None:
        """Read both; `common` is what holds where the town says nothing itself.

        Raises ConfigurationError when the file cannot be read.
        """
        self.common = common
        self.file = read_file(instance / FILE)
        self.environment = {
            name.removeprefix(PREFIX).lower(): value
            for name, value in environ.items()
            if name.startswith(PREFIX)
        }
        self.values: dict[str, object] = {**common, **self.file, **self.environment}

    def unknown(self, known: Collection[str]) -> Iterator[str]:
        """Say of each name that is none which one it may have been."""
        for name in self.environment.keys() - known:
            yield _unknown(name, known, _in_the_environment)
        in_the_file = set(known) - ONLY_IN_THE_ENVIRONMENT
        for name in (self.file.keys() | self.common.keys()) - in_the_file:
            yield f"dans {FILE}, {_unknown(name, in_the_file, str)}"


def own_settings(backend: str) -> tuple[str, ...] | None:
    """Return the names that a mail backend declares, when it is a class of the town's own.

    None when it cannot be looked at: that is said by who builds it.
    """
    module, _, name = backend.partition(":")
    if not name:
        return ()
    try:
        declared: tuple[str, ...] = getattr(import_module(module), name).own_settings
    except ImportError:
        return None
    except AttributeError:
        return ()
    return declared


def convert(name: str, kind: object, value: object) -> Any:
    """Read a value as its setting wants it. Raises ConfigurationError when it cannot be."""
    if not isinstance(value, EXPECTED_TYPES):
        raise ConfigurationError(f"{PREFIX}{name.upper()} attend du texte ou un nombre")
    if kind is int:
        return _integer(name, value)
    if kind is bool:
        return str(value).strip().lower() in {"1", "true", "yes", "oui"}
    if kind is Path:
        return Path(str(value)).resolve()
    if kind == tuple[str, ...]:
        parts = value if isinstance(value, list) else str(value).split(",")
        return tuple(str(part).strip() for part in parts if str(part).strip())
    return str(value)


def _integer(name: str, value: object) -> int:
    try:
        return int(str(value))
    except ValueError:
        raise ConfigurationError(
            f"{PREFIX}{name.upper()} vaut « {value} », un nombre entier est attendu"
        ) from None


def _unknown(name: str, known: Collection[str], written: Callable[[str], str]) -> str:
    import difflib

    meant = name.lower().removeprefix(PREFIX.lower())
    nearest = difflib.get_close_matches(meant, sorted(known), n=1)
    advice = (
        f"vouliez-vous dire {written(nearest[0])}\u00a0?" if nearest else "voyez docs/settings.md"
    )
    return f"{written(name)} n’existe pas ({advice})"


def _in_the_environment(name: str) -> str:
    return PREFIX + name.upper()


def read_file(path: Path) -> dict[str, object]:
    """Read a file of settings; none has none. Raises ConfigurationError when it cannot be."""
    if not path.exists():
        return {}
    if path.stat().st_mode & stat.S_IROTH:
        _tell_who_reads(path)
    import tomllib

    try:
        return tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{path} est illisible : {error}") from error


@cache
def _tell_who_reads(path: Path) -> None:
    """Say it once in a process: what towns have in common is read for each."""
    logger.warning(
        "%s peut être lu par tous les utilisateurs de la machine : chmod 600 %s", path, path
    )
