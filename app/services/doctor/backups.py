"""The backup: how old the last one is, as the journal noted it."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from app.formats import moment
from app.services.backups import making
from app.services.doctor.findings import Finding, broken, fine, look

# A night was missed, and may be made up for in the morning.
LATE = timedelta(hours=36)
LOST = timedelta(days=7)
EACH_NIGHT = "lancez flask backup chaque nuit (portail-backup@.timer), et lisez ce qu’il dit"


def check() -> Iterator[Finding]:
    """Tell when the last one was made; whoever backs up otherwise knows it better."""
    latest = making.latest()
    if latest is None:
        yield look("aucune par flask backup", EACH_NIGHT)
        return
    age = datetime.now(UTC) - latest
    said = f"la dernière est du {moment(latest)}"
    if age > LOST:
        yield broken(said, EACH_NIGHT)
    elif age > LATE:
        yield look(said, EACH_NIGHT)
    else:
        yield fine(said)
