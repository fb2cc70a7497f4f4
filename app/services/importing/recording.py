"""What is kept of a reading for its page: names and figures, as plain values."""

from collections.abc import Iterable
from datetime import UTC, datetime
from itertools import groupby
from typing import TYPE_CHECKING, Any

from sqlalchemy.orm import Session

from app.models import ImportRun, ImportState, ImportUpload
from app.services.actors import Actor
from app.services.families.accepted import LastWord
from app.services.importing.headlines import DECIDED

if TYPE_CHECKING:
    from app.services.importing.faults import Fault, Faults, ImportRefused
    from app.services.importing.options import Options
    from app.services.importing.report import Report

LONGEST_SOURCE = 120


def record(session: Session, options: "Options", report: "Report") -> ImportRun:
    """Write an import that is done into the history: its witness does, where there is one."""
    if options.witness:
        run = options.witness.record(session, report)
    else:
        run = _done_by_command(session, options.actor, report)
    report.number = run.id
    return run


def _done_by_command(session: Session, actor: Actor, report: "Report") -> ImportRun:
    now = datetime.now(UTC)
    run = ImportRun(
        source=report.source[:LONGEST_SOURCE],
        acted_by=actor.acted_by,
        received_at=now,
        settled_at=now,
        state=ImportState.IMPORTED,
    )
    count(run, report)
    session.add(run)
    session.flush()
    session.add(ImportUpload(run_id=run.id, received_at=now, file="", told=of_report(report, {})))
    return run


def count(run: ImportRun, report: "Report") -> None:
    """Keep the figures of the history."""
    counts = report.counts
    run.created = sum(each.created for each in counts.values())
    run.changed = sum(each.changed for each in counts.values())
    run.closed = counts["identifiants"].archived
    run.mails = sum(report.mails.values())


def of_report(report: "Report", rows: dict[str, int]) -> dict[str, Any]:
    """Keep a report; `rows` counts those of which some column changes, table by table."""
    closures = report.closures
    return {
        # What is to be decided is shown as such.
        "headlines": [
            list(each)
            for each in report.headlines.told(
                dry_run=report.dry_run, but=DECIDED if report.dry_run else ()
            )
        ],
        "counts": {
            name: [each.created, each.changed, each.unchanged, each.missing, each.archived]
            for name, each in report.counts.items()
        },
        "rows": rows,
        "offers": report.offers.told(),
        "mails": sum(report.mails.values()),
        "closing": [closures.count, closures.of] if closures else None,
        "missing_movements": list(report.missing_movements),
        "windows_files": report.windows_files,
        "ignored_files": report.ignored_files,
        "lost_addresses": report.lost_addresses,
        "to_report": report.last_words.get(LastWord.STANDS, 0),
        "reported": report.last_words.get(LastWord.REPORTED, 0),
        "made_up": report.made_up,
        "new": [[each.family, each.name, each.identifier] for each in report.new_identifiers],
        "set_aside": _kept(report.set_aside),
        "set_aside_count": report.set_aside.count,
    }


def of_refusal(refused: "ImportRefused") -> dict[str, Any]:
    """Keep what was refused, and what would have been set aside."""
    return {
        "faults": _kept(refused.faults),
        "faults_count": refused.faults.count,
        "set_aside": _kept(refused.set_aside),
        "set_aside_count": refused.set_aside.count,
    }


def by_remedy(told: Iterable[dict[str, Any]]) -> list[tuple[str, list[dict[str, Any]]]]:
    """Put together what is mended the same way, the most frequent first."""
    alike = sorted(told, key=lambda each: str(each["remedy"]))
    groups = [(remedy, list(some)) for remedy, some in groupby(alike, lambda each: each["remedy"])]
    return sorted(groups, key=lambda group: -len(group[1]))


def _kept(faults: "Faults") -> list[dict[str, Any]]:
    return [_fault(each) for each in faults]


def _fault(fault: "Fault") -> dict[str, Any]:
    return {
        "file": fault.file,
        "lines": fault.lines,
        "family": fault.family,
        "column": fault.column,
        "value": "" if fault.value is None else fault.value or "(vide)",
        "remedy": fault.remedy,
    }
