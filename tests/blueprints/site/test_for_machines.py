"""robots.txt, sitemap.xml, security.txt and the manifest."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit
from urllib.robotparser import RobotFileParser
from xml.etree import ElementTree

import pytest
from flask import Flask

import config
from app import create_app
from tests.support.browser import Browser
from tests.support.people import People
from tests.test_architecture import PUBLIC_ENDPOINTS, rules, sample_path

ROOT = Path(__file__).parents[3]
TOWN = "https://portail.saint-exemple.fr"
LOC = "{http://www.sitemaps.org/schemas/sitemap/0.9}loc"
YEAR = timedelta(days=365)


def portal(tmp_path: Path, **settings: str) -> Flask:
    """A portal at the address of a town, for what never asks the database."""
    return create_app(config.Test(instance=tmp_path, public_url=TOWN, **settings))  # type: ignore[arg-type]


def security_text(app: Flask) -> dict[str, str]:
    """Read its fields, each given once."""
    answer = Browser(app).fetch("/.well-known/security.txt")
    assert answer.content_type == "text/plain; charset=utf-8"
    pairs = [line.split(": ", 1) for line in answer.text.splitlines()]
    assert len(dict(pairs)) == len(pairs)
    return dict(pairs)


def test_a_search_engine_finds_the_public_pages_and_no_other(tmp_path: Path) -> None:
    """Though the database is away: whoever looks for the way in reads the guide."""
    app = portal(tmp_path)
    stranger = Browser(app)
    answer = stranger.fetch("/sitemap.xml")
    assert answer.mimetype == "application/xml"
    found = _addresses(stranger)
    assert f"{TOWN}/connexion" in found
    assert f"{TOWN}/guide" in found
    assert f"{TOWN}/accessibilite" in found
    for address in found:
        page = stranger.visit(address.removeprefix(TOWN))
        assert page.path == address.removeprefix(TOWN)
        assert "X-Robots-Tag" not in page.response.headers
    app.extensions["portail.engine"].dispose()


def test_nothing_else_that_anybody_may_open_is_for_search(app: Flask) -> None:
    """Not the links of mails, which hold a secret, nor one page under many addresses."""
    stranger = Browser(app)
    shown = [urlsplit(path).path for path in _addresses(stranger)]
    for rule in rules(app):
        if rule.endpoint in PUBLIC_ENDPOINTS - {"static"} and "GET" in (rule.methods or ()):
            path = sample_path(app, rule)
            kept_out = stranger.fetch(path).headers.get("X-Robots-Tag") == "noindex"
            assert kept_out is (path not in shown), path
    answer = stranger.fetch("/accueil")
    assert answer.status_code == 302
    assert stranger.fetch(answer.location).headers["X-Robots-Tag"] == "noindex"


def test_a_page_of_a_family_may_be_audited(app: Flask, people: People) -> None:
    """What audits it takes a page that robots may not read for a fault; nobody else opens it."""
    parent = Browser(app)
    assert "X-Robots-Tag" not in parent.sign_in(people.zest).response.headers


def _addresses(stranger: Browser) -> list[str]:
    found = ElementTree.fromstring(stranger.fetch("/sitemap.xml").data).iter(LOC)
    return [str(tag.text) for tag in found]


def test_robots_may_ask_for_any_page(tmp_path: Path) -> None:
    """One that they may not ask for is listed all the same, by its address."""
    answer = Browser(portal(tmp_path)).fetch("/robots.txt")
    assert answer.mimetype == "text/plain"
    reader = RobotFileParser()
    reader.parse(answer.text.splitlines())
    assert reader.site_maps() == [f"{TOWN}/sitemap.xml"]
    assert reader.can_fetch("anybody", "/connexion")
    assert reader.can_fetch("anybody", "/accueil")


def test_a_weakness_can_be_told(tmp_path: Path) -> None:
    fields = security_text(portal(tmp_path, security_contact="securite@saint-exemple.fr"))
    assert fields["Contact"] == "mailto:securite@saint-exemple.fr"
    assert fields["Preferred-Languages"] == "fr"
    assert fields["Canonical"] == f"{TOWN}/.well-known/security.txt"
    expires = datetime.fromisoformat(fields["Expires"])
    assert datetime.now(UTC) < expires < datetime.now(UTC) + YEAR


@pytest.mark.parametrize(
    ("settings", "contact"),
    [
        ({"security_contact": "https://saint-exemple.fr/faille"}, "https://saint-exemple.fr/faille"),
        ({"town_website": "https://saint-exemple.fr", "town_phone": "04 76 00 00 00"},
         "https://saint-exemple.fr"),
        ({"town_phone": "04 76 00 00 00"}, "tel:+33476000000"),
    ],
)  # fmt: skip
def test_whoever_the_town_names_is_told(
    tmp_path: Path, settings: dict[str, str], contact: str
) -> None:
    assert security_text(portal(tmp_path, **settings))["Contact"] == contact


def test_a_town_that_names_nobody_has_no_security_text(tmp_path: Path) -> None:
    assert Browser(portal(tmp_path)).fetch("/.well-known/security.txt").status_code == 404


@pytest.mark.parametrize("contact", ["Camille", "a@b.fr\nContact: x", "javascript:alert(1)"])
def test_a_contact_that_cannot_be_used_is_refused(tmp_path: Path, contact: str) -> None:
    with pytest.raises(config.ConfigurationError, match="SECURITY_CONTACT"):
        portal(tmp_path, security_contact=contact)


def test_a_phone_may_keep_the_portal_among_its_applications(tmp_path: Path) -> None:
    """Under the town's name, with icons that are there, in the colours of the sheet."""
    stranger = Browser(portal(tmp_path))
    page = stranger.get("site.legal_notice")
    [address] = [str(link["href"]) for link in page.soup.select("link[rel=manifest]")]
    answer = stranger.fetch(address)
    assert answer.mimetype == "application/manifest+json"
    said = answer.get_json(force=True)
    assert (said["display"], said["lang"]) == ("standalone", "fr")
    assert stranger.fetch(said["start_url"]).status_code == 302
    sheet = (ROOT / "app/static/portail.css").read_text("utf-8")
    assert f"--paper: {said['background_color']};" in sheet
    assert f"--band: {said['theme_color']};" in sheet
    icons = [each["src"] for each in said["icons"]]
    icons += [str(link["href"]) for link in page.soup.select("link[rel=apple-touch-icon]")]
    for icon in icons:
        assert stranger.fetch(icon).mimetype == "image/png"
