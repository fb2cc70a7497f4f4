"""The settings: those that cannot be used stop the start; these leave something to be done."""

from collections.abc import Iterator

from app.services.doctor.findings import Finding, fine, look
from app.settings import followed, settings
from configuring.town_file import FILE

# What every page or mail shows, and what the law wants to be told.
TOWN = {
    "town_name": "PORTAIL_TOWN_NAME",
    "town_phone": "PORTAIL_TOWN_PHONE",
    "town_address": "PORTAIL_TOWN_ADDRESS",
    "town_hours": "PORTAIL_TOWN_HOURS",
    "town_director": "PORTAIL_TOWN_DIRECTOR",
    "town_host": "PORTAIL_TOWN_HOST",
}
# A town that did not say its name has the one of nobody.
NOTHING = frozenset({"", "Votre commune"})


def check() -> Iterator[Finding]:
    """Tell what a town had better set."""
    found = [*_of_production(), *_of_the_town(), *_of_its_file()]
    yield from found or [fine(f"{settings.public_url}, {settings.instance}")]


def _of_production() -> Iterator[Finding]:
    if settings.env != "production":
        yield look(
            f"PORTAIL_ENV vaut «\u00a0{settings.env}\u00a0»\u00a0: un portail mal protégé",
            "pour une commune, PORTAIL_ENV=production",
        )
    if settings.mail_allow_insecure:
        yield look(
            "PORTAIL_MAIL_ALLOW_INSECURE laisse écrire les mots de passe temporaires en clair",
            "ôtez-le après l’essai",
        )
    if settings.mail_delivery == "inline":
        yield look(
            "PORTAIL_MAIL_DELIVERY=inline\u00a0: chaque page attend le serveur de courrier",
            "choisissez thread, ou worker avec flask mail deliver --watch",
        )


def _of_the_town() -> Iterator[Finding]:
    empty = [name for field, name in TOWN.items() if getattr(settings, field) in NOTHING]
    if empty:
        yield look(
            f"{', '.join(empty)}\u00a0: les familles n’en lisent rien",
            "à la mairie, Réglages, Commune ; ou settings.toml (docs/settings.md)",
        )


def _of_its_file() -> Iterator[Finding]:
    for fault in followed().faults:
        yield look(
            fault,
            f"corrigez {settings.instance / FILE}, ou enregistrez la commune dans Réglages",
        )
