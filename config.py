"""Settings, read once: `instance/settings.toml` first, then the environment (PORTAIL_*).

`docs/settings.md` explains each one. Only the application factory reads this module; the rest of
the code sees the result through `app.settings`.
"""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from types import MappingProxyType
from typing import ClassVar
from urllib.parse import urlsplit

from configuring import bounds, keys, object_storage, ownership, requests, shapes
from configuring.keys import OWN_MACHINE
from configuring.sources import PREFIX, ConfigurationError, Sources, convert, own_settings

__all__ = ["ConfigurationError", "Development", "Production", "Settings", "Test", "load"]

ROOT = Path(__file__).resolve().parent
# A clone keeps its town beside its code. Installed by pip, the code lies among Python's packages,
# which an upgrade replaces: the town is then where the process was started.
HOME = ROOT if (ROOT / "pyproject.toml").exists() else Path.cwd()
BACKENDS_THAT_PRINT_SECRETS = frozenset({"console", "file", "memory"})


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What the portal needs to know; a field `x_y` is the setting PORTAIL_X_Y."""

    env: ClassVar[str]

    instance: Path = HOME / "instance"
    # Of a process of many towns: each has settings of its own.
    towns: str = ""
    # It may hold a password.
    database_url: str = field(default="", repr=False)
    # A number, or "none" behind a pooler.
    database_pool: str = "15"
    secret_key: str = field(default="", repr=False)
    secret_key_fallbacks: tuple[str, ...] = field(default=(), repr=False)
    public_url: str = ""
    proxies: int = 0
    x_accel_prefix: str = ""
    timezone: str = "Europe/Paris"
    # A, B, C; empty where the academy has a calendar of its own.
    school_zone: str = ""
    # A department or a territory, by its number; empty, what the whole mainland has.
    public_holidays: str = ""

    files_url: str = ""
    s3_endpoint: str = ""
    s3_region: str = "us-east-1"
    s3_access_key_id: str = ""
    s3_secret_access_key: str = field(default="", repr=False)

    mail_backend: str = "smtp"
    mail_delivery: str = "thread"
    mail_sender: str = "Portail famille <portail@commune.fr>"
    mail_dir: Path = Path()
    # Where servers send back what they cannot deliver: empty, to the sender, and nobody reads it.
    mail_bounces: str = ""
    mail_allow_insecure: bool = False
    # Where the mail server does not sign: the name in the DNS, and the file of the private key.
    dkim_selector: str = ""
    dkim_key: str = ""
    smtp_host: str = "127.0.0.1"
    smtp_port: int = 25
    smtp_username: str = ""
    smtp_password: str = field(default="", repr=False)
    smtp_security: str = "none"
    smtp_timeout: int = 10
    # What the town's own mail backend declares, by its names.
    own_settings: Mapping[str, str] = field(default_factory=dict, repr=False)

    town_name: str = "Votre commune"
    town_phone: str = ""
    town_address: str = ""
    town_hours: str = ""
    town_website: str = ""
    town_crest: str = ""
    town_director: str = ""
    town_host: str = ""
    payfip_client: str = ""
    security_contact: str = ""
    # Whom the town hall tells when the server fails.
    server_contact: str = "la personne du serveur"
    source_url: str = ""

    # Whoever has it reads the metrics; none when it is empty.
    metrics_token: str = field(default="", repr=False)
    sentry_dsn: str = field(default="", repr=False)

    request_kinds_off: tuple[str, ...] = ()
    # As "cantine:5": in how many working days an answer is promised, where it is not as usual.
    request_delays: tuple[str, ...] = ()
    # As "cantine:Avant jeudi midi.": what families read under a kind, in the town's own words.
    request_words: tuple[str, ...] = ()

    # Where the town hall signs in from; empty, from anywhere.
    staff_networks: tuple[str, ...] = ()
    staff_code_by_mail: bool = True
    letter_codes: bool = False

    # The public keys, of age or of SSH, of whoever may read the backups.
    backup_recipient: tuple[str, ...] = ()

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
    def public_host(self) -> str:
        """The name that parents type, without port: no other town has it."""
        return urlsplit(self.public_url).hostname or ""

    @property
    def trusted_hosts(self) -> list[str]:
        """Hosts the portal answers to, without port: the public one only."""
        return [self.public_host]

    @property
    def most_connections(self) -> int | None:
        """How many connections a process keeps; None when a pooler keeps them."""
        return None if self.database_pool == shapes.NO_POOL else int(self.database_pool)

    @property
    def secure(self) -> bool:
        """Whether parents reach the portal over https."""
        return urlsplit(self.public_url).scheme == "https"

    @property
    def key_is_weak(self) -> bool:
        """Whether others may know the key, or guess it: then it is for one's own machine."""
        return not keys.is_strong(self.secret_key)

    def faults(self) -> list[str]:
        """Say, in French, each thing that keeps these settings from being used."""
        return [
            *self._wrong_choices(),
            *bounds.wrong_numbers(self),
            *self._wrong_shapes(),
            *self._wrong_storage(),
        ]

    def _wrong_choices(self) -> Iterator[str]:
        yield from bounds.wrong_choices(self)
        yield from requests.faults(self.request_kinds_off, self.request_delays, self.request_words)

    def _wrong_shapes(self) -> Iterator[str]:
        for name, look in shapes.SHAPES.items():
            wanted = look(getattr(self, name))
            if wanted:
                yield f"{PREFIX}{name.upper()} {wanted}"

    def _wrong_storage(self) -> Iterator[str]:
        keys_ = (self.s3_access_key_id, self.s3_secret_access_key)
        return object_storage.faults(self.files_url, self.s3_endpoint, keys_)


@dataclass(frozen=True, kw_only=True)
class Development(Settings):
    """The demonstration town on one's own machine: mails are printed in the terminal."""

    env = "development"
    secret_key: str = field(default=keys.FOR_DEVELOPMENT, repr=False)
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
    secret_key: str = field(default=keys.FOR_TESTS, repr=False)
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
        if self.key_is_weak:
            yield (
                f"{PREFIX}SECRET_KEY doit compter au moins {keys.MINIMUM_BYTES} octets, tirés au "
                "hasard (python -c 'import secrets; print(secrets.token_hex(32))')"
            )
        if not all(map(keys.is_strong, self.secret_key_fallbacks)):
            yield (
                f"{PREFIX}SECRET_KEY_FALLBACKS contient une clé de moins de "
                f"{keys.MINIMUM_BYTES} octets, ou que d’autres devineraient"
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


ENVIRONMENTS = {kind.env: kind for kind in (Development, Test, Production)}


def load(
    environ: Mapping[str, str] | None = None, common: Mapping[str, object] = MappingProxyType({})
) -> Settings:
    """Read the settings of this process, or of a town among others that have some in common.

    Raises ConfigurationError when one is missing, malformed, unsafe, or none of ours.
    """
    environ = os.environ if environ is None else environ
    instance = Path(environ.get(f"{PREFIX}INSTANCE", HOME / "instance")).resolve()
    _refuse_root(instance)
    sources = Sources(environ, instance, common)
    env = str(sources.values.pop("env", Development.env))
    if env not in ENVIRONMENTS:
        raise ConfigurationError(
            f"{PREFIX}ENV vaut « {env} », choisissez parmi {', '.join(ENVIRONMENTS)}"
        )
    kind = ENVIRONMENTS[env]
    known = {each.name: each.type for each in fields(kind) if each.name != "own_settings"}
    own = own_settings(str(sources.values.get("mail_backend", kind.mail_backend)))
    if own is not None and (faults := sorted(sources.unknown({*known, "env", *own}))):
        raise ConfigurationError(" ; ".join(faults))
    values = sources.values | {"instance": str(instance)}
    settings = kind(
        own_settings={name: str(values[name]) for name in own or () if name in values},
        **{name: convert(name, known[name], values[name]) for name in known.keys() & values.keys()},
    )
    _refuse_to_be_seen(settings)
    return settings


def _refuse_root(instance: Path) -> None:
    """Leave no file of root's where somebody else serves. Raises ConfigurationError."""
    owner = ownership.owner_behind_root(instance)
    if owner:
        raise ConfigurationError(
            f"{instance} est à {owner}, et ce que root y écrirait lui resterait fermé\u00a0: "
            f"runuser -u {owner} -- et la même commande"
        )


def _refuse_to_be_seen(settings: Settings) -> None:
    """Keep a key that anybody may know on one's own machine. Raises ConfigurationError."""
    hosts = {urlsplit(settings.public_url).hostname}
    if settings.mail_backend == "smtp":
        hosts.add(settings.smtp_host)
    if settings.key_is_weak and not hosts <= OWN_MACHINE:
        raise ConfigurationError(
            f"{PREFIX}SECRET_KEY est connue de tous ou facile à deviner : elle ne sert que sur sa "
            f"propre machine. Pour une commune, {PREFIX}ENV=production et une clé tirée au hasard"
        )
