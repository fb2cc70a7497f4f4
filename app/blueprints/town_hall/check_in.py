"""« Pointage » of a service: the link for a tablet, and who was there."""

from datetime import date

from flask import abort, render_template
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from app.blueprints.town_hall.blueprint import town_hall
from app.formats import today
from app.services.clerks.rights import Right
from app.settings import settings
from app.web.access import opens_page
from app.web.clerk_access import current_clerk, needs


@town_hall.get("/mairie/jour/<day>/pointage/<service>")
@needs(Right.ATTENDANCE)
def check_in_link(day: str, service: str) -> ResponseReturnValue:
    """Today the link, to be shown to a tablet; on every day who was seen."""
    from app.services.bookings.morning import attendance
    from app.services.tokens import day_links

    try:
        on = date.fromisoformat(day)
    except ValueError:
        abort(404)
    if not current_clerk().works_for(service):
        abort(404)
    roll = attendance.of_slug(service, on) or abort(404)
    link = ""
    if on == today():
        token = day_links.token_for(roll.service.number, on)
        link = f"{settings.public_url.rstrip('/')}/pointage/{token}"
        if opens_page():
            attendance.note_link(current_clerk(), roll)
    return render_template(
        "town_hall/check_in_link.html",
        roll=roll,
        link=link,
        code=_code(link) if link else "",
    )


def _code(link: str) -> Markup:
    import segno

    drawing = segno.make(link, error="m").svg_inline(omitsize=True, border=2, svgclass="code")
    # The address is beside it; it is ours.
    return Markup(drawing.replace("<svg ", '<svg aria-hidden="true" ', 1))  # noqa: S704
