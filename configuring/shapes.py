"""Which addresses, zones and contacts cannot be used, and what is wanted instead, in French."""

import re
from collections.abc import Callable
from importlib.util import find_spec
from ipaddress import ip_network
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from configuring import calendars
from configuring.keys import MINIMUM_BYTES, is_strong

PUBLIC_URL = re.compile(r"https?://([\w.-]+|\[[0-9A-Fa-f:]+\])(:[0-9]{1,5})?/?")
DATABASE_URL = re.compile(r"(sqlite:///|postgresql(\+psycopg)?://).+")
SENTRY_DSN = re.compile(r"https?://[^\s/@]+@[^\s/@]+(/[^\s?#]*)?/[0-9]+")
NO_POOL = "none"
DATABASE_POOL = re.compile(r"none|[1-9][0-9]{0,2}", re.ASCII)
PAYFIP_CLIENT = re.compile(r"[0-9]{6}", re.ASCII)
SOURCE_URL = re.compile(r"https://[^\s]+")
X_ACCEL_PREFIX = re.compile(r"(/[\w-]+)+", re.ASCII)
BOUNCES = re.compile(r"[\w.-]{1,30}@[\w.-]+", re.ASCII)
SECURITY_CONTACT = re.compile(r"(https://|mailto:|tel:)[^\s]+|[^\s@:]+@[^\s@:]+")


def _public_url(value: str) -> str:
    if PUBLIC_URL.fullmatch(value):
        return ""
    return "doit être l’adresse du portail, sans chemin, par exemple https://portail.commune.fr"


def _database_url(value: str) -> str:
    """The value is never shown: it may hold a password."""
    if not DATABASE_URL.fullmatch(value):
        return "doit commencer par sqlite:/// ou postgresql://"
    try:
        make_url(value)
    except (ArgumentError, ValueError):
        return (
            "est mal écrite, par exemple postgresql://portail:secret@serveur:5432/portail "
            "(dans le mot de passe, @ s’écrit %40, : s’écrit %3A et / s’écrit %2F)"
        )
    return ""


def _database_pool(value: str) -> str:
    if DATABASE_POOL.fullmatch(value):
        return ""
    return (
        f"vaut «\u00a0{value}\u00a0», un nombre de connexions de 1 à 999 est attendu, "
        f"ou {NO_POOL} derrière un pooler"
    )


def _timezone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (KeyError, ValueError, OSError):
        return (
            f"vaut «\u00a0{value}\u00a0», un fuseau horaire est attendu, "
            "par exemple Europe/Paris, Indian/Reunion ou America/Guadeloupe"
        )
    return ""


def _smtp_host(value: str) -> str:
    """Without a name smtplib connects to nobody, and fails at the first mail."""
    return (
        "" if value.strip() else "doit nommer le serveur de courrier, par exemple smtp.commune.fr"
    )


def _payfip_client(value: str) -> str:
    if not value or PAYFIP_CLIENT.fullmatch(value):
        return ""
    return (
        f"vaut «\u00a0{value}\u00a0», les six chiffres que PayFiP a donnés à la commune "
        "sont attendus"
    )


def _metrics_token(value: str) -> str:
    if not value or is_strong(value):
        return ""
    return (
        f"doit compter au moins {MINIMUM_BYTES} octets, tirés au hasard "
        "(python -c 'import secrets; print(secrets.token_hex(32))')"
    )


def _sentry_dsn(value: str) -> str:
    """The value is never shown: it holds a key."""
    if value and not SENTRY_DSN.fullmatch(value):
        return "doit être l’adresse que Sentry donne, par exemple https://clé@sentry.commune.fr/1"
    if value and find_spec("sentry_sdk") is None:
        return (
            "demande le paquet sentry-sdk\u00a0: installez requirements-full.txt, "
            "ou ôtez ce réglage"
        )
    return ""


def _staff_networks(values: tuple[str, ...]) -> str:
    wrong = [value for value in values if not _is_network(value)]
    if not wrong:
        return ""
    return (
        f"contient «\u00a0{', '.join(wrong)}\u00a0», des réseaux sont attendus, "
        "par exemple 203.0.113.0/24 ou 2001:db8::/48"
    )


def _is_network(value: str) -> bool:
    try:
        ip_network(value, strict=False)
    except ValueError:
        return False
    return True


def _empty_or(pattern: re.Pattern[str], wanted: str) -> Callable[[str], str]:
    return lambda value: "" if not value or pattern.fullmatch(value) else wanted


SHAPES: dict[str, Callable[[Any], str]] = {
    "public_url": _public_url,
    "database_url": _database_url,
    "database_pool": _database_pool,
    "timezone": _timezone,
    "school_zone": calendars.school_zone_fault,
    "public_holidays": calendars.public_holidays_fault,
    "smtp_host": _smtp_host,
    "mail_bounces": _empty_or(BOUNCES, "doit être une adresse sans +, comme rebonds@commune.fr"),
    "payfip_client": _payfip_client,
    "source_url": _empty_or(
        SOURCE_URL, "doit être l’adresse d’une page, qui commence par https://"
    ),
    "security_contact": _empty_or(
        SECURITY_CONTACT,
        "doit être une adresse de courriel, ou commencer par https://, mailto: ou tel:",
    ),
    "metrics_token": _metrics_token,
    "sentry_dsn": _sentry_dsn,
    "staff_networks": _staff_networks,
    "x_accel_prefix": _empty_or(
        X_ACCEL_PREFIX, "doit être un chemin comme /prive, sans barre à la fin"
    ),
}
