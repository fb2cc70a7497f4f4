"""« Pointage »: who is there, pressed on a tablet that has no account, by the link of the day."""

import secrets
from typing import TYPE_CHECKING

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.blueprints.site.blueprint import site
from app.formats import today
from app.web.fields import SENDING_KEY
from app.web.forms import left_open

if TYPE_CHECKING:
    from app.services.bookings.morning.attendance import Roll

KEY_BYTES = 16


@site.route("/pointage/<token>", methods=["GET", "POST"])
def check_in(token: str) -> ResponseReturnValue:
    """The children of a service today, each with a button."""
    # Read by tablets alone.
    from app.services.bookings.morning import attendance
    from app.services.bookings.morning.attendance import Act
    from app.services.tokens import day_links

    named = day_links.read(token)
    roll = attendance.of_number(*named) if named and named.day == today() else None
    if request.method == "GET":
        if roll is None:
            return render_template("site/check_in_over.html")
        return render_template(
            "site/check_in.html", roll=roll, token=token, key=secrets.token_hex(KEY_BYTES), acts=Act
        )
    if stale := left_open():
        return stale
    pressed = _press(roll) if roll else ""
    return redirect(url_for("site.check_in", token=token, _anchor=pressed or None))


def _press(roll: "Roll") -> str:
    """Note what was pressed; return where on the page that was."""
    from app.services.bookings.morning import attendance
    from app.services.bookings.morning.attendance import Act

    key = request.form.get("key", "")
    pressed = [(act, request.form[act]) for act in Act if act in request.form]
    if not pressed or not SENDING_KEY.fullmatch(key):
        return ""
    act, child = pressed[0]
    if child and attendance.mark(roll, act, child, key):
        return f"e-{child}"
    if not child and act in {Act.COME, Act.MISS}:
        attendance.mark_rest(roll, act, key)
    return ""
