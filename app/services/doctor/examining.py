"""Every check of the doctor, one after the other; one that fails keeps none of the others."""

from collections.abc import Iterator
from dataclasses import replace

from sqlalchemy.exc import ProgrammingError

from app import db
from app.background import log_bug
from app.services.doctor import (
    administrators,
    backups,
    booked_services,
    clock,
    connections,
    disk,
    file_modes,
    file_store,
    late_jobs,
    mail_server,
    public_address,
    schema,
    sender_domain,
    settings_in_use,
    signing_key,
    unannounced_proxy,
    waiting_mails,
)
from app.services.doctor.findings import Check, Finding, broken

# By its name in `--json`, and its title on the screen.
CHECKS: dict[str, tuple[str, Check]] = {
    "settings": ("Réglages", settings_in_use.check),
    "key": ("Clé", signing_key.check),
    "schema": ("Base de données", schema.check),
    "connections": ("Connexions", connections.check),
    "address": ("Adresse publique", public_address.check),
    "proxy": ("Proxy", unannounced_proxy.check),
    "clock": ("Horloge", clock.check),
    "disk": ("Disque", disk.check),
    "modes": ("Droits", file_modes.check),
    "store": ("Fichiers", file_store.check),
    "backup": ("Sauvegarde", backups.check),
    "smtp": ("Serveur de courrier", mail_server.check),
    "sender": ("Expéditeur", sender_domain.check),
    "mails": ("Courriels", waiting_mails.check),
    "jobs": ("Travaux de fond", late_jobs.check),
    "bookings": ("Réservations", booked_services.check),
    "staff": ("Accès de la mairie", administrators.check),
}


def examine() -> Iterator[tuple[str, Finding]]:
    """Make each check; give its name with each thing it found."""
    told: dict[str, str] = {}
    for name, (_title, check) in CHECKS.items():
        for finding in _found(name, check):
            # A database that is away is what many checks find: its remedy is told by the first.
            first = told.setdefault(finding.remedy, name)
            yield name, finding if first == name else replace(finding, remedy="")


def _found(name: str, check: Check) -> list[Finding]:
    try:
        return list(check())
    except (db.Unavailable, ProgrammingError) as error:
        reason = str(error.orig).strip().partition("\n")[0]
        return [
            broken(
                f"la base de données ne répond pas ({reason})",
                "vérifiez qu’elle tourne, et PORTAIL_DATABASE_URL\u00a0; puis flask db upgrade",
            )
        ]
    except Exception as error:  # the other checks may tell why
        log_bug(f"doctor.{name}", error)
        return [
            broken(
                f"la vérification a échoué ({type(error).__name__})",
                "le journal du serveur dit où\u00a0; signalez-le à qui développe le portail",
            )
        ]
    finally:
        # What one read, or could not, is no part of the next.
        db.session().rollback()
