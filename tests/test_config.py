"""Settings: read once, checked at once, and production refuses what is unsafe."""

import sys
from pathlib import Path

import pytest

import config

STRONG = "d3aebd8f5b8c2f64e0a9b1c7f2635e48b7d091a6c4f8e2037d5b9a1c6e4f8072"
SAFE = {
    "PORTAIL_ENV": "production",
    "PORTAIL_SECRET_KEY": STRONG,
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
        ("REQUEST_KINDS_OFF", "photos", "choisissez parmi"),
        ("REQUEST_DELAYS", "photos:3", "sont attendus"),
        ("REQUEST_DELAYS", "photo:0", "de 1 à 60"),
        ("REQUEST_DELAYS", "photo", "cantine:5"),
        ("REQUEST_WORDS", "photos:Une phrase.", "sont attendues"),
        ("REQUEST_WORDS", "photo:", "sont attendues"),
        ("DATABASE_URL", "portail.db", "sqlite:///"),
        ("DATABASE_URL", "mysql://localhost/portail", "postgresql://"),
        ("DATABASE_URL", "postgresql://portail:secret@base:port/portail", "est mal écrite"),
        ("DATABASE_URL", "postgresql://portail:p@ss:/w@base/portail", "est mal écrite"),
        ("DATABASE_POOL", "0", "de 1 à 999"),
        ("DATABASE_POOL", "aucun", "none derrière un pooler"),
        ("TIMEZONE", "Europe/Pari", "fuseau horaire"),
        ("TIMEZONE", "../etc/passwd", "fuseau horaire"),
        ("TIMEZONE", "", "fuseau horaire"),
        ("SMTP_HOST", " ", "nommer le serveur"),
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
    ("set_", "words"),
    [
        (
            {"PORTAIL_SMPT_HOST": "x"},
            "PORTAIL_SMPT_HOST n’existe pas (vouliez-vous dire PORTAIL_SMTP_HOST",
        ),
        ({"PORTAIL_TIME_ZONE": "x"}, "vouliez-vous dire PORTAIL_TIMEZONE"),
        ({"PORTAIL_XYZ": "x"}, "voyez docs/settings.md"),
    ],
)
def test_a_setting_that_does_not_exist_stops_the_start(
    tmp_path: Path, set_: dict[str, str], words: str
) -> None:
    """A slip in a name would be a setting that is not set: the nearest one is told."""
    with pytest.raises(config.ConfigurationError) as caught:
        load(tmp_path, **set_)
    assert words in str(caught.value)


def test_so_does_one_of_the_file(tmp_path: Path) -> None:
    """All at once, as the file writes them; the folder that holds it cannot be named in it."""
    (tmp_path / "settings.toml").write_text(
        'smpt_host = "x"\nPORTAIL_TOWN_NAME = "y"\ninstance = "/z"\n'
    )
    with pytest.raises(config.ConfigurationError) as caught:
        load(tmp_path)
    told = str(caught.value)
    assert "settings.toml, smpt_host n’existe pas (vouliez-vous dire smtp_host" in told
    assert "PORTAIL_TOWN_NAME n’existe pas (vouliez-vous dire town_name" in told
    assert "instance n’existe pas" in told


def test_a_table_in_the_file_is_told(tmp_path: Path) -> None:
    """A name that is one, with what no setting takes."""
    (tmp_path / "settings.toml").write_text('[town_name]\nshort = "x"\n')
    with pytest.raises(config.ConfigurationError, match="PORTAIL_TOWN_NAME attend du texte"):
        load(tmp_path)


def test_the_file_chooses_production(tmp_path: Path) -> None:
    """`env` stands in settings.toml: it counts, and the environment may still say otherwise."""
    (tmp_path / "settings.toml").write_text('env = "production"\n')
    with pytest.raises(config.ConfigurationError, match="PORTAIL_SECRET_KEY"):
        load(tmp_path)
    assert load(tmp_path, PORTAIL_ENV="development").env == "development"
    safe = {name: value for name, value in SAFE.items() if name != "PORTAIL_ENV"}
    assert load(tmp_path, **safe).env == "production"


@pytest.mark.parametrize(
    "exposed",
    [
        {"PORTAIL_PUBLIC_URL": "https://portail.commune.fr"},
        {"PORTAIL_PUBLIC_URL": "http://192.168.1.10:5000"},
        {"PORTAIL_MAIL_BACKEND": "smtp", "PORTAIL_SMTP_HOST": "mx.commune.fr"},
        {"PORTAIL_ENV": "test", "PORTAIL_PUBLIC_URL": "https://portail.commune.fr"},
        {"PORTAIL_SECRET_KEY": "k" * 64, "PORTAIL_PUBLIC_URL": "https://portail.commune.fr"},
    ],
)
def test_a_published_key_stays_on_its_own_machine(tmp_path: Path, exposed: dict[str, str]) -> None:
    """Somebody forgot PORTAIL_ENV: the source alone would open every account."""
    with pytest.raises(config.ConfigurationError, match="PORTAIL_SECRET_KEY est connue de tous"):
        load(tmp_path, **exposed)
    assert load(tmp_path, **exposed | {"PORTAIL_SECRET_KEY": STRONG}).secret_key == STRONG


def test_a_published_key_may_send_to_one_s_own_server(tmp_path: Path) -> None:
    """A developer reads the mails of the demonstration in a server on the same machine."""
    assert load(tmp_path, PORTAIL_MAIL_BACKEND="smtp").smtp_host == "127.0.0.1"


def test_settings_show_no_secret(tmp_path: Path) -> None:
    """They end in a traceback or a log: what they hold does not."""
    secrets = {
        "PORTAIL_SECRET_KEY": STRONG,
        "PORTAIL_SECRET_KEY_FALLBACKS": "old-key-of-the-town",
        "PORTAIL_SMTP_PASSWORD": "soleil",
        "PORTAIL_DATABASE_URL": "postgresql://portail:tournesol@base/portail",
    }
    shown = repr(load(tmp_path, **secrets))
    assert "Saint-Exemple" in shown
    for secret in (STRONG, "old-key", "soleil", "tournesol"):
        assert secret not in shown


@pytest.mark.parametrize(("mode", "told"), [(0o644, True), (0o600, False), (0o640, False)])
def test_a_file_that_everybody_reads_is_told(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, mode: int, told: bool
) -> None:
    """It may hold the key and the passwords: whoever starts the portal reads what to type."""
    path = tmp_path / "settings.toml"
    path.write_text('town_name = "Saint-Exemple"\n')
    path.chmod(mode)
    load(tmp_path)
    assert (f"chmod 600 {path}" in caplog.text) is told


def test_a_backend_of_one_s_own_has_settings_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It declares their names: they are handed to it, and a slip in one is told like any other."""
    (tmp_path / "town_mail.py").write_text(
        'class Service:\n    own_settings = ("service_url", "service_token")\n'
    )
    monkeypatch.syspath_prepend(tmp_path)
    chosen = {"PORTAIL_MAIL_BACKEND": "town_mail:Service", "PORTAIL_SERVICE_URL": "https://x.fr"}
    settings = load(tmp_path, **chosen)
    assert settings.own_settings == {"service_url": "https://x.fr"}
    with pytest.raises(config.ConfigurationError, match="dire PORTAIL_SERVICE_TOKEN"):
        load(tmp_path, **chosen, PORTAIL_SERVICE_TOKN="x")
    with pytest.raises(config.ConfigurationError, match="PORTAIL_SERVICE_URL n’existe pas"):
        load(tmp_path, PORTAIL_SERVICE_URL="x")
    sys.modules.pop("town_mail")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORTAIL_SCHOOL_ZONE", "D"),
        ("PORTAIL_SCHOOL_ZONE", "Zone A"),
        ("PORTAIL_PUBLIC_HOLIDAYS", "Isère"),
        ("PORTAIL_PUBLIC_HOLIDAYS", "99"),
    ],
)
def test_a_place_that_has_no_holidays_is_refused(tmp_path: Path, name: str, value: str) -> None:
    """Before a year is loaded that nobody has."""
    with pytest.raises(config.ConfigurationError) as caught:
        load(tmp_path, **{name: value})
    assert f"{name} vaut" in str(caught.value)


def test_every_department_has_its_holidays(tmp_path: Path) -> None:
    for code in ("", "01", "2A", "38", "67", "974", "988"):
        assert load(tmp_path, PORTAIL_PUBLIC_HOLIDAYS=code).public_holidays == code


@pytest.mark.parametrize("number", ["12345", "1234567", "12 345", "PAYFIP", "０１２３４５"])
def test_a_number_that_payfip_never_gave_stops_the_start(tmp_path: Path, number: str) -> None:
    """Parents would copy it to the State's site, which knows no such town."""
    with pytest.raises(config.ConfigurationError, match="les six chiffres que PayFiP") as caught:
        load(tmp_path, PORTAIL_PAYFIP_CLIENT=number)
    assert f"PORTAIL_PAYFIP_CLIENT vaut «\u00a0{number}\u00a0»" in str(caught.value)


def test_the_zeros_of_a_payfip_number_are_kept(tmp_path: Path) -> None:
    """In quotes they are; a bare number of the file has none left, and is told."""
    assert load(tmp_path, PORTAIL_PAYFIP_CLIENT="012345").payfip_client == "012345"
    assert load(tmp_path).payfip_client == ""
    (tmp_path / "settings.toml").write_text("payfip_client = 12345\n")
    with pytest.raises(config.ConfigurationError, match="les six chiffres"):
        load(tmp_path)


def test_a_trial_in_production_may_print_mails(tmp_path: Path) -> None:
    """When it is asked for by name."""
    environ = SAFE | {"PORTAIL_MAIL_BACKEND": "file", "PORTAIL_MAIL_ALLOW_INSECURE": "1"}
    assert load(tmp_path, **environ).mail_backend == "file"
