"""Addresses: static files carry a version and are kept for ever; pages' are built once."""

import hashlib
from collections.abc import Iterator
from functools import cache
from http import HTTPStatus
from pathlib import Path
from typing import Any, cast

from flask import Flask, current_app, request, url_for
from werkzeug.wrappers import Response

from app import here
from app.memo import Kept

VERSION_LENGTH = 12
ADDRESSES_KEPT = 1024
ANY_PUBLIC_ID = "0" * 16
FOR_EVER = "public, max-age=31536000, immutable"


def init_app(app: Flask) -> None:
    """Version every address of a static file, and let browsers keep it."""
    app.url_defaults(_add_version)
    # No address depends on the request, and a page has twenty of them: each is built once.
    app.jinja_env.globals["url_for"] = Kept(url_for, ADDRESSES_KEPT)
    app.jinja_env.globals["url_before_id"] = Kept(_url_before_id, ADDRESSES_KEPT)
    app.after_request(_keep_for_ever)


def address(endpoint: str, **values: str) -> str:
    """Return the address of a page, built once, as in a template."""
    build = cast("Kept[str]", here.application().jinja_env.globals["url_for"])
    return build(endpoint, **values)


def _url_before_id(endpoint: str) -> str:
    """Return the address of a page up to the public id of what it shows, which each row adds.

    Of a long list, or of many families, none of those addresses would be asked for twice.
    """
    address, _, rest = url_for(endpoint, public_id=ANY_PUBLIC_ID).partition(ANY_PUBLIC_ID)
    assert not rest, f"{endpoint} has more after its public id"
    return address


def files() -> Iterator[tuple[str, str, Path]]:
    """Name each static file as its address does, with the version there and where it lies."""
    assert current_app.static_folder is not None
    folder = Path(current_app.static_folder)
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            yield path.relative_to(folder).as_posix(), _fingerprint(path), path


def _add_version(endpoint: str, values: dict[str, Any]) -> None:
    if endpoint == "static" and "filename" in values:
        values["v"] = _version(values["filename"])


def _version(filename: str) -> str:
    assert current_app.static_folder is not None
    return _fingerprint(Path(current_app.static_folder) / filename)


@cache
def _fingerprint(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:VERSION_LENGTH]


def _keep_for_ever(response: Response) -> Response:
    found = response.status_code < HTTPStatus.BAD_REQUEST
    # While a new version is being installed, a page of it may ask a worker of the old one.
    if found and here.request().endpoint == "static" and _is_the_version_asked_for():
        response.headers["Cache-Control"] = FOR_EVER
    return response


def _is_the_version_asked_for() -> bool:
    assert request.view_args is not None
    return request.args.get("v") == _version(request.view_args["filename"])
