"""A form that is read over before it is sent: its page, its check, then what it is for."""

from collections.abc import Callable

from flask import request
from flask.typing import ResponseReturnValue

from app.services.refusals import Reason, Refusal
from app.web import drafts
from app.web.forms import Form, show_again


def take(
    form: Form,
    send: Callable[[], ResponseReturnValue],
    try_out: Callable[[], object] | None = None,
) -> ResponseReturnValue:
    """Answer what was sent: back to the page to correct it, on to its check, or do it.

    ``send`` does it, ``try_out`` only finds out whether it can be done. Both may raise a Refusal,
    which the page tells; one that says that something else happened since is read on the check.
    """
    step, valid = request.form.get("step"), form.validate()
    if step == "edit" and not form.stale:
        return show_again(form, drafts.EDIT)
    if not valid:
        return show_again(form)
    try:
        if step == "send":
            return send()
        if try_out:
            try_out()
    except Refusal as refused:
        return _say_no(form, refused, was_checked=step == "send")
    return show_again(form, drafts.CHECK)


def _say_no(form: Form, refused: Refusal, *, was_checked: bool) -> ResponseReturnValue:
    if "sending_key" in form:
        form["sending_key"].renew()
    form.form_errors.append(refused.sentence)
    is_read_again = was_checked and refused.reason is Reason.OUTDATED
    return show_again(form, drafts.CHECK if is_read_again else drafts.CORRECTION)
