"""Settings, read once: `instance/settings.toml` first, then the environment (PORTAIL_*).

`docs/settings.md` explains each one. Only the application factory reads this module; the rest of
the code sees the result through `app.settings`.
"""

import os
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parent
# A clone keeps its town beside its code. Installed by pip, the code lies among Python's packages,
# which an upgrade replaces: the town is then where the process was started.
HOME = ROOT if (ROOT / "pyproject.toml").exists() else Path.cwd()
PREFIX = "PORTAIL_"
MINIMUM_KEY_BYTES = 32
BACKENDS_THAT_PRINT_SECRETS = frozenset({"console", "file", "memory"})
# The requests that a town may switch off, as addresses name them.
REQUEST_KINDS = (
    "cantine", "garderie", "absence", "coordonnees", "fiche-enfant", "photo", "facture",
    "attestation", "suppression", "autre",
)  # fmt: skip
PUBLIC_URL = re.compile(r"https?://([\w.-]+|\[[0-9A-Fa-f:]+\])(:[0-9]{1,5})?/?")
DATABASE_URL = re.compile(r"(sqlite:///|postgresql(\+psycopg)?://).+")
# Where nobody listens in between.
OWN_MACHINE = frozenset({"localhost", "127.0.0.1", "::1"})
SECURITY_CONTACT = re.compile(r"(https://|mailto:|tel:)[^\s]+|[^\s@:]+@[^\s@:]+")
CHOICES = {
    "mail_delivery": ("inline", "thread", "worker"),
    "smtp_security": ("none", "starttls", "tls"),
}
# The least and the most that each number may be; argon2 wants 8 KiB for each of its threads.
BOUNDS = {
    "proxies": (0, 10),
    "smtp_port": (1, 65_535),
    "smtp_timeout": (1, 30),
    "argon2_memory_kib": (64, 1_048_576),
    "argon2_time_cost": (1, 20),
    "argon2_parallelism": (1, 8),
}


class ConfigurationError(Exception):
    """The settings cannot be used; the message says what to set, in French, on one line."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What the portal needs to know; a field `x_y` is the setting PORTAIL_X_Y."""

    env: ClassVar[str]

    instance: Path = HOME / "instance"
    database_url: str = ""
    secret_key: str = ""
    secret_key_fallbacks: tuple[str, ...] = ()
    public_url: str = ""
    proxies: int = 0

    mail_backend: str = "smtp"
    mail_delivery: str = "thread"
    mail_sender: str = "Portail famille <portail@commune.fr>"
    mail_dir: Path = Path()
    mail_allow_insecure: bool = False
    smtp_host: str = "127.0.0.1"
    smtp_port: int = 25
    smtp_username: str = ""
    smtp_password: str = ""
    smtp_security: str = "none"
    smtp_timeout: int = 10

    town_name: str = "Votre commune"
    town_phone: str = ""
    town_address: str = ""
    town_hours: str = ""
    town_website: str = ""
    town_crest: str = ""
    town_director: str = ""
    town_host: str = ""
    security_contact: str = ""

    request_kinds_off: tuple[str, ...] = ()

    argon2_memory_kib: int = 19_456
    argon2_time_cost: int = 2
    argon2_parallelism: int = 1

    def __post_init__(self) -> None:
        """Fill in what follows from the instance folder, then check the whole."""
        if not self.database_url:
            object.__setattr__(self, "database_url", f"sqlite:///{self.instance / 'portail.db'}")
        if self.mail_dir == Path():
            object.__setattr__(self, "mail_dir", self.instance / "mail")
        faults = self.faults()
        if faults:
            raise ConfigurationError(" ; ".join(faults))

    @property
    def trusted_hosts(self) -> list[str]:
        """Hosts the portal answers to, without port: the public one only."""
        return [urlsplit(self.public_url).hostname or ""]

    @property
    def secure(self) -> bool:
        """Whether parents reach the portal over https."""
        return urlsplit(self.public_url).scheme == "https"

    def faults(self) -> list[str]:
        """Say, in French, each thing that keeps these settings from being used."""
        return [*self._wrong_choices(), *self._wrong_numbers(), *self._wrong_shapes()]

    def _wrong_choices(self) -> Iterator[str]:
        for name, values in CHOICES.items():
            if getattr(self, name) not in values:
                yield (
                    f"{PREFIX}{name.upper()} vaut « {getattr(self, name)} », "
                    f"choisissez parmi {', '.join(values)}"
                )
        unknown = [kind for kind in self.request_kinds_off if kind not in REQUEST_KINDS]
        if unknown:
            yield (
                f"{PREFIX}REQUEST_KINDS_OFF contient « {', '.join(unknown)} », "
                f"choisissez parmi {', '.join(REQUEST_KINDS)}"
            )

    def _wrong_numbers(self) -> Iterator[str]:
        for name, (least, most) in BOUNDS.items():
            if not least <= getattr(self, name) <= most:
                yield (
                    f"{PREFIX}{name.upper()} vaut {getattr(self, name)}, "
                    f"un nombre de {least} à {most} est attendu"
                )

    def _wrong_shapes(self) -> Iterator[str]:
        if not PUBLIC_URL.fullmatch(self.public_url):
            yield (
                f"{PREFIX}PUBLIC_URL doit être l’adresse du portail, sans chemin, "
                "par exemple https://portail.commune.fr"
            )
        # Not shown: it may hold a password.
        if not DATABASE_URL.fullmatch(self.database_url):
            yield f"{PREFIX}DATABASE_URL doit commencer par sqlite:/// ou postgresql://"
        if self.security_contact and not SECURITY_CONTACT.fullmatch(self.security_contact):
            yield (
                f"{PREFIX}SECURITY_CONTACT doit être une adresse de courriel, "
                "ou commencer par https://, mailto: ou tel:"
            )


@dataclass(frozen=True, kw_only=True)
class Development(Settings):
    """The demonstration town on one's own machine: mails are printed in the terminal."""

    env = "development"
    secret_key: str = "development-only-key-never-used-in-production"  # noqa: S105
    public_url: str = "http://127.0.0.1:5000"
    mail_backend: str = "console"
    mail_sender: str = "Portail famille <portail@exemple.fr>"
    town_name: str = "Saint-Exemple-sur-Isère"
    town_phone: str = "04 65 71 00 00"
    town_address: str = "1 place de la Mairie, 38590 Saint-Exemple-sur-Isère"
    town_hours: str = "du lundi au vendredi, de 9\u00a0h à 12\u00a0h"

    @property
    def trusted_hosts(self) -> list[str]:
        """Add the names that a browser on the same machine may use."""
        return [*super().trusted_hosts, "localhost", "127.0.0.1"]


@dataclass(frozen=True, kw_only=True)
class Test(Settings):
    """Automatic tests: mails stay in memory and leave at once, hashing is cheap."""

    env = "test"
    secret_key: str = "test-only-key-never-used-in-production"  # noqa: S105
    public_url: str = "http://localhost"
    mail_backend: str = "memory"
    mail_delivery: str = "inline"
    argon2_memory_kib: int = 64
    argon2_time_cost: int = 1


@dataclass(frozen=True, kw_only=True)
class Production(Settings):
    """A town's portal: refuses to start rather than run half protected."""

    env = "production"

    def faults(self) -> list[str]:
        """Add what only production requires."""
        return [*super().faults(), *self._weak_keys(), *self._leaks()]

    def _weak_keys(self) -> Iterator[str]:
        if not _is_strong(self.secret_key):
            yield (
                f"{PREFIX}SECRET_KEY doit compter au moins {MINIMUM_KEY_BYTES} octets, inconnus "
                "de tous (python -c 'import secrets; print(secrets.token_hex(32))')"
            )
        if not all(map(_is_strong, self.secret_key_fallbacks)):
            yield (
                f"{PREFIX}SECRET_KEY_FALLBACKS contient une clé de moins de "
                f"{MINIMUM_KEY_BYTES} octets, ou connue de tous"
            )

    def _leaks(self) -> Iterator[str]:
        if not self.secure and not OWN_MACHINE.intersection(self.trusted_hosts):
            yield f"{PREFIX}PUBLIC_URL doit commencer par https://"
        if os.environ.get("FLASK_DEBUG", "0") not in {"", "0", "false"}:
            yield "FLASK_DEBUG doit être absent en production"
        if self.mail_backend in BACKENDS_THAT_PRINT_SECRETS and not self.mail_allow_insecure:
            yield (
                f"{PREFIX}MAIL_BACKEND={self.mail_backend} écrit les mots de passe en clair, "
                f"choisissez smtp (ou {PREFIX}MAIL_ALLOW_INSECURE=1 pour un essai)"
            )
        if (
            self.smtp_username
            and self.smtp_security == "none"
            and self.smtp_host not in OWN_MACHINE
        ):
            yield (
                f"{PREFIX}SMTP_PASSWORD partirait en clair, "
                f"choisissez {PREFIX}SMTP_SECURITY=starttls ou tls"
            )


ENVIRONMENTS: dict[str, type[Settings]] = {
    kind.env: kind for kind in (Development, Test, Production)
}


def load(environ: Mapping[str, str] | None = None) -> Settings:
    """Read the settings of this process.

    Raises ConfigurationError when one is missing, malformed or unsafe.
    """
    environ = os.environ if environ is None else environ
    name = environ.get(f"{PREFIX}ENV", "development")
    if name not in ENVIRONMENTS:
        raise ConfigurationError(
            f"{PREFIX}ENV vaut « {name} », choisissez parmi {', '.join(ENVIRONMENTS)}"
        )
    kind = ENVIRONMENTS[name]
    instance = Path(environ.get(f"{PREFIX}INSTANCE", HOME / "instance")).resolve()
    raw = _settings_file(instance / "settings.toml")
    raw |= {
        key.removeprefix(PREFIX).lower(): value
        for key, value in environ.items()
        if key.startswith(PREFIX)
    }
    raw["instance"] = instance
    known = {field.name: field.type for field in fields(kind)}
    return kind(**{key: _convert(key, known[key], raw[key]) for key in known.keys() & raw.keys()})


def _is_strong(key: str) -> bool:
    published = {Development.secret_key, Test.secret_key}
    return len(key.encode()) >= MINIMUM_KEY_BYTES and key not in published


def _settings_file(path: Path) -> dict[str, object]:
    if not path.exists():
        return {}
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{path} est illisible : {error}") from error


def _convert(name: str, kind: object, value: object) -> Any:
    if kind is int:
        return _integer(name, value)
    if kind is bool:
        return str(value).strip().lower() in {"1", "true", "yes", "oui"}
    if kind is Path:
        return Path(str(value)).resolve()
    if kind == tuple[str, ...]:
        parts = value if isinstance(value, list) else str(value).split(",")
        return tuple(part.strip() for part in parts if part.strip())
    return str(value)


def _integer(name: str, value: object) -> int:
    try:
        return int(str(value))
    except ValueError:
        raise ConfigurationError(
            f"{PREFIX}{name.upper()} vaut « {value} », un nombre entier est attendu"
        ) from None
