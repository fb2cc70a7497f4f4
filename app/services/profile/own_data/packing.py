"""The archive itself, made while the parent waits and kept nowhere."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from shutil import copyfileobj
from tempfile import SpooledTemporaryFile
from time import localtime
from typing import IO, Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from app import db
from app.formats import moment
from app.gates import Gate
from app.services import journal
from app.services.accounts import allowances, throttles
from app.services.accounts.allowances import Allowance
from app.services.actors import CurrentAccount
from app.services.files import stored_files
from app.services.files.stored_files import FoundFile
from app.services.files.stores import store
from app.services.profile.own_data.gathering import gather
from app.services.refusals import Reason, Refusal
from app.settings import in_this_town, settings

# Past that it goes to a file without a name, which the system forgets as soon as it is closed.
MEMORY_BYTES = 1_000_000
TOO_OFTEN = "Vous venez de télécharger vos données. Attendez cinq minutes avant de recommencer."
_packing = Gate()
MISSING = """\
Il manque dans cette archive des fichiers que le portail devrait avoir et n’a plus. Demandez-les
à la mairie :
{names}

"""
README = """\
Mes données - Portail famille - {town}

Fait pour {name}, le {moment}.

Cette archive contient tout ce que le portail garde sur vous, et ce que vous pouvez voir de
votre famille.

- donnees.json : vos coordonnées, votre famille, vos enfants, les factures et les règlements,
  les messages, les demandes, les réservations et ce qui leur est arrivé, la liste des
  documents, vos connexions et le journal de votre compte. Les montants sont en euros, les
  heures en temps universel (UTC).
- Les autres dossiers : photos, factures, pièces des messages et des demandes, documents,
  justificatifs d'absence.
  Dans donnees.json, « fichier » dit lequel va avec quoi.

Ce qui n'y est pas :
- votre mot de passe : le portail n'en garde qu'une empreinte, que personne ne peut lire ;
- les coordonnées, l'adresse de courriel et les connexions de l'autre responsable : elles ne
  regardent que lui ;
- l'adresse internet de ceux qui ont essayé de se connecter sans y parvenir.

Gardez cette archive pour vous : elle contient des informations sur vos enfants.
{missing}Une erreur, une question ? Écrivez ou téléphonez à la mairie.
{contact}
"""


def pack(account: CurrentAccount) -> IO[bytes]:
    """Make the archive, at its beginning for reading.

    Raises Refusal when it was asked for too often, Crowded while others are being made, StoreAway
    when it could not be whole.
    """
    with _packing.passing(in_this_town(account.account_id)):
        # Before it counts as given.
        store().check()
        with db.transaction() as session:
            key = throttles.own_data_key(account.account_id)
            if not throttles.count_in_window(session, key, throttles.OWN_DATA_REQUESTS):
                raise Refusal(Reason.TOO_MANY, TOO_OFTEN)
            allowances.spend(session, account.account_id, Allowance.ARCHIVES)
            journal.record(session, "own_data_given", account)
        return _packed(account)


def _packed(account: CurrentAccount) -> IO[bytes]:
    gathered = gather(account)
    archive = SpooledTemporaryFile(max_size=MEMORY_BYTES)  # noqa: SIM115
    with ZipFile(archive, "w") as file:
        missing = [
            name for name, source in gathered.files.found.items() if not _copied(file, name, source)
        ]
        _write(file, "donnees.json", _json(gathered.data | {"fichiers_manquants": missing}))
        _write(file, "LISEZMOI.txt", _readme(account, missing))
    archive.seek(0)
    return archive


def _write(file: ZipFile, name: str, text: str) -> None:
    file.writestr(name, text.encode("utf-8", "replace"), compress_type=ZIP_DEFLATED)


def _copied(file: ZipFile, name: str, source: FoundFile) -> bool:
    """Pack a stored file; tell whether it is there."""
    opened = stored_files.open_file(source)
    if opened is None:
        return False
    with opened.stream, file.open(ZipInfo(name, localtime()[:6]), "w") as packed:
        copyfileobj(opened.stream, packed)
    return True


def _readme(account: CurrentAccount, missing: list[str]) -> str:
    contact = (settings.town_phone, settings.town_address, settings.town_hours)
    text = README.format(
        town=settings.town_name,
        name=account.display_name,
        moment=moment(datetime.now(UTC)),
        contact="\n".join(line for line in contact if line),
        missing=MISSING.format(names="\n".join(f"- {name}" for name in missing)) if missing else "",
    )
    # The plainest editor of Windows reads it too.
    return text.replace("\n", "\r\n")


def _json(data: dict[str, Any]) -> str:
    return json.dumps(data, ensure_ascii=False, indent=2, default=_plain)


def _plain(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    raise TypeError(f"no way to write a {type(value).__name__}")
