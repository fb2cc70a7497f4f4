"""Notices a proxy in front that PORTAIL_PROXIES does not count; `flask doctor` tells of it."""

import logging
from contextlib import suppress
from datetime import date
from ipaddress import ip_address

from flask import Flask

from app import formats, here
from app.web.access import origin

logger = logging.getLogger("portail.proxies")
FORWARDED = ("HTTP_X_FORWARDED_FOR", "HTTP_FORWARDED", "HTTP_X_REAL_IP")


def init_app(app: Flask, proxies: int, unavailable: type[Exception]) -> None:
    """Look out for one where none is announced."""
    if proxies == 0:
        app.before_request(_Watch(unavailable).look)


class _Watch:
    """Tells once a day and process, whoever asks."""

    def __init__(self, unavailable: type[Exception]) -> None:
        self._unavailable = unavailable
        self._told_on: date | None = None

    def look(self) -> None:
        """A visitor's own machine forwards nobody; one beside us does."""
        request = here.request()
        if not any(map(request.environ.__contains__, FORWARDED)):
            return
        if self._told_on != formats.today() and _is_near(request.remote_addr):
            self._told_on = formats.today()
            from app.services.doctor import unannounced_proxy

            logger.warning("proxies.unannounced", extra={"address": request.remote_addr})
            # Whoever visits is not made to see an error for it.
            with suppress(self._unavailable):
                unannounced_proxy.note(origin())


def _is_near(address: str | None) -> bool:
    # A socket has no address: what speaks through it is on this machine.
    try:
        return not address or ip_address(address).is_private
    except ValueError:
        return False
