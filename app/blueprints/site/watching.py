"""What programs that watch over the server ask."""

from flask import jsonify
from flask.typing import ResponseReturnValue

from app.blueprints.site.blueprint import site
from app.services import health as service
from app.services.health import Health


@site.get("/sante")
def health() -> ResponseReturnValue:
    """Answer whoever watches over the server: up, with its database."""
    service.check()
    return jsonify(status=Health.OK)


@site.get("/sante/vivant")
def live() -> ResponseReturnValue:
    """Tell that the process answers; starting it again would not mend its database."""
    return jsonify(status=Health.OK)


@site.get("/sante/pret")
def ready() -> ResponseReturnValue:
    """Tell whether visitors may be sent here, and what is wrong."""
    found = service.readiness()
    state = service.overall(found)
    return jsonify(status=state, **found), 503 if state is Health.DOWN else 200
