"""Whether what is set of an object storage can be used."""

import re
from collections.abc import Iterator
from importlib.util import find_spec
from urllib.parse import urlsplit

from configuring.keys import OWN_MACHINE

# As S3 allows them; a prefix is a folder of ours, or several.
FILES_URL = re.compile(r"s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/[\w.-]+)*/?", re.ASCII)
ENDPOINT = re.compile(r"https?://([\w.-]+|\[[0-9A-Fa-f:]+\])(:[0-9]{1,5})?/?", re.ASCII)


def faults(files_url: str, endpoint: str, keys: tuple[str, str]) -> Iterator[str]:
    """Say what is missing or malformed; nothing where the files stay in the instance folder."""
    if not files_url:
        return
    if not FILES_URL.fullmatch(files_url):
        yield (
            "PORTAIL_FILES_URL doit être vide, ou nommer un espace de stockage, par exemple "
            "s3://portail-commune ou s3://departement/commune"
        )
    if find_spec("obstore") is None:
        yield (
            "PORTAIL_FILES_URL demande la bibliothèque obstore, qui n’est pas installée "
            "(requirements-full.txt, ou pip install 'portail-famille[s3]')"
        )
    if not all(keys):
        yield "PORTAIL_S3_ACCESS_KEY_ID et PORTAIL_S3_SECRET_ACCESS_KEY manquent"
    yield from _wrong_endpoint(endpoint)


def _wrong_endpoint(endpoint: str) -> Iterator[str]:
    if endpoint and not ENDPOINT.fullmatch(endpoint):
        yield (
            "PORTAIL_S3_ENDPOINT doit être l’adresse du service, sans chemin, "
            "par exemple https://s3.fr-par.scw.cloud"
        )
    elif endpoint.startswith("http://") and urlsplit(endpoint).hostname not in OWN_MACHINE:
        yield "PORTAIL_S3_ENDPOINT doit commencer par https://"
