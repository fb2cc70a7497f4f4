"""The address that families type: whether it leads here over HTTPS, and whether pages are ready."""

import json
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from http.client import HTTPException, HTTPSConnection
from typing import Any
from urllib.parse import urlsplit

from app.formats import day
from app.services.doctor.findings import Finding, broken, fine, look
from app.services.health import Health
from app.settings import settings

READY = "/sante/pret"
PATIENCE_SECONDS = 5
# certbot renews a month before the end: by then it has failed for two weeks.
SOON = timedelta(days=14)
RENEW = "certbot renew dit ce qui empêche de le renouveler\u00a0; puis systemctl reload nginx"
AWAY = "le DNS mène-t-il à ce serveur\u00a0? nginx et portail@ tournent-ils\u00a0?"
SEE = "les autres lignes, et le journal du serveur, disent pourquoi"


def check() -> Iterator[Finding]:
    """Ask as a family would, from here."""
    if settings.env != "production":
        yield fine(f"{settings.public_url}, que l’on ne regarde pas hors de la production")
        return
    try:
        status, text, until = _asked()
    except ssl.SSLCertVerificationError as error:
        yield broken(f"{settings.public_url}\u00a0: {error.verify_message}", RENEW)
    except (OSError, HTTPException) as error:
        # From inside, some networks do not lead back to their own address.
        yield look(f"{settings.public_url} ne répond pas d’ici ({error})", AWAY)
    else:
        yield _of_the_answer(status, text)
        if until < datetime.now(UTC) + SOON:
            yield look(f"le certificat ne vaut que jusqu’au {day(until)}", RENEW)


def _asked() -> tuple[int, str, datetime]:
    """Return the status, the answer, and the end of the certificate."""
    url = urlsplit(settings.public_url)
    connection = HTTPSConnection(url.netloc, timeout=PATIENCE_SECONDS)
    try:
        connection.connect()
        certificate: Any = connection.sock.getpeercert()
        connection.request("GET", READY)
        answer = connection.getresponse()
        until = datetime.fromtimestamp(ssl.cert_time_to_seconds(certificate["notAfter"]), UTC)
        return answer.status, answer.read().decode("utf-8", "replace"), until
    finally:
        connection.close()


def _of_the_answer(status: int, text: str) -> Finding:
    url = settings.public_url
    try:
        found: dict[str, str] = json.loads(text)
        down = [name for name, state in found.items() if state == Health.DOWN and name != "status"]
    except (ValueError, AttributeError):
        down, found = [], {}
    if status == HTTPStatus.OK and "database" in found:
        return fine(f"{url} est prêt")
    if down:
        return broken(f"{url} n’est pas prêt\u00a0: {', '.join(down)} en panne", SEE)
    return broken(f"{url} répond {status}, et ce n’est pas ce portail qui le dit", AWAY)
