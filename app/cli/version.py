"""`flask version`: which portal runs here.

`flask --version` cannot say it: Flask answers that option before it looks for an application.
"""

import platform

import click

from app.version import VERSION


@click.command()
def version() -> None:
    """Dit la version du portail, et celles de Python et de Flask."""
    from importlib import metadata

    click.echo(f"Portail famille {VERSION}")
    click.echo(f"Python {platform.python_version()}")
    for package in ("Flask", "Werkzeug"):
        click.echo(f"{package} {metadata.version(package)}")
