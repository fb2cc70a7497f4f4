"""The towns of a process that serves many: a folder of instances, and what they have in common.

A town is an instance folder with its `settings.toml`; its name is the folder's. `settings.toml`
beside them holds for all, under each town's own.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from configuring.sources import FILE, PREFIX, ConfigurationError, read_file

if TYPE_CHECKING:
    from config import Settings

    # From an environment, and what is common.
    Load = Callable[[Mapping[str, str], Mapping[str, object]], Settings]

# It may name a schema, a role, a folder of a bucket, a host.
NAME = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
# What stands for the name, in what the towns have in common.
PLACEHOLDER = "{town}"
# A town that serves by itself has a thread for its mails: 200 would have 400.
COMMON_DEFAULTS = {"mail_delivery": "worker"}
# Written once for all, they would be everybody's, or could be guessed from one another.
OF_ONE_TOWN = ("instance", "database_url", "secret_key", "public_url", "files_url", "town_name")
NEVER_COMMON = ("secret_key",)
WRITTEN_URL = re.compile(r"""^\s*public_url\s*=\s*["']([^"']+)["']""", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Place:
    """A town, before anything of it is known but where it is."""

    name: str
    folder: Path

    def environ(self, environ: Mapping[str, str]) -> dict[str, str]:
        """Return the environment of a process that would serve this town alone."""
        others = {key: value for key, value in environ.items() if key != f"{PREFIX}TOWNS"}
        return others | {f"{PREFIX}INSTANCE": str(self.folder)}

    def common(self) -> dict[str, object]:
        """Read what all have in common, as it is for this one. Raises ConfigurationError."""
        common = read_file(self.folder.parent / FILE)
        if found := [name for name in NEVER_COMMON if name in common]:
            raise ConfigurationError(f"{found[0]} ne peut pas être commun à toutes les communes")
        return COMMON_DEFAULTS | {key: self._for_it(value) for key, value in common.items()}

    def written_host(self) -> str:
        """Read the host that its settings give, even when they cannot be used."""
        for path in (self.folder / FILE, self.folder.parent / FILE):
            try:
                found = WRITTEN_URL.search(path.read_text("utf-8", "replace"))
            except OSError:
                continue
            if found:
                return host_of(found[1].replace(PLACEHOLDER, self.name))
        return ""

    def _for_it(self, value: object) -> object:
        return value.replace(PLACEHOLDER, self.name) if isinstance(value, str) else value


def places(folder: Path) -> list[Place]:
    """List the towns of a folder. Raises ConfigurationError when it cannot be."""
    try:
        found = sorted(each for each in folder.iterdir() if (each / FILE).exists())
    except OSError as error:
        raise ConfigurationError(
            f"{PREFIX}TOWNS={folder} ne peut pas être lu ({error.strerror})"
        ) from error
    wrong = [each.name for each in found if not NAME.fullmatch(each.name)]
    if wrong:
        raise ConfigurationError(
            f"dans {folder}, {wrong[0]} n’est pas un nom de commune "
            "(minuscules sans accent, chiffres et traits d’union)"
        )
    return [Place(each.name, each) for each in found]


class Settling:
    """Reads the settings of each town, and lets no two share what would mix them."""

    def __init__(self, environ: Mapping[str, str], load: "Load") -> None:
        """Know nobody yet. Raises ConfigurationError when the environment would be everybody's."""
        names = (f"{PREFIX}{name.upper()}" for name in OF_ONE_TOWN)
        found = [name for name in names if environ.get(name)]
        if found:
            raise ConfigurationError(
                f"{', '.join(found)} vaudrait pour toutes les communes de {PREFIX}TOWNS\u00a0: "
                "à écrire dans le settings.toml de chacune"
            )
        self._environ = environ
        self._load = load
        self._known: dict[str, dict[str, str]] = {}

    def settle(self, place: Place) -> "Settings":
        """Read those of a town. Raises ConfigurationError when it cannot be served with them."""
        settings = self._load(place.environ(self._environ), place.common())
        self._refuse_a_twin(place.name, settings)
        if settings.mail_delivery == "thread":
            raise ConfigurationError(
                f"{PREFIX}MAIL_DELIVERY doit être worker, et flask all-towns mail deliver --watch "
                "tourner"
            )
        return settings

    def host(self, place: Place) -> str:
        """Return the host of a town; one that cannot be served says so to whoever asks for it."""
        try:
            return self.settle(place).public_host
        except ConfigurationError:
            return place.written_host()

    def _refuse_a_twin(self, name: str, settings: "Settings") -> None:
        own = {
            "PUBLIC_URL": settings.public_host,
            "DATABASE_URL": settings.database_url,
            "SECRET_KEY": settings.secret_key,
            "FILES_URL": settings.files_url or str(settings.instance),
        }
        for other, has in self._known.items():
            shared = [key for key, value in own.items() if value == has[key]]
            if other != name and shared:
                raise ConfigurationError(f"{PREFIX}{shared[0]} est aussi de la commune {other}")
        self._known[name] = own


def host_of(public_url: str) -> str:
    """Return the host that leads to a town."""
    try:
        return (urlsplit(public_url).hostname or "").lower()
    except ValueError:
        return ""
