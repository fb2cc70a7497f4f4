"""« Code source »: whoever uses the portal may have the code that runs (AGPL-3.0, section 13)."""

import io
from pathlib import Path
from zipfile import ZipFile

import pytest
from flask import Flask

import config
from app import create_app
from app.services import source
from app.version import VERSION
from configuring.sources import ConfigurationError
from tests.support.browser import Browser

ROOT = Path(__file__).parents[3]


def download(app: Flask) -> ZipFile:
    """From the footer of any page to the archive."""
    page = Browser(app).get("auth.sign_in").link("Code source").click()
    assert f"la version {VERSION}" in page.text
    answer = Browser(app).fetch(page.link("Télécharger le code de cette version").href)
    assert answer.mimetype == "application/zip"
    assert f"portail-famille-{VERSION}.zip" in answer.headers["Content-Disposition"]
    return ZipFile(io.BytesIO(answer.data))


def test_a_stranger_downloads_the_code_that_runs(tmp_path: Path) -> None:
    found = download(create_app(config.Test(instance=tmp_path)))
    top = f"portail-famille-{VERSION}"
    for name in ("app/__init__.py", "app/templates/auth/sign_in.html", "migrations/env.py",
                 "wsgi.py", "pyproject.toml", "requirements.txt", "LICENSE"):  # fmt: skip
        assert found.read(f"{top}/{name}") == (ROOT / name).read_bytes()


def test_nothing_of_the_town_or_of_the_machine_is_in_it(tmp_path: Path) -> None:
    """The instance folder of a clone lies beside the code."""
    names = download(create_app(config.Test(instance=tmp_path))).namelist()
    inside = [name.split("/", 1)[1] for name in names]
    assert not [name for name in inside if name.startswith(("instance", ".", "tests/"))]
    assert not [name for name in inside if "/." in name or name.endswith((".pyc", ".db"))]


@pytest.mark.parametrize("address", ["", "https://forge.exemple.fr/portail"])
def test_a_town_that_changed_it_says_where(tmp_path: Path, address: str) -> None:
    page = Browser(create_app(config.Test(instance=tmp_path, source_url=address))).get(
        "site.source"
    )
    links = [link for link in page.soup.select("main a") if link["href"] == address]
    assert len(links) == bool(address)


@pytest.mark.parametrize("address", ["javascript:alert(1)", "http://forge.exemple.fr", "forge"])
def test_an_address_that_cannot_be_one_is_refused(tmp_path: Path, address: str) -> None:
    with pytest.raises(ConfigurationError, match="PORTAIL_SOURCE_URL doit être l’adresse"):
        config.Test(instance=tmp_path, source_url=address)


def test_an_installed_portal_gives_nothing_of_its_neighbours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Among the packages of a machine, « demo » or « docs » may be somebody else's."""
    for name in ("app", "configuring", "demo"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").write_text("")
    for name in ("config.py", "wsgi.py", "README.md"):
        (tmp_path / name).write_text("")
    monkeypatch.setattr(source, "ROOT", tmp_path)
    names = ZipFile(io.BytesIO(source.archive.__wrapped__())).namelist()
    assert sorted(name.split("/", 1)[1] for name in names) == [
        "app/__init__.py", "config.py", "configuring/__init__.py", "wsgi.py",
    ]  # fmt: skip
