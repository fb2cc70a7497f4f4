"""The text of the mails: one folder of `templates/mail` each, with its three files."""

from typing import NamedTuple

from flask import current_app


class Content(NamedTuple):
    """What a mail says."""

    subject: str
    text: str
    html: str


def render(kind: str, **values: object) -> Content:
    """Fill in the templates of this kind of mail.

    Rendered straight from the environment: what Flask adds for pages, the signed-in user among
    it, has no business in a mail.
    """
    subject, text, html = (
        current_app.jinja_env.get_template(f"mail/{kind}/{name}").render(values)
        for name in ("subject.txt", "body.txt", "body.html")
    )
    return Content(subject.strip(), text, html)
