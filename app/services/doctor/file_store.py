"""The store of the files: one written, read, taken away."""

import secrets
from collections.abc import Iterator

from app.models import Folder
from app.services.doctor.findings import Finding, broken, fine
from app.services.files.stores import store
from app.settings import settings

AWAY = "le service de PORTAIL_FILES_URL répond-il, avec ce seau et ces clés\u00a0?"
UNMOUNTED = (
    "le disque est-il monté, et au portail\u00a0? "
    "S’il l’est et a perdu son marqueur\u00a0: flask db upgrade"
)
CONTENT = b"flask doctor\n"


def check() -> Iterator[Finding]:
    """Do what a parent's file goes through."""
    place, name = Folder.REQUESTS, f"doctor-{secrets.token_hex(8)}.txt"
    where = store().where(place, name)
    try:
        store().put(place, name, (CONTENT,))
        with store().open(place, name) as stream:
            same = stream.read() == CONTENT
        store().delete(place, name)
    except OSError as error:
        yield broken(
            f"{error.filename or 'le dépôt'} est inutilisable ({error.strerror or error})",
            AWAY if settings.files_url else UNMOUNTED,
        )
        return
    if same and not store().has(place, name):
        yield fine(f"écrit, relu, effacé ({where})")
    else:
        yield broken("ce qui est écrit n’est pas ce qui est relu", "vérifiez le disque")
