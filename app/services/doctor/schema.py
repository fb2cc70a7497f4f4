"""The schema: the tables of this version, no older and no newer."""

from collections.abc import Iterator

from app import db
from app.bundled import bundled
from app.services.doctor.findings import Finding, broken, fine


def check() -> Iterator[Finding]:
    """Compare the revision of the database with those that this version brings."""
    # A second to import: the web process must not pay for it.
    from alembic.runtime.migration import MigrationContext
    from alembic.script import ScriptDirectory

    scripts = ScriptDirectory(str(bundled("migrations")))
    with db.engine().connect() as connection:
        found = MigrationContext.configure(connection).get_current_revision()
    newest = scripts.get_current_head()
    if found == newest:
        yield fine(f"{db.engine().dialect.name}, schéma à jour ({newest})")
    elif found in {script.revision for script in scripts.walk_revisions()} | {None}:
        yield broken(
            f"{_said(found)}, cette version attend «\u00a0{newest}\u00a0»",
            "flask backup, puis flask db upgrade" if found else "flask db upgrade",
        )
    else:
        yield broken(
            f"le schéma «\u00a0{found}\u00a0» est d’une version plus récente que celle-ci",
            "remettez la version du portail qui l’a fait",
        )


def _said(revision: str | None) -> str:
    return f"le schéma est «\u00a0{revision}\u00a0»" if revision else "la base de données est vide"
