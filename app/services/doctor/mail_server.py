"""The mail server: connect, encrypt, sign in, say goodbye. No mail leaves."""

from collections.abc import Iterator

from app.mailer.courier import courier
from app.mailer.failures import Unavailable
from app.services.doctor.findings import Finding, broken, fine, look
from app.settings import settings

# They reach nobody, and have nothing to connect to.
NO_SERVER = frozenset({"console", "file", "memory"})
OWN_MACHINE = frozenset({"localhost", "127.0.0.1", "::1"})


def check() -> Iterator[Finding]:
    """Do what the courier does before its first mail."""
    name = settings.mail_backend
    if name in NO_SERVER:
        told = look if settings.env == "production" else lambda said, _remedy: fine(said)
        yield told(
            f"PORTAIL_MAIL_BACKEND={name}\u00a0: aucun courriel n’arrive aux familles",
            "choisissez smtp",
        )
        return
    try:
        with courier().backend.connect():
            pass
    except Unavailable as error:
        yield broken(str(error), "les courriels attendent, rien n’est perdu")
        return
    if name != "smtp":
        yield fine(f"{name} répond")
        return
    server = f"{settings.smtp_host}:{settings.smtp_port}"
    if settings.smtp_security == "none" and settings.smtp_host not in OWN_MACHINE:
        yield look(
            f"{server} répond, mais les courriels y partent en clair",
            "PORTAIL_SMTP_SECURITY=starttls ou tls",
        )
    else:
        yield fine(f"{server} répond{_how()}")


def _how() -> str:
    encrypted = ", chiffré" if settings.smtp_security != "none" else ""
    return encrypted + (", mot de passe accepté" if settings.smtp_username else "")
