"""The import from end to end: one transaction, all of the files or nothing."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Connection, select
from sqlalchemy.orm import Session

from app import db
from app.models import Family
from app.services import journal
from app.services.bookings.groups import group_work
from app.services.families import words
from app.services.importing import (
    accesses,
    changes,
    decoding,
    doubles,
    erased,
    images,
    loading,
    recording,
    storing,
    taken_back,
    temporary,
)
from app.services.importing.accounts import AccountLoader
from app.services.importing.checking import Checks
from app.services.importing.closures import Closures
from app.services.importing.deciding import Offers
from app.services.importing.faults import ImportRefused, Told
from app.services.importing.file_names import FileNames
from app.services.importing.guardians import GuardianLoader
from app.services.importing.last_words import LastWords
from app.services.importing.links import LinkLoader
from app.services.importing.merging import Counts
from app.services.importing.missing_movements import MissingMovements
from app.services.importing.movements import MovementLoader
from app.services.importing.naming import Naming
from app.services.importing.options import AS_IT_COMES, Options, Progress
from app.services.importing.places import Places
from app.services.importing.rehearsal import IMPORT, Outdated, Rehearsal
from app.services.importing.report import Report
from app.services.importing.sources import Source, opened
from app.services.importing.staging import Staging
from app.services.importing.tables import (
    ACCOUNTS,
    ALL,
    CHILDREN,
    DOCUMENTS,
    FAMILIES,
    INVOICES,
    LINES,
    LINKS,
    MESSAGES,
    PAYMENTS,
    SourceFile,
)  # fmt: skip
from app.services.mail import notices, refused_addresses
from app.services.mail.kinds import MailKind
from app.services.refusals import Reason, Refusal

# How often an import begins again before it says so, and how long it waits to write.
TRIES = 3
PATIENCE_MS = 60_000


OUTDATED = (
    "la mairie a changé des dossiers pendant que l’import les comparait, plusieurs fois de suite ; "
    "relancez-le quand personne d’autre n’y travaille"
)


class _Undone(Exception):  # noqa: N818
    """Ends a dry run: the transaction goes as it came."""


def has_families() -> bool:
    """Tell whether anything was ever imported here."""
    return db.session().scalar(select(Family.id).limit(1)) is not None


def run(
    path: Path,
    options: Options = AS_IT_COMES,
    progress: Progress = lambda _done, _total: None,
) -> Report:
    """Import the folder or the ZIP at this path.

    Raises ImportRefused, with every fault found, when the files cannot be imported as they are,
    and Refusal when they would close more accesses than was said: nothing is written then.
    """
    db.take_time()
    with opened(path) as source:
        for _ in range(TRIES):
            with suppress(Outdated):
                report = _run_once(_Import(source, path, options, progress))
                if not options.dry_run:
                    words.refresh_all()
                    group_work.follow_all()
                return report
    raise Refusal(Reason.TOO_MANY, OUTDATED)


def _run_once(importing: "_Import") -> Report:
    # SQLite's lock would be held while the disk takes all of it: that is waited for afterwards.
    with suppress(_Undone), db.transaction(PATIENCE_MS, durable=False, prepares=True) as session:
        try:
            importing.run(session)
        except BaseException:
            # Not when the commit itself fails: nobody knows then whether rows name the copies.
            importing.copies.undo()
            raise
    db.wait_for_the_disk()
    return importing.report


class _Import:
    """One import under way, inside its transaction."""

    def __init__(self, source: Source, path: Path, options: Options, progress: Progress) -> None:
        self._source = source
        self._path = path
        self._options = options
        self._progress = progress
        self._told = Told()
        # The accounts of those who left, and of those whose new name is not that of their address.
        self._closed: list[int] = []
        self._forgotten: list[int] = []
        self._mailed_at = datetime.now(UTC)
        self._done = 0
        self._total = 1
        self.copies = storing.Copies(source)
        self.report = Report(source.name, dry_run=options.dry_run)
        self.report.set_aside = self._told.set_aside
        self.report.offers = Offers(options.decisions)
        # Whose proven address gave way to that of the files.
        self._replaced: dict[int, str] = {}

    def run(self, session: Session) -> None:
        connection = session.connection()
        temporary.prepare(connection)
        staging = Staging(connection)
        self._stage(staging)
        rehearsal = Rehearsal(session) if connection.dialect.name == "sqlite" else None
        if not rehearsal:
            images.keep_aside(connection)
        self._settle(connection, staging)
        newest = notices.newest(session)
        self._load(connection, staging)
        when = self._mailed_at, self._options.mails_wait
        if self._options.mail:
            self.report.mails = notices.tell_of_new(session, newest, *when)
        if self._replaced:
            warned = notices.warn_of_replaced(session, self._replaced, *when)
            self.report.mails[MailKind.EMAIL_CHANGED] = warned
        if self._options.witness:
            decided = self.report.offers.named()
            self._options.witness.see(changes.Changes(session.connection(), decided))
        self._progress(self._total, self._total)
        if self._options.dry_run:
            raise _Undone
        images.gather(session.connection(), rehearsal.compare() if rehearsal else ())
        if rehearsal:
            db.write_now(session)
            rehearsal.publish()
        self._end(session)

    def _end(self, session: Session) -> None:
        """Do last what stands in tables that others write to at any moment."""
        accesses.end(session.connection())
        for event, accounts in (
            ("guardian_replaced", self._closed),
            ("access_forgotten", self._forgotten),
        ):
            for account_id in accounts:
                journal.record(session, event, self._options.actor, account_id)
        journal.record(session, IMPORT, self._options.actor, None, **self.report.figures())
        run = recording.record(session, self._options, self.report)
        run.mailed_at = self._mailed_at
        session.flush()
        images.keep(session.connection(), run.id)

    def _stage(self, staging: Staging) -> None:
        """Read the files, beside everybody: half of the work."""
        self._total = 2 * staging.survey(self._source, self._told.faults) + 1
        staging.fill(self.copies, self._told, self._advance)
        if not self._told.faults:
            staging.keep_attachments(self.copies)

    def _settle(self, connection: Connection, staging: Staging) -> None:
        """Compare the rows with what the portal knows, and check them."""
        erased.leave_out(connection, staging, self.report.headlines)
        opened = AccountLoader(connection, staging, self.report.headlines).opened()
        self._settle_places(connection, staging)
        Checks(connection, staging, self._told.faults).run()
        naming = Naming(connection, staging)
        naming.name(self._told.set_aside)
        if self._told.faults:
            naming.name(self._told.faults)
            raise ImportRefused(self._told)
        self._guard(connection, staging, opened)
        known, root = {FileNames.key(file.name) for file in ALL}, self._source.root()
        self.report.ignored_files = [
            name
            for name in root
            if name.lower().endswith(".csv") and FileNames.key(name) not in known
        ]
        self.report.windows_files = [
            each.file.name for each in staging if each.encoding == decoding.WINDOWS
        ]

    def _guard(self, connection: Connection, staging: Staging, opened: int) -> None:
        """Ask before many accesses close: the files may be those of a few families."""
        accounts = AccountLoader(connection, staging, self.report.headlines)
        missing = self._options.archive_missing
        count = len(self._closed) + (accounts.missing_accounts() if missing else 0)
        closures = Closures(count, opened, self._options.closing, missing)
        if closures.are_meant:
            return
        self.report.closures = closures
        question = closures.question(self._path)
        if not self._options.dry_run:
            raise Refusal(Reason.TOO_MANY, question)
        self.report.question = question

    def _settle_places(self, connection: Connection, staging: Staging) -> None:
        """Know who is who before the checks, which ask whose an identifiant is."""
        Checks(connection, staging, self._told.faults).first_names_left_out()
        places = Places(connection, staging, self.report.headlines)
        words = LastWords(connection, staging, self.report.headlines, self.report.offers)
        words.settle_names()
        places.settle()
        words.settle()
        self.report.last_words = words.counts
        self._closed, self._forgotten = places.closed, places.forgotten
        self._replaced = words.replaced

    def _load(self, connection: Connection, staging: Staging) -> None:
        taken_back.leave_out(connection, staging, self.report.headlines)
        taken_back.tell_of_changes(connection, staging, self.report.headlines)
        guardians = GuardianLoader(connection, staging)
        accounts = AccountLoader(connection, staging, self.report.headlines)
        links = LinkLoader(connection, staging, self.report.headlines, self.report.offers)
        movements = MovementLoader(connection, staging, self.report.headlines)
        steps: tuple[tuple[SourceFile, str, Callable[[], Counts]], ...] = (
            (FAMILIES, "familles", lambda: loading.load_families(connection, staging)),
            (FAMILIES, "responsables", guardians.load_guardians),
            (ACCOUNTS, "identifiants", accounts.load_identifiers),
            (CHILDREN, "enfants", lambda: loading.load_children(connection, staging)),
            (LINKS, "enfants dans leur famille", links.load),
            (INVOICES, "factures et avoirs", movements.load_invoices),
            (LINES, "lignes de facture", movements.load_lines),
            (PAYMENTS, "règlements", movements.load_payments),
            (MESSAGES, "messages", lambda: loading.load_messages(connection, staging)),
            (DOCUMENTS, "documents", lambda: loading.load_documents(connection, staging)),
        )
        counts = self.report.counts
        for file, name, load in steps:
            if staging[file].given:
                counts[name] = load()
                self._advance(staging[file].lines)
        if "files" in staging[MESSAGES].fields:
            counts["pièces jointes"] = loading.load_attachments(connection, staging)
        self.report.missing_movements = MissingMovements(
            connection, staging, self.report.headlines, self.report.offers
        ).settle(counts)
        movements.share()
        self.report.lost_addresses = guardians.lost_addresses
        self.report.refused_addresses = connection.scalar(refused_addresses.COUNT) or 0
        erased.note_who_left(connection, staging, is_meant=self._options.archive_missing)
        self._settle_accounts(accounts)
        doubles.tell(connection, self.report.headlines)

    def _settle_accounts(self, accounts: AccountLoader) -> None:
        counts = self.report.counts
        accounts.make_up_identifiers()
        reopened = accounts.reopen()
        families, closed = accounts.archive_missing() if self._options.archive_missing else (0, 0)
        counts["familles"] = replace(
            counts["familles"], missing=accounts.missing_families(), archived=families
        )
        known = counts.get("identifiants", Counts())
        counts["identifiants"] = replace(
            known,
            created=known.created + accounts.made_up,
            changed=known.changed + reopened,
            missing=accounts.missing_accounts(),
            archived=closed + len(self._closed),
        )
        self.report.made_up = accounts.made_up
        self.report.new_identifiers = accounts.new_identifiers

    def _advance(self, lines: int) -> None:
        self._done = min(self._done + lines, self._total)
        self._progress(self._done, self._total)
