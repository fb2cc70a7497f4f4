"""Settings: read once, checked at once, and production refuses what is unsafe."""

import subprocess
import sys
from pathlib import Path

import pytest

import config

ROOT = Path(__file__).parent.parent
SAFE = {
    "PORTAIL_ENV": "production",
    "PORTAIL_SECRET_KEY": "k" * 32,
    "PORTAIL_PUBLIC_URL": "https://portail.commune.fr",
    "PORTAIL_MAIL_BACKEND": "smtp",
}


def load(tmp_path: Path, **environ: str) -> config.Settings:
    """Read settings as a process with this environment would."""
    return config.load({"PORTAIL_INSTANCE": str(tmp_path), **environ})


def test_nothing_set_is_a_demonstration(tmp_path: Path) -> None:
    """A developer sets nothing: SQLite in the instance folder, mails in the terminal."""
    settings = load(tmp_path)
    assert settings.env == "development"
    assert settings.database_url == f"sqlite:///{tmp_path / 'portail.db'}"
    assert settings.mail_backend == "console"


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    """`settings.toml` is the town's; a variable set for one process passes before it."""
    (tmp_path / "settings.toml").write_text(
        'town_name = "Saint-Exemple"\ntown_phone = "04 76 00 00 00"\nproxies = 2\n'
    )
    settings = load(tmp_path, PORTAIL_TOWN_PHONE="04 76 11 11 11")
    assert settings.town_name == "Saint-Exemple"
    assert settings.town_phone == "04 76 11 11 11"
    assert settings.proxies == 2


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("ENV", "prod", "choisissez parmi"),
        ("SMTP_PORT", "vingt-cinq", "nombre entier"),
        ("SMTP_SECURITY", "ssl", "choisissez parmi"),
        ("MAIL_DELIVERY", "later", "choisissez parmi"),
        ("PUBLIC_URL", "portail.commune.fr", "adresse du portail"),
        ("PUBLIC_URL", "https://portail.commune.fr/famille", "sans chemin"),
        ("PUBLIC_URL", "https://portail.commune.fr?ville=1", "sans chemin"),
        ("PUBLIC_URL", "https://mairie:secret@portail.commune.fr", "adresse du portail"),
        ("PUBLIC_URL", "https://portail commune.fr", "adresse du portail"),
        ("PUBLIC_URL", "https://[::1", "adresse du portail"),
        ("DATABASE_URL", "portail.db", "sqlite:///"),
        ("DATABASE_URL", "mysql://localhost/portail", "postgresql://"),
        ("PROXIES", "-1", "de 0 à 10"),
        ("SMTP_PORT", "0", "de 1 à 65535"),
        ("SMTP_TIMEOUT", "0", "de 1 à 30"),
        ("ARGON2_MEMORY_KIB", "8", "de 64 à"),
        ("ARGON2_TIME_COST", "0", "de 1 à"),
    ],
)
def test_what_cannot_be_used_is_named(tmp_path: Path, name: str, value: str, words: str) -> None:
    """The setting, its value, and what was expected."""
    with pytest.raises(config.ConfigurationError, match=words) as caught:
        load(tmp_path, **{f"PORTAIL_{name}": value})
    assert f"PORTAIL_{name}" in str(caught.value)


def test_a_broken_file_is_named(tmp_path: Path) -> None:
    """A missing quote in settings.toml says where."""
    (tmp_path / "settings.toml").write_text('town_name = "Saint')
    with pytest.raises(config.ConfigurationError, match=r"settings\.toml"):
        load(tmp_path)


def test_several_keys_may_follow_each_other(tmp_path: Path) -> None:
    """Old keys go on being accepted while they are listed."""
    settings = load(tmp_path, PORTAIL_SECRET_KEY_FALLBACKS="old, older")
    assert settings.secret_key_fallbacks == ("old", "older")


def test_production_with_what_it_needs(tmp_path: Path) -> None:
    """The four settings that production cannot do without are enough."""
    settings = load(tmp_path, **SAFE)
    assert settings.secure
    assert settings.trusted_hosts == ["portail.commune.fr"]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"PORTAIL_SECRET_KEY": ""}, "PORTAIL_SECRET_KEY"),
        ({"PORTAIL_SECRET_KEY": "k" * 31}, "32 octets"),
        ({"PORTAIL_SECRET_KEY": config.Development.secret_key}, "inconnus de tous"),
        ({"PORTAIL_SECRET_KEY_FALLBACKS": "k" * 31}, "PORTAIL_SECRET_KEY_FALLBACKS"),
        ({"PORTAIL_PUBLIC_URL": ""}, "PORTAIL_PUBLIC_URL"),
        ({"PORTAIL_PUBLIC_URL": "http://portail.commune.fr"}, "https://"),
        ({"PORTAIL_SMTP_HOST": "mx.commune.fr", "PORTAIL_SMTP_USERNAME": "portail"}, "en clair"),
        ({"PORTAIL_DATABASE_URL": "sqlite:////dev/null/portail.db"}, "/dev/null"),
        ({"PORTAIL_MAIL_BACKEND": "console"}, "mots de passe en clair"),
        ({"PORTAIL_MAIL_BACKEND": "file"}, "mots de passe en clair"),
        ({"PORTAIL_MAIL_BACKEND": "memory"}, "mots de passe en clair"),
        ({"FLASK_DEBUG": "1"}, "FLASK_DEBUG"),
    ],
)
def test_production_refuses_to_start_unsafe(
    tmp_path: Path, changes: dict[str, str], words: str
) -> None:
    """One clear line, an exit code that is not zero, no trace."""
    environ = SAFE | {"PORTAIL_INSTANCE": str(tmp_path)} | changes
    outcome = subprocess.run(
        [sys.executable, "-c", "import wsgi"],
        cwd=ROOT, env=environ, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert outcome.returncode != 0
    assert words in outcome.stderr
    assert outcome.stderr.count("\n") == 1


def test_a_trial_in_production_may_print_mails(tmp_path: Path) -> None:
    """When it is asked for by name."""
    environ = SAFE | {"PORTAIL_MAIL_BACKEND": "file", "PORTAIL_MAIL_ALLOW_INSECURE": "1"}
    assert load(tmp_path, **environ).mail_backend == "file"
