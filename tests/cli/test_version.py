"""`flask version`: what to say when asking for help."""

import platform
from importlib import metadata

from flask import Flask

from app.version import VERSION


def test_the_portal_names_itself_first(app_without_database: Flask) -> None:
    """Even where no database is: who asks may be about to make one."""
    result = app_without_database.test_cli_runner().invoke(args=["version"])
    assert result.exit_code == 0
    assert result.output.splitlines() == [
        f"Portail famille {VERSION}",
        f"Python {platform.python_version()}",
        f"Flask {metadata.version('flask')}",
        f"Werkzeug {metadata.version('werkzeug')}",
    ]
