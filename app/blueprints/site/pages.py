"""Pages that anybody may read."""

from pathlib import Path

from flask import Response, abort, redirect, render_template, send_from_directory, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.blueprints.site.blueprint import site
from app.services import source as source_service
from app.services import town_texts
from app.settings import settings
from app.version import VERSION
from app.web import site_map as the_map
from app.web.site_map import labelled


@site.get("/portail/index.jsp")
@site.get("/portail")
# Last, as decorators go upwards: the first address that Flask learns is the one that links show.
@site.get("/")
def index() -> ResponseReturnValue:
    """Lead from the address on the printed guides to sign-in, or home."""
    return redirect(url_for("family.home" if current_user.is_authenticated else "auth.sign_in"))


@site.get("/plan-du-site")
@labelled("Plan du site", place=1)
def site_map() -> ResponseReturnValue:
    """« Plan du site »."""
    return render_template("site/site_map.html", groups=the_map.site_map())


@site.get("/mentions-legales")
@labelled("Mentions légales", place=2)
def legal_notice() -> ResponseReturnValue:
    """« Mentions légales »."""
    return render_template("site/legal_notice.html", text=town_texts.read(town_texts.LEGAL_NOTICE))


@site.get("/donnees-personnelles")
@labelled("Données personnelles", place=3)
def personal_data() -> ResponseReturnValue:
    """« Données personnelles »."""
    return render_template(
        "site/personal_data.html", text=town_texts.read(town_texts.PERSONAL_DATA)
    )


@site.get("/accessibilite")
@labelled("Accessibilité", place=4)
def accessibility() -> ResponseReturnValue:
    """« Accessibilité »."""
    return render_template(
        "site/accessibility.html",
        text=town_texts.read(town_texts.ACCESSIBILITY),
        version=VERSION,
    )


@site.get("/code-source")
@labelled("Code source", place=5)
def source() -> ResponseReturnValue:
    """« Code source »."""
    return render_template("site/source.html", version=VERSION)


@site.get("/code-source/portail-famille.zip")
def source_archive() -> ResponseReturnValue:
    """The code that runs here, as the licence wants it."""
    response = Response(source_service.archive(), mimetype="application/zip")
    response.headers.set("Content-Disposition", "attachment", filename=f"{source_service.NAME}.zip")
    return response


@site.get("/armoiries")
def crest() -> ResponseReturnValue:
    """The town's coat of arms, from the instance folder."""
    if not settings.town_crest:
        abort(404)
    name = Path(settings.town_crest)
    return send_from_directory(settings.instance / name.parent, name.name, max_age=3600)
