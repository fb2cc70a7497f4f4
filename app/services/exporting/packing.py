"""The archive of a whole town: made while somebody waits, kept nowhere."""

import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from tempfile import TemporaryFile
from time import localtime
from typing import IO, Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from sqlalchemy import func, select

from app import db
from app.formats import moment
from app.gates import Gate
from app.models import Family, Folder, Message, MessageAttachment, kind_of
from app.services import journal
from app.services.actors import Actor
from app.services.exporting import others, services, statements
from app.services.exporting.others import Other
from app.services.exporting.statements import Statement
from app.services.exporting.writing import cells, write_table
from app.services.files import stored_files
from app.services.files.stored_files import FoundFile, file_name
from app.services.files.stores import store
from app.services.importing.fields import BETWEEN_NAMES
from app.services.importing.tables import DOCUMENTS, SourceFile
from app.services.refusals import Reason, Refusal
from app.settings import in_this_town, settings

GONE = "parties"
# What a page makes while somebody waits; the command has no limit.
MOST_FAMILIES = 20_000
AT_A_TIME = 1_000
TOO_MANY = (
    f"La commune a plus de {MOST_FAMILIES} familles\u00a0: demandez à la personne du serveur "
    "(flask export)."
)
README = """\
Toute la commune - Portail famille - {town}

Fait le {moment} pour {who}.

- famille.csv, enfant.csv et les autres fichiers à côté : les familles inscrites, dans le format
  que le portail importe. Remis tels quels à un portail vide, ils redonnent la même commune.
- photos, factures, messages, documents : les fichiers qu'ils nomment{without}.
- parties : les mêmes fichiers, des familles qui ont quitté la commune. L'import ne les lit pas.
- services : la cantine, les garderies, leur calendrier, qui y est inscrit et ce qui y est réservé.
  Une fois les familles importées, la commande flask services importer les relit.
- autres : ce que ces formats ne savent pas dire. Les demandes, leurs suites et leurs pièces, les
  réponses aux messages, les notes, l'histoire des réservations, et ce qui n'a été envoyé qu'à
  quelques familles.

N'y sont pas : les mots de passe (le portail n'en garde qu'une empreinte), les appareils
connectés, le journal, les familles effacées, les brouillons, ce qui a été retiré, et les
justificatifs d'absence eux-mêmes, que le portail efface.

Gardez cette archive en lieu sûr, et effacez-la dès qu'elle a servi : elle dit tout des familles.
{missing}"""
MISSING = """
Il y manque des fichiers que le portail devrait avoir et n'a plus :
{names}
"""
_packing = Gate()
_ATTACHMENTS = (
    select(
        MessageAttachment.message_id,
        MessageAttachment.title,
        MessageAttachment.file,
        Family.archived_at.is_not(None),
    )
    .join(Message, Message.id == MessageAttachment.message_id)
    .outerjoin(Family, Family.id == Message.family_id)
    .where(~Message.unsent, ~Message.for_some, Message.withdrawn_at.is_(None))
    .order_by(MessageAttachment.id)
)


def pack(by: Actor, *, with_files: bool) -> IO[bytes]:
    """Make it, at its beginning for reading; the town must not be too large for a page.

    Raises Refusal, Crowded while another is being made, StoreAway.
    """
    db.take_time()
    if (db.session().scalar(select(func.count(Family.id))) or 0) > MOST_FAMILIES:
        raise Refusal(Reason.TOO_MANY, TOO_MANY)
    with _packing.passing(in_this_town(0)):
        out = TemporaryFile()  # noqa: SIM115
        write(out, by, with_files=with_files)
        out.seek(0)
        return out


def write(out: IO[bytes], by: Actor, *, with_files: bool) -> list[str]:
    """Write it there; return which files the portal has no more. Raises StoreAway."""
    if with_files:
        store().check()
    with db.transaction() as session:
        journal.record(session, "town_exported", by)
    _as_of_now()
    with ZipFile(out, "w", ZIP_DEFLATED, compresslevel=6) as archive:
        return _Packer(archive, with_files=with_files).write(by)


class _Packer:
    """Writes the tables, then the files that they name."""

    def __init__(self, archive: ZipFile, *, with_files: bool) -> None:
        self._archive = archive
        self._with_files = with_files
        # Where each file of the archive comes from.
        self._files: dict[str, FoundFile] = {}

    def write(self, by: Actor) -> list[str]:
        """Write all of it; return what is missing."""
        named = self._attachments()
        for folder, set_of_files in (
            ("", statements.of_those_who_are_here()),
            (f"{GONE}/", statements.of_those_who_left()),
        ):
            for source, statement in set_of_files:
                if source is DOCUMENTS and not self._with_files:
                    continue
                rows = self._naming(folder, source, _rows(statement), named)
                headings = [column.name for column in source.columns]
                self._write(f"{folder}{source.name}", headings, cells(source.columns, rows))
        for each in services.ALL:
            headings = [column.name for column in each.file.columns]
            name = f"{services.FOLDER}/{each.file.name}"
            self._write(name, headings, each.rows(_rows(each.statement)))
        for other in others.ALL:
            name = f"{others.FOLDER}/{other.name}"
            self._write(name, other.headings, other.rows(self._kept(other, _rows(other.statement))))
        missing = [name for name, found in self._files.items() if not self._copied(name, found)]
        self._archive.writestr("LISEZMOI.txt", _readme(by, missing, with_files=self._with_files))
        return missing

    def _write(self, name: str, headings: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
        entry = ZipInfo(name, localtime()[:6])
        entry.compress_type = ZIP_DEFLATED
        with self._archive.open(entry, "w", force_zip64=True) as out:
            write_table(out, headings, rows)

    def _naming(
        self, folder: str, source: SourceFile, rows: Iterator[Any], named: Mapping[int, list[str]]
    ) -> Iterator[Any]:
        """Go through rows, and note the files that they name."""
        attached = source.attachments
        for row in rows:
            if attached is None:
                yield row
            elif attached.several:
                yield _Named(row, attached.field, BETWEEN_NAMES.join(named.get(row.files, ())))
            elif not self._with_files:
                yield _Named(row, attached.field, "")
            else:
                name = getattr(row, attached.field)
                if name:
                    place = f"{folder}{attached.folder}/{name}"
                    self._files[place] = FoundFile(attached.kept_in, name)
                yield row

    def _attachments(self) -> dict[int, list[str]]:
        """Name the files of each message as its reader does; two that are not the same differ."""
        named: dict[int, list[str]] = {}
        if not self._with_files:
            return named
        for message_id, title, stored, has_left in db.session().execute(_ATTACHMENTS):
            kind = kind_of(stored)
            name = file_name(title, kind.suffix if kind else "")
            found = FoundFile(Folder.MESSAGES, stored)
            folder = f"{GONE}/messages" if has_left else "messages"
            if self._files.setdefault(f"{folder}/{name}", found) != found:
                name = f"{stored[:8]}-{name}"
                self._files[f"{folder}/{name}"] = found
            named.setdefault(message_id, []).append(name)
        return named

    def _kept(self, other: Other, rows: Iterator[Any]) -> Iterator[Any]:
        for row in rows:
            if other.folder and self._with_files:
                place = f"{others.FOLDER}/{other.folder.folder}/{row.file}"
                self._files[place] = FoundFile(other.folder, row.file)
            yield row

    def _copied(self, name: str, found: FoundFile) -> bool:
        """Pack a stored file, which shrinks no more; tell whether it is there."""
        opened = stored_files.open_file(found)
        if opened is None:
            return False
        entry = ZipInfo(name, localtime()[:6])
        with opened.stream, self._archive.open(entry, "w", force_zip64=True) as packed:
            shutil.copyfileobj(opened.stream, packed)
        return True


class _Named:
    """A row, one field of which is told otherwise."""

    def __init__(self, row: Any, field: str, value: str) -> None:
        self._row = row
        setattr(self, field, value)

    def __getattr__(self, field: str) -> Any:
        return getattr(self._row, field)


def _rows(statement: Statement) -> Iterator[Any]:
    yield from db.session().execute(statement.execution_options(yield_per=AT_A_TIME))


def _as_of_now() -> None:
    """Read the town as it is at one moment, however long that takes; SQLite always does."""
    db.take_time()
    connection = db.session().connection()
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")


def _readme(by: Actor, missing: Sequence[str], *, with_files: bool) -> str:
    text = README.format(
        town=settings.town_name,
        moment=moment(datetime.now(UTC)),
        who=by.acted_by,
        without="" if with_files else " (cette archive est sans eux)",
        missing=MISSING.format(names="\n".join(f"- {name}" for name in missing)) if missing else "",
    )
    # The plainest editor of Windows reads it too.
    return text.replace("\n", "\r\n")
