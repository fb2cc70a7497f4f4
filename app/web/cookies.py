"""The cookies of ours beside Flask's session: each has one name, and stays with this host."""

from datetime import timedelta
from typing import NamedTuple

from werkzeug.wrappers import Response

from app import here
from app.settings import in_force


class Cookie(NamedTuple):
    """One of them; without `lasting` it goes with the browser's window."""

    name: str
    lasting: timedelta | None = None

    @property
    def full_name(self) -> str:
        """Return its name as browsers send it: over https no other host can have set it."""
        return f"__Host-{self.name}" if in_force().secure else self.name

    def read(self) -> str:
        """Return what it holds, empty for none."""
        name, cookies = self.full_name, here.request().cookies
        # `get` makes an error of what is not there, before it takes it for none.
        return cookies[name] if name in cookies else ""  # noqa: SIM401

    def leave(self, answer: Response, value: str) -> None:
        """Put it in the browser that gets this answer."""
        answer.set_cookie(
            self.full_name,
            value,
            max_age=self.lasting,
            secure=in_force().secure,
            httponly=True,
            samesite="Lax",
        )

    def take_away(self, answer: Response) -> None:
        """Take it from the browser that gets this answer."""
        answer.delete_cookie(
            self.full_name, secure=in_force().secure, httponly=True, samesite="Lax"
        )
