"""What programs ask a site for: robots.txt, sitemap.xml, security.txt, the manifest."""

from datetime import UTC, datetime, time, timedelta

from flask import Response, abort, jsonify, url_for
from flask.typing import ResponseReturnValue

from app import here
from app.blueprints.site.blueprint import site
from app.formats import phone_link
from app.settings import settings
from app.web import site_map

SITEMAP_NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"
ONE_DAY = 24 * 3600
# As in portail.css.
PAPER, BAND = "#fbf7ef", "#123f3a"
# RFC 9116 asks for less than a year.
SECURITY_TEXT_LIFE = timedelta(days=180)


@site.get("/robots.txt")
def robots() -> ResponseReturnValue:
    """Robots may ask for any page: what is not for search says so itself, to who asks.

    An address that they may not ask for can still be listed, and some carry a secret.
    """
    return _text(["User-agent: *", "Disallow:", "", f"Sitemap: {_absolute('site.sitemap')}"])


@site.after_app_request
def keep_out_of_search(response: Response) -> Response:
    """Of what anybody may open, the pages of the map alone are to be found, without arguments.

    Those of a family need no word: robots are led to sign-in.
    """
    request = here.request()
    endpoint = request.endpoint
    if endpoint is None or endpoint == "static":
        return response
    if site_map.is_public(endpoint) and (request.query_string or not site_map.is_shown(endpoint)):
        response.headers["X-Robots-Tag"] = "noindex"
    return response


@site.get("/sitemap.xml")
def sitemap() -> ResponseReturnValue:
    """The addresses of the public pages."""
    from xml.etree import ElementTree

    pages = ElementTree.Element("urlset", xmlns=SITEMAP_NAMESPACE)
    for endpoint in site_map.public_endpoints():
        page = ElementTree.SubElement(pages, "url")
        ElementTree.SubElement(page, "loc").text = _absolute(endpoint)
    written = ElementTree.tostring(pages, "utf-8", xml_declaration=True)
    return _kept(Response(written, mimetype="application/xml"))


@site.get("/manifest.webmanifest")
def manifest() -> ResponseReturnValue:
    """Let a phone keep the portal among its applications: nothing is kept offline."""
    said = {
        "id": "/",
        "start_url": "/",
        "name": f"Portail famille – {settings.town_name}",
        "short_name": "Portail famille",
        "lang": "fr",
        "display": "standalone",
        "background_color": PAPER,
        "theme_color": BAND,
        "icons": [
            {
                "src": url_for("static", filename=f"icon-{size}.png"),
                "sizes": f"{size}x{size}",
                "type": "image/png",
                "purpose": purpose,
            }
            for size, purpose in ((180, "any"), (512, "any"), (512, "maskable"))
        ],
    }
    response = jsonify(said)
    response.mimetype = "application/manifest+json"
    return _kept(response)


@site.get("/.well-known/security.txt")
def security_text() -> ResponseReturnValue:
    """Whom to tell about a weakness (RFC 9116)."""
    contact = _security_contact() or abort(404)
    # A whole day, so that two answers of one day are the same.
    midnight = datetime.combine(datetime.now(UTC), time(), UTC)
    return _text(
        [
            f"Contact: {contact}",
            f"Expires: {(midnight + SECURITY_TEXT_LIFE).strftime('%Y-%m-%dT%H:%M:%SZ')}",
            "Preferred-Languages: fr",
            f"Canonical: {_absolute('site.security_text')}",
        ]
    )


def _security_contact() -> str:
    wanted = settings.security_contact
    if wanted:
        return wanted if ":" in wanted else f"mailto:{wanted}"
    if settings.town_website:
        return settings.town_website
    number = phone_link(settings.town_phone)
    return f"tel:{number}" if number else ""


def _absolute(endpoint: str) -> str:
    # From the setting: the host that a request names is not to be believed.
    return settings.public_url.rstrip("/") + url_for(endpoint)


def _text(lines: list[str]) -> Response:
    return _kept(Response("\n".join([*lines, ""]), mimetype="text/plain"))


def _kept(response: Response) -> Response:
    response.cache_control.public = True
    response.cache_control.max_age = ONE_DAY
    return response
