"""What production adds: https only, the exact number of proxies, one host."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask, request

import config
from app import create_app
from configuring import keys
from tests.support.databases import NewDatabase


@pytest.fixture
def production(tmp_path: Path, new_sqlite: NewDatabase) -> Iterator[Flask]:
    """A town's portal, behind one nginx."""
    app = create_app(
        config.Production(
            instance=tmp_path,
            database_url=new_sqlite(),
            secret_key="d3aebd8f5b8c2f64e0a9b1c7f2635e48",
            public_url="https://portail.commune.fr",
            proxies=1,
            # No thread that outlives the test.
            mail_delivery="worker",
        )
    )
    yield app
    app.extensions["portail.engine"].dispose()


def test_cookies_and_headers_are_those_of_https(production: Flask) -> None:
    """The cookie belongs to this host alone, and browsers keep to https."""
    answer = production.test_client().get("/connexion", base_url="https://portail.commune.fr")
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-portail=")
    for attribute in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"):
        assert attribute in cookie
    assert "Domain" not in cookie
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"


def test_another_host_gets_a_sentence_and_no_link(production: Flask) -> None:
    """A page made for a host that is not ours could lead anywhere."""
    for path in ("/connexion", "/accueil", "/nulle-part", "/static/portail.css"):
        answer = production.test_client().get(path, base_url="https://evil.example")
        assert answer.status_code == 400
        assert "evil" not in answer.text
        assert "Le portail ne répond pas à cette adresse" in answer.text


@pytest.mark.parametrize(
    ("forwarded", "seen"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("1.2.3.4, 203.0.113.9", "203.0.113.9"),
        ("", "192.0.2.1"),
    ],
)
def test_the_address_is_the_one_our_proxy_saw(production: Flask, forwarded: str, seen: str) -> None:
    """What the visitor wrote in X-Forwarded-For before nginx added theirs is not believed."""
    seen_addresses = []

    @production.before_request
    def note() -> None:
        seen_addresses.append(request.remote_addr)

    headers = {"X-Forwarded-For": forwarded} if forwarded else {}
    production.test_client().get(
        "/connexion",
        base_url="https://portail.commune.fr",
        headers=headers,
        environ_base={"REMOTE_ADDR": "192.0.2.1"},
    )
    assert seen_addresses == [seen]


def test_without_proxy_nothing_forwarded_is_believed(app_without_database: Flask) -> None:
    """The portal alone on its port."""
    seen_addresses = []

    @app_without_database.before_request
    def note() -> None:
        seen_addresses.append(request.remote_addr)

    app_without_database.test_client().get(
        "/connexion",
        headers={"X-Forwarded-For": "1.2.3.4"},
        environ_base={"REMOTE_ADDR": "192.0.2.1"},
    )
    assert seen_addresses == ["192.0.2.1"]


@pytest.mark.parametrize(
    ("listener", "key", "status"),
    [
        ("127.0.0.1", keys.FOR_DEVELOPMENT, 200),
        ("::1", keys.FOR_DEVELOPMENT, 200),
        ("localhost", keys.FOR_DEVELOPMENT, 200),
        ("portail-de-la-mairie", keys.FOR_DEVELOPMENT, 503),
        ("0.0.0.0", keys.FOR_DEVELOPMENT, 503),
        ("192.168.1.10", keys.FOR_DEVELOPMENT, 503),
        ("0.0.0.0", "d3aebd8f5b8c2f64e0a9b1c7f2635e48", 200),
    ],
)
def test_a_published_key_answers_its_own_machine_only(
    tmp_path: Path, listener: str, key: str, status: int
) -> None:
    """Somebody serves the demonstration to their network, whatever Host a visitor writes."""
    app = create_app(config.Development(instance=tmp_path, mail_delivery="worker", secret_key=key))
    told = {"SERVER_NAME": listener, "HTTP_HOST": "127.0.0.1:5000"}
    answer = app.test_client().get("/mentions-legales", environ_overrides=told)
    assert answer.status_code == status
    assert ("PORTAIL_SECRET_KEY" in answer.text) is (status == 503)
    app.extensions["portail.engine"].dispose()


@pytest.mark.parametrize(
    ("typed", "leads_to"),
    [("/connexion/", "/connexion"), ("/releve/?annee=2025-2026", "/releve?annee=2025-2026")],
)
def test_a_slash_at_the_end_is_forgiven(
    app_without_database: Flask, typed: str, leads_to: str
) -> None:
    """People type it so, and some programs add it to a link."""
    answer = app_without_database.test_client().get(typed)
    assert (answer.status_code, answer.location) == (301, leads_to)


@pytest.mark.parametrize("typed", ["/nulle-part/", "/static/", "/deconnexion/"])
def test_a_slash_leads_nowhere_else(app_without_database: Flask, typed: str) -> None:
    client = app_without_database.test_client()
    answer = client.get(typed)
    assert answer.status_code in {301, 308, 404}
    assert answer.status_code == 404 or answer.location == "/"
    assert client.post("/connexion/").status_code == 404
