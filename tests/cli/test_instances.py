"""Ops prepare the folder of a town."""

import stat
import tomllib
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask

import config
from app.cli.instances import QUESTIONS
from configuring import keys, town_file
from configuring.towns import Place

NEEDED = ("--town-name", "Saint-Exemple", "--public-url", "https://portail.saint-exemple.fr")


def create(app: Flask, folder: Path, *arguments: str, answers: str = "") -> Result:
    command = ["instance", "create", str(folder), *arguments]
    return app.test_cli_runner().invoke(args=command, input=answers)


def read(folder: Path) -> config.Settings:
    """Start as the portal would."""
    return config.load({"PORTAIL_INSTANCE": str(folder)})


def test_an_instance_is_complete(app_without_database: Flask, tmp_path: Path) -> None:
    """Two answers are enough: the portal starts with it, in production, behind nginx."""
    folder = tmp_path / "saint-exemple"
    result = create(app_without_database, folder, *NEEDED, "--defaults")
    assert result.exit_code == 0, result.output
    assert f"Le dossier de la commune est prêt\u00a0: {folder}" in result.output
    settings = read(folder)
    assert settings.env == "production"
    assert keys.is_strong(settings.secret_key)
    assert settings.secret_key not in result.output
    assert settings.mail_sender == "Portail famille <portail@saint-exemple.fr>"
    assert (settings.proxies, settings.mail_delivery) == (1, "worker")
    assert settings.database_url == f"sqlite:///{folder / 'portail.db'}"
    assert "Saint-Exemple" in (folder / "LISEZ-MOI.txt").read_text("utf-8")
    assert (folder / "textes").is_dir()


def test_a_town_among_others_has_its_own_words_alone(
    app_without_database: Flask, tmp_path: Path
) -> None:
    """What they have in common is neither asked again nor written again, and still holds."""
    common = (Path(__file__).parents[2] / "deploy" / "communes.toml").read_text("utf-8")
    (tmp_path / "settings.toml").write_text(f'{common}town_hours = "le matin"\n')
    folder = tmp_path / "saint-exemple"
    answers = "".join(
        f"{answer}\n" for answer in ("Saint-Exemple", "", "04 76 00 00 00", "1 place", "", "")
    )
    result = create(app_without_database, folder, answers=answers)
    assert result.exit_code == 0, result.output
    assert "Horaires" not in result.output
    assert "flask town saint-exemple db upgrade" in result.output
    written = tomllib.loads((folder / "settings.toml").read_text("utf-8"))
    assert set(written) == {"secret_key"}
    written = tomllib.loads((folder / "commune.toml").read_text("utf-8"))
    assert set(written) == {"town_name", "town_phone", "town_address"}
    settings = config.load({"PORTAIL_INSTANCE": str(folder)}, Place(folder.name, folder).common())
    assert settings.public_url == "https://saint-exemple.portail.departement.fr"
    assert (settings.smtp_security, settings.x_accel_prefix) == ("starttls", "/prive/saint-exemple")


def test_nobody_else_reads_the_key(app_without_database: Flask, tmp_path: Path) -> None:
    """Nor do two towns have the same."""
    folders = [tmp_path / name for name in ("one", "other")]
    for folder in folders:
        create(app_without_database, folder, *NEEDED, "--defaults")
        assert stat.S_IMODE((folder / "settings.toml").stat().st_mode) == 0o600
        assert stat.S_IMODE(folder.stat().st_mode) & stat.S_IRWXO == 0
    assert len({read(folder).secret_key for folder in folders}) == 2


def test_it_asks_what_it_does_not_know(app_without_database: Flask, tmp_path: Path) -> None:
    """Answered from top to bottom, as a town hall would; what cannot be used is asked again."""
    answers = [
        'Saint-"Exemple"', "http://portail.fr", "https://portail.saint-exemple.fr",
        "postgresql:///saint-exemple", "04 76 00 00 00", "1 place de la Mairie", "le matin",
        "portail", "Mairie, enfance <enfance@saint-exemple.fr>", "smtp.saint-exemple.fr",
        "", "", "portail@saint-exemple.fr", "mot\\de passe",
    ]  # fmt: skip
    typed = "".join(f"{answer}\n" for answer in answers)
    result = create(app_without_database, tmp_path / "town", answers=typed)
    assert result.exit_code == 0, result.output
    assert "doit commencer par https://" in result.output
    assert (
        "une adresse comme « Portail famille <portail@commune.fr> » est attendue" in result.output
    )
    settings = read(tmp_path / "town")
    assert town_file.in_force(settings, settings).settings.town_name == 'Saint-"Exemple"'
    assert settings.mail_sender == "Mairie, enfance <enfance@saint-exemple.fr>"
    assert (settings.smtp_security, settings.smtp_port) == ("starttls", 587)
    assert settings.smtp_password == "mot\\de passe"
    assert settings.database_url == "postgresql:///saint-exemple"


@pytest.mark.parametrize(
    ("option", "value", "complaint"),
    [
        ("--public-url", "http://portail.fr", "doit commencer par https://"),
        ("--database-url", "mysql://x", "doit commencer par sqlite:/// ou postgresql://"),
        ("--smtp-port", "0", "un nombre de 1 à 65535 est attendu"),
        ("--smtp-security", "ssl", "choisissez parmi none, starttls, tls"),
    ],
)
def test_an_option_that_cannot_be_used_makes_nothing(
    app_without_database: Flask, tmp_path: Path, option: str, value: str, complaint: str
) -> None:
    result = create(app_without_database, tmp_path / "x", *NEEDED, option, value, "--defaults")
    assert result.exit_code == 2
    assert complaint in result.output
    assert not (tmp_path / "x").exists()


def test_a_town_that_is_there_is_left_as_it_is(app_without_database: Flask, tmp_path: Path) -> None:
    """A second key would sign everybody out."""
    create(app_without_database, tmp_path / "town", *NEEDED, "--defaults")
    before = (tmp_path / "town" / "settings.toml").read_bytes()
    result = create(app_without_database, tmp_path / "town", *NEEDED, "--defaults")
    assert result.exit_code == 1
    assert "rien n’y a été changé" in result.output
    assert (tmp_path / "town" / "settings.toml").read_bytes() == before


def test_each_question_is_a_setting() -> None:
    """Of production, with the defaults that it has."""
    assert {question.name for question in QUESTIONS} <= set(config.Production.__dataclass_fields__)
