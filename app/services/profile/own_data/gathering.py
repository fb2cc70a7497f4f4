"""All that a parent may see, gathered under French names, and the files it speaks of."""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Any, NamedTuple

from sqlalchemy import Select

from app import db
from app.formats import WEEKDAYS, today
from app.models import Folder
from app.services.actors import CurrentAccount
from app.services.billing import payment_modes
from app.services.bookings import words
from app.services.families import health
from app.services.families.accepted import IN_FRENCH as FIELDS
from app.services.files.stored_files import FoundFile
from app.services.mail import letters
from app.services.mail.kinds import IN_FRENCH
from app.services.noted_acts import ACTS
from app.services.profile.own_data import access_statements, booking_statements, statements
from app.services.requests.answers import written
from app.services.requests.kinds import BY_KEY
from app.services.requests.moving import event_words, state_words

Entry = dict[str, Any]

# What a name in the archive may hold on every system.
UNSAFE = re.compile(r"[^\w\s().,’-]+")
LONGEST_NAME = 80


@dataclass(slots=True)
class Files:
    """The files to pack: where each lies, by its name in the archive."""

    found: dict[str, FoundFile] = field(default_factory=dict)

    def add(self, folder: Folder, stored: str, into: str, title: str) -> str | None:
        """Take a stored file in; return its name in the archive, None when no file is named."""
        if not stored:
            return None
        words = " ".join(UNSAFE.sub(" ", title).split()).strip(". ")[:LONGEST_NAME] or "fichier"
        suffix = PurePath(stored).suffix
        # The town's own title may be the name of a file.
        words = words[: -len(suffix)] if words.lower().endswith(suffix) else words
        name = f"{into}/{words}{suffix}"
        number = 1
        while name in self.found:
            number += 1
            name = f"{into}/{words} ({number}){suffix}"
        self.found[name] = FoundFile(folder, stored)
        return name


class Gathered(NamedTuple):
    """What the archive says, and the files that go with it."""

    data: dict[str, Any]
    files: Files


def gather(account: CurrentAccount) -> Gathered:
    """Read everything, in a number of statements that does not grow."""
    read = _Reader(account)
    files = Files()
    return Gathered(
        {
            "moi": read.one(statements.ME),
            "famille": {
                **read.one(statements.FAMILY_FILE),
                "responsables": read.all(statements.GUARDIANS),
                **read.one(statements.BALANCE_OF_TODAY),
            },
            "enfants": _children(read, files),
            "factures": _invoices(read, files),
            "reglements": _payments(read),
            "messages": _messages(read, files),
            "demandes": _requests(read, files),
            "inscriptions": read.all(booking_statements.ENROLMENTS),
            "semaines_de_garde": _custody(read, booking_statements.CUSTODY),
            "semaines_proposees": _custody(read, booking_statements.CUSTODY_PROPOSALS),
            "jours_laisses_a_un_autre_foyer": read.all(booking_statements.CUSTODY_DAYS),
            "semaines_types": _typical_weeks(read),
            "adresses_d_agenda": read.all(booking_statements.FEEDS),
            "semaines_sans_rappel": read.all(booking_statements.QUIET_WEEKS),
            "regimes_allergies_et_pai": _health(read),
            "quotients": read.all(booking_statements.QUOTIENTS),
            "presences": _attendance(read),
            "reservations": _bookings(read),
            "suites_des_reservations": _booking_events(read),
            "justificatifs_d_absence": _proofs(read, files),
            "jours_refuses": _refusals(read),
            "documents": _documents(read, files),
            "sessions": read.all(access_statements.SESSIONS),
            "mots_de_passe_temporaires": read.all(access_statements.TEMPORARY_PASSWORDS),
            "changements_acceptes": _accepted(read),
            "changements_d_adresse": read.all(access_statements.EMAIL_CHANGES),
            "courriels": _mails(read),
            "journal": _journal(read),
        },
        files,
    )


class _Reader:
    """Reads statements for one account."""

    def __init__(self, account: CurrentAccount) -> None:
        self._parameters = {
            "account_id": account.account_id,
            "family_id": account.family_id,
            "identifier": account.identifier,
            "today": today(),
        }

    def all(self, statement: Select[*tuple[Any, ...]]) -> list[Entry]:
        return [dict(row._mapping) for row in db.rows(statement, **self._parameters)]  # noqa: SLF001

    def one(self, statement: Select[*tuple[Any, ...]]) -> Entry:
        [entry] = self.all(statement)
        return entry

    def by_parent(self, statement: Select[*tuple[Any, ...]]) -> dict[int, list[Entry]]:
        groups: dict[int, list[Entry]] = defaultdict(list)
        for entry in self.all(statement):
            groups[entry.pop("of")].append(entry)
        return groups


def _children(read: _Reader, files: Files) -> list[Entry]:
    children = read.all(statements.CHILDREN)
    for child in children:
        title = f"{child['prenom']} {child['nom']}"
        child["fichier"] = files.add(Folder.PHOTOS, child["fichier"], "photos", title)
    return children


def _accepted(read: _Reader) -> list[Entry]:
    accepted = read.all(statements.ACCEPTED)
    for each in accepted:
        each["quoi"] = FIELDS[each["quoi"]]
    return accepted


def _invoices(read: _Reader, files: Files) -> list[Entry]:
    invoices = read.all(statements.INVOICES)
    for invoice in invoices:
        title = f"{invoice['nature'].lower()}-{invoice['numero']}"
        invoice["fichier"] = files.add(Folder.INVOICES, invoice["fichier"], "factures", title)
    return _with(
        invoices,
        lignes=read.by_parent(statements.INVOICE_LINES),
        # What a credit note paid; invoices have none.
        ventilation=read.by_parent(statements.PAID_BY_CREDIT_NOTES),
    )


def _payments(read: _Reader) -> list[Entry]:
    payments = read.all(statements.PAYMENTS)
    for payment in payments:
        payment["moyen"] = payment_modes.in_words(payment["moyen"])
    return _with(payments, ventilation=read.by_parent(statements.PAID_BY_PAYMENTS))


def _messages(read: _Reader, files: Files) -> list[Entry]:
    attachments = read.by_parent(statements.ATTACHMENTS)
    _take_files(attachments, files, Folder.MESSAGES, "messages")
    return _with(
        read.all(statements.MESSAGES),
        pieces_jointes=attachments,
        reponses=read.by_parent(statements.REPLIES),
    )


def _requests(read: _Reader, files: Files) -> list[Entry]:
    requests = read.all(statements.REQUESTS)
    events = read.by_parent(statements.REQUEST_EVENTS)
    for event in _flat(events.values()):
        event["evenement"] = event_words(event.pop("nature"), event["evenement"])
    for request in requests:
        _say_as_on_the_screen(request)
    pieces = read.by_parent(statements.REQUEST_FILES)
    _take_files(pieces, files, Folder.REQUESTS, "demandes")
    return _with(requests, historique=events, pieces=pieces)


def _say_as_on_the_screen(request: Entry) -> None:
    answers = written(request["nature"], request["reponses"])
    request["reponses"] = {answer.label: answer.text for answer in answers}
    request["etat"] = state_words(request["nature"], request["etat"])
    request["nature"] = BY_KEY[request["nature"]].label


def _custody(read: _Reader, statement: Select[*tuple[Any, ...]]) -> list[Entry]:
    found = read.all(statement)
    for each in found:
        each["semaines"] = words.WEEKS[each["semaines"]]
        each["jour_de_passage"] = WEEKDAYS[each["jour_de_passage"]]
    return found


def _typical_weeks(read: _Reader) -> list[Entry]:
    found = read.all(booking_statements.TYPICAL_WEEKS)
    for each in found:
        each["semaines"] = words.PARITIES[each["semaines"]]
        each["jour"] = WEEKDAYS[each["jour"]]
    return found


def _attendance(read: _Reader) -> list[Entry]:
    found = read.all(booking_statements.ATTENDANCE)
    for each in found:
        each["etat"] = words.SEEN[each["etat"]]
    return found


def _health(read: _Reader) -> list[Entry]:
    found = read.all(booking_statements.HEALTH)
    for each in found:
        each["nature"] = health.KINDS[each["nature"]]
    return found


def _bookings(read: _Reader) -> list[Entry]:
    bookings = read.all(booking_statements.BOOKINGS)
    for booking in bookings:
        booking["etat"] = words.STATES[booking["etat"]]
        booking["origine"] = words.ORIGINS[booking["origine"]]
    return bookings


def _booking_events(read: _Reader) -> list[Entry]:
    events = read.all(booking_statements.BOOKING_EVENTS)
    for event in events:
        event["evenement"] = words.EVENTS[event["evenement"]]
        event["avant"] = words.STATES.get(event["avant"])
        event["apres"] = words.STATES[event["apres"]]
        event["raison"] = words.ABSENCE_REASONS.get(event["raison"])
    return events


def _proofs(read: _Reader, files: Files) -> list[Entry]:
    found = read.all(booking_statements.PROOFS)
    _take_files({0: found}, files, Folder.PROOFS, "justificatifs")
    for each in found:
        each["reponse"] = words.VERDICTS.get(each["reponse"])
    return found


def _refusals(read: _Reader) -> list[Entry]:
    refusals = read.all(booking_statements.BOOKING_REFUSALS)
    for refusal in refusals:
        refusal["demande"] = words.STATES[refusal["demande"]]
    return refusals


def _documents(read: _Reader, files: Files) -> list[Entry]:
    documents = read.all(statements.DOCUMENTS)
    _take_files({0: documents}, files, Folder.DOCUMENTS, "documents")
    return documents


def _mails(read: _Reader) -> list[Entry]:
    sent = read.all(access_statements.MAILS)
    for mail in sent:
        mail["nature"] = IN_FRENCH[mail["nature"]]
        mail["etat"] = letters.STATES[mail["etat"]]
    return sent


def _journal(read: _Reader) -> list[Entry]:
    lines = read.all(access_statements.JOURNAL)
    for line in lines:
        line["acte"] = ACTS[line["acte"]]
    return lines


def _take_files(groups: dict[int, list[Entry]], files: Files, folder: Folder, into: str) -> None:
    for entry in _flat(groups.values()):
        entry["fichier"] = files.add(folder, entry["fichier"], into, entry["titre"])


def _flat(groups: Iterable[list[Entry]]) -> Iterable[Entry]:
    return (entry for group in groups for entry in group)


def _with(entries: list[Entry], **parts: dict[int, list[Entry]]) -> list[Entry]:
    """Give each entry its parts, and drop the number that tied them together."""
    for entry in entries:
        number = entry.pop("id")
        for name, groups in parts.items():
            entry[name] = groups.get(number, [])
    return entries
