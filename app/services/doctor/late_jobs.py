"""The jobs: those that nobody does, and those that were given up."""

from collections.abc import Iterator
from datetime import timedelta

from app.formats import plural
from app.services.doctor.findings import Finding, broken, fine, look
from app.services.jobs import listing
from app.services.jobs.kinds import IN_FRENCH
from app.services.jobs.listing import JobLine
from app.settings import settings

# A job that is due is taken within seconds; one that goes on renews its lease.
LATE = timedelta(minutes=15)
RECENT = timedelta(days=7)


def check() -> Iterator[Finding]:
    """Tell which should be done, and which will not be."""
    late, failed = listing.late_by(LATE), listing.failed_within(RECENT)
    if late:
        yield broken(f"{_count(late)} en retard\u00a0: {_names(late)}", _who_does_them())
    if failed:
        yield look(
            f"{plural(len(failed), 'travail abandonné', 'travaux abandonnés')} depuis une semaine"
            f"\u00a0: {_names(failed)}",
            "flask jobs list --unfinished, et jobs.bug dans le journal du serveur",
        )
    if not late and not failed:
        yield fine("aucun en retard, aucun abandonné")


def _count(jobs: list[JobLine]) -> str:
    return plural(len(jobs), "travail", "travaux")


def _names(jobs: list[JobLine]) -> str:
    return ", ".join(sorted({IN_FRENCH.get(job.kind, job.kind) for job in jobs}))


def _who_does_them() -> str:
    if settings.mail_delivery == "worker":
        return "lancez flask mail deliver --watch (portail-mail@.service)"
    return "le portail tourne-t-il\u00a0? Sinon, flask jobs run"
