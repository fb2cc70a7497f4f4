"""The settings of the running application, for code that must not know where they come from."""

from collections.abc import Hashable
from typing import TYPE_CHECKING, cast

from flask import current_app
from werkzeug.local import LocalProxy

if TYPE_CHECKING:
    from config import Settings

EXTENSION = "portail.settings"

settings = cast(
    "Settings",
    LocalProxy(lambda: current_app.extensions[EXTENSION]),
)


def in_this_town(row: Hashable) -> tuple[str, Hashable]:
    """Tell a row of this town from the row of another in the same process."""
    return settings.public_host, row
