"""Which town a visitor is for, and what is said where there is none, or where it cannot serve."""

import logging
import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest

import config
from app.towns import hosted, lobby
from app.towns.lobby import Towns
from tests.support.databases import NewDatabase
from tests.support.department import Department

RETRY = str(int(hosted.TRY_AGAIN_SECONDS))


@pytest.fixture
def department(tmp_path: Path, new_sqlite: NewDatabase) -> Iterator[Department]:
    """Two towns."""
    department = Department(tmp_path / "towns", new_sqlite)
    department.found("allex")
    department.found("bourdeaux", town_name="Bourdeaux")
    yield department
    department.close()


def ask(department: Department, host: str, path: str = "/connexion") -> tuple[int, str]:
    """Ask for a page of a host, as its server does; return the status and the page."""
    assert department.lobby is not None
    client = department.lobby.test_client()
    answer = client.get(path, base_url="http://localhost", headers={"Host": host})
    return answer.status_code, answer.text


@pytest.mark.parametrize(
    "host", ["allex.exemple.fr", "ALLEX.exemple.fr", "allex.exemple.fr:8000", "allex.exemple.fr."]
)
def test_a_host_leads_to_its_town(department: Department, host: str) -> None:
    department.open()
    status, page = ask(department, host)
    # What is no trusted host for the town itself, such as a final point, is its own to refuse.
    assert status in {200, 400}
    assert "Bourdeaux" not in page


@pytest.mark.parametrize(
    "host", ["", "exemple.fr", "x.allex.exemple.fr", "[::1", "a b", "127.0.0.1"]
)
def test_another_host_leads_nowhere(department: Department, host: str) -> None:
    """The same page for all, which names no town."""
    department.open()
    status, page = ask(department, host)
    assert status == 421
    assert "Aucun portail à cette adresse" in page
    assert "Allex" not in page


def test_what_is_said_outside_of_a_town_is_as_closed_as_its_pages(department: Department) -> None:
    client = department.open().test_client()
    answer = client.get("/", headers={"Host": "exemple.fr"})
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in answer.headers


def test_a_town_that_cannot_serve_stops_nobody(
    department: Department, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its visitors wait, the log says whose trouble it is, and it opens once it is mended."""
    department.found("crest", smtp_port=0)
    department.open()
    with caplog.at_level(logging.ERROR, "portail.towns"):
        assert ask(department, "crest.exemple.fr")[0] == 503
        assert ask(department, "crest.exemple.fr")[0] == 503
    [line] = [each for each in caplog.records if each.getMessage() == "town.broken"]
    assert (vars(line)["broken_town"], "SMTP_PORT" in vars(line)["reason"]) == ("crest", True)
    assert ask(department, "allex.exemple.fr")[0] == 200
    mended = {"public_url": "http://crest.exemple.fr", "secret_key": secrets.token_hex(32)}
    department.write("crest", mended)
    assert ask(department, "crest.exemple.fr")[0] == 503
    monkeypatch.setattr(department.town("crest"), "_closed_until", 0.0)
    assert ask(department, "crest.exemple.fr")[0] == 200


def test_a_file_that_cannot_be_read_is_that_town_s_trouble(department: Department) -> None:
    """It is known by the address that the file gives all the same."""
    (department.folder / "allex" / "settings.toml").write_text(
        'public_url = "http://allex.exemple.fr"\ntown_name = "Allex\n'
    )
    department.open()
    assert [ask(department, f"{name}.exemple.fr")[0] for name in ("allex", "bourdeaux")] == [
        503, 200,
    ]  # fmt: skip


def test_a_town_whose_database_is_away_keeps_nobody_else(department: Department) -> None:
    """Its pages say so themselves."""
    department.found(
        "crest", database_url="postgresql://nobody@127.0.0.1:1/crest?connect_timeout=2"
    )
    department.open()
    assert ask(department, "crest.exemple.fr", "/sante")[0] == 503
    assert ask(department, "allex.exemple.fr")[0] == 200


@pytest.mark.parametrize("name", ["public_url", "database_url", "secret_key", "files_url"])
def test_two_towns_share_nothing_that_would_mix_them(department: Department, name: str) -> None:
    """The second of the two does not open."""
    shared = {
        "public_url": "http://allex.exemple.fr",
        "database_url": f"sqlite:///{department.folder / 'allex' / 'portail.db'}",
        "secret_key": "7d2f" + "0123456789abcdef3c5b" * 3,
        "files_url": "s3://communes/allex",
    }
    keys = {"s3_access_key_id": "a", "s3_secret_access_key": "b"}
    for town in ("allex", "bourdeaux"):
        own = {"public_url": f"http://{town}.exemple.fr", "secret_key": secrets.token_hex(32)}
        department.write(town, own | keys | {name: shared[name]})
    department.open()
    assert ask(department, "allex.exemple.fr")[0] == 200
    department.town("allex").app()
    with pytest.raises(hosted.TownBroken, match=f"{name.upper()} est aussi de la commune allex"):
        department.town("bourdeaux").app()


def test_towns_have_settings_in_common(department: Department) -> None:
    """Each may say otherwise; what is written for all may name the town."""
    shared = {"town_phone": "04 75 00 00 00", "x_accel_prefix": "/prive/{town}"}
    department.write("", shared)
    with (department.folder / "allex" / "settings.toml").open("a") as file:
        file.write('town_phone = "04 75 11 11 11"')
    department.open(PORTAIL_TOWN_HOURS="le matin")
    read = {}
    for name in ("allex", "bourdeaux"):
        settings: config.Settings = department.town(name).app().extensions["portail.settings"]
        read[name] = (settings.town_phone, settings.x_accel_prefix, settings.town_hours)
        assert settings.mail_delivery == "worker"
    assert read == {
        "allex": ("04 75 11 11 11", "/prive/allex", "le matin"),
        "bourdeaux": ("04 75 00 00 00", "/prive/bourdeaux", "le matin"),
    }


@pytest.mark.parametrize(
    ("environ", "said"),
    [
        ({"PORTAIL_SECRET_KEY": "x"}, "PORTAIL_SECRET_KEY vaudrait pour toutes les communes"),
        ({"PORTAIL_DATABASE_URL": "sqlite:///x"}, "PORTAIL_DATABASE_URL vaudrait"),
        ({"PORTAIL_TOWNS": "/nowhere/at/all"}, "PORTAIL_TOWNS=/nowhere/at/all ne peut pas être lu"),
    ],
)
def test_what_would_mix_all_towns_stops_the_start(
    department: Department, environ: dict[str, str], said: str
) -> None:
    with pytest.raises(config.ConfigurationError, match=said):
        department.open(**environ)


@pytest.mark.parametrize(
    ("common", "said"),
    [
        ({"secret_key": "0f1e2d3c4b5a69788796a5b4c3d2e1f0"}, "secret_key ne peut pas être commun"),
        ({"mail_delivery": "thread"}, "PORTAIL_MAIL_DELIVERY doit être worker"),
        ({"town_fone": "04 75 00 00 00"}, "vouliez-vous dire town_phone"),
    ],
)
def test_what_cannot_be_common_is_said(
    department: Department, common: dict[str, object], said: str
) -> None:
    department.write("", common)
    department.open()
    with pytest.raises(hosted.TownBroken, match=said):
        department.town("allex").app()


def test_a_folder_of_another_name_stops_the_start(department: Department) -> None:
    """It would name no schema, no host, no folder of a bucket."""
    department.found("Saint Étienne")
    with pytest.raises(config.ConfigurationError, match="Saint Étienne n’est pas un nom"):
        department.open()


def test_the_towns_visited_last_are_kept(
    department: Department, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The others come back at their next visit."""
    monkeypatch.setattr(lobby, "MOST_KEPT", 1)
    department.open()
    for name, other in (("allex", "bourdeaux"), ("bourdeaux", "allex"), ("allex", "bourdeaux")):
        assert ask(department, f"{name}.exemple.fr")[0] == 200
        assert department.town(name).made
        assert department.town(other).made is None
    assert isinstance(department.towns, Towns)
