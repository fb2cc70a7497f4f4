"""The connections: what processes may open, against what PostgreSQL takes."""

from collections.abc import Iterator

from sqlalchemy import text

from app import db
from app.formats import plural
from app.services.doctor.findings import Finding, broken, fine, look
from app.settings import settings

# Two processes for the pages, one for the mails, and a command.
PROCESSES = 4
ALMOST_ALL = 0.8
TAKEN = text("SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'")
REMEDY = "baissez PORTAIL_DATABASE_POOL, ou montez max_connections de PostgreSQL"


def check() -> Iterator[Finding]:
    """Count them; SQLite has no bound."""
    if db.engine().dialect.name == "sqlite":
        yield fine("SQLite, sans limite")
        return
    limit = _shown("max_connections") - _shown("superuser_reserved_connections")
    taken = db.session().scalars(TAKEN).one()
    said = f"{plural(taken, 'prise')} sur {limit}"
    if taken > ALMOST_ALL * limit:
        yield broken(said, REMEDY)
        return
    each = settings.most_connections
    if each is None:
        yield fine(f"{said}, aucune gardée (un pooler s’en charge)")
    elif each * PROCESSES > limit:
        yield look(f"{said}, et chaque processus peut en prendre {each}", REMEDY)
    else:
        yield fine(
            f"{said}, {each} au plus par processus\u00a0: de quoi en faire tourner {limit // each}"
        )


def _shown(name: str) -> int:
    return int(db.session().execute(text(f"SHOW {name}")).scalar_one())
