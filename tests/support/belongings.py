"""All that a guardian may have in the portal, as many of each thing as a test wants.

Every word of it holds a mark, so that it is known wherever it shows up.
"""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from flask import Flask
from sqlalchemy import select

from app import db
from app.models import (
    Account,
    AccountSession,
    Child,
    CustodyPattern,
    Document,
    EmailChange,
    FamilyRequest,
    Feed,
    Folder,
    Invoice,
    JournalEntry,
    MailState,
    Message,
    MessageAttachment,
    MessageReply,
    OutboxMail,
    QuietWeek,
    Quotient,
    ReminderKind,
    ReminderSent,
    RequestEvent,
    RequestEventKind,
    RequestFile,
    RequestState,
    TemporaryPassword,
)
from app.services.mail.kinds import MailKind
from app.services.requests.kinds import DETAILS
from tests.support.house import House
from tests.support.people import Person
from tests.support.proofs import miss
from tests.support.services import Bookings, open_services

# What each file is said to weigh: nobody weighs them here.
WEIGHT = 12_345


@dataclass(frozen=True)
class Belongings:
    """What was given to a guardian."""

    mark: str
    # The civil year in which everything was paid.
    year: int
    # What opens the first of each thing: the one that everything else hangs on.
    ids: dict[str, str]
    # What the whole family reads somewhere, and what this guardian alone does.
    family_words: list[str]
    own_words: list[str]


def furnish(app: Flask, person: Person, mark: str, year: int, count: int = 1) -> Belongings:
    """Give somebody `count` of each thing, the first of which has `count` parts."""
    with app.app_context():
        # Sixty of each thing on a busy machine: no page waits for it.
        db.take_time()
        with db.transaction() as session:
            account = session.scalars(
                select(Account).where(Account.identifier == person.identifier)
            ).one()
            house = _Home(session, account, mark, year, count)
            children = house.children()
            invoices = house.ledger(children[0])
            ids = {
                "child": children[0].public_id,
                "invoice": invoices[0].public_id,
                "invoice_with_file": house.invoice_with_file().public_id,
                "year": str(year),
                **house.messages(),
                **house.documents(),
                **house.requests(children[0], invoices[0]),
                **house.days_booked(children),
            }
            house.access()
            street = account.guardian.family.street
    return Belongings(
        mark=mark,
        year=year,
        ids=ids,
        family_words=[
            street, person.family_number, f"Objet {mark} 1", f"Texte {mark} 1", f"Ecrit {mark} 1",
            f"Réponse {mark} à un message pour tous", f"Document {mark} 1", f"Rayon {mark}",
            f"Accueil {mark} 1", f"Garderie {mark} 1", f"{mark}-F1", f"{mark}-R1", f"{year},17",
            f"Contenu documents {mark} 1", f"Contenu invoices {mark} 1",
            f"Contenu messages {mark} 1", f"Jointe {mark} 1",
            f"Certificat {mark}", f"Illisible {mark}", f"Contenu proofs {mark} 1",
        ],
        own_words=[
            person.identifier, person.email, f"06{person.identifier}", f"7 impasse {mark}",
            f"Motif {mark} 1", f"Justificatif {mark} 1", f"Contenu requests {mark} 1",
            f"Navigateur {mark} 1", f"{mark}1@exemple.fr".lower(), str(year * 1000 + 1),
        ],
    )  # fmt: skip


class _Home(House):
    """Fills the rest: what the family and the town hall write to each other, and the access."""

    def messages(self) -> dict[str, str]:
        """Write letters, each with its thread, and an answer to the one for every family."""
        messages = [
            Message(
                source_id=self.key("message", number),
                family_id=self.family_id,
                sent_on=self.day(number),
                subject=f"Objet {self.mark} {number}",
                body=f"Texte {self.mark} {number}",
                answerable=True,
            )
            for number in self.numbers
        ]
        self.session.add_all(messages)
        self.session.flush()
        attachments = [
            MessageAttachment(
                message_id=messages[0].id,
                title=f"Jointe {self.mark} {number}.pdf",
                file=self.file(Folder.MESSAGES, number),
                file_size=WEIGHT,
            )
            for number in self.numbers
        ]
        for_all = self.session.scalars(select(Message).where(Message.source_id == "m1")).one()
        self.session.add_all(attachments)
        self.session.add_all(self._reply(messages[0], number) for number in self.numbers)
        self.session.add_all(self._reply(message, 0) for message in messages[1:])
        self.session.add(
            MessageReply(
                message_id=for_all.id,
                family_id=self.family_id,
                account_id=self.account_id,
                written_at=self.now,
                body=f"Réponse {self.mark} à un message pour tous",
            )
        )
        self.session.flush()
        return {"message": messages[0].public_id, "attachment": attachments[0].public_id}

    def _reply(self, message: Message, number: int) -> MessageReply:
        return MessageReply(
            message_id=message.id,
            family_id=self.family_id,
            account_id=self.account_id if number % 2 else None,
            written_at=self.now,
            body=f"Ecrit {self.mark} {number}",
        )

    def documents(self) -> dict[str, str]:
        """Put papers on a shelf of the family's own."""
        documents = [
            Document(
                source_id=self.key("document", number),
                family_id=self.family_id,
                title=f"Document {self.mark} {number}",
                category=f"Rayon {self.mark}",
                published_on=self.day(number),
                file=self.file(Folder.DOCUMENTS, number),
                file_size=WEIGHT,
            )
            for number in self.numbers
        ]
        self.session.add_all(documents)
        self.session.flush()
        return {"document": documents[0].public_id}

    def requests(self, child: Child, invoice: Invoice) -> dict[str, str]:
        """Ask for a change of one's own details, then for what the family sees too."""
        requests = [
            FamilyRequest(
                # A number that is found on a page.
                id=self.year * 1000 + number,
                family_id=self.family_id,
                account_id=self.account_id,
                kind=DETAILS if number == 1 else "invoice_question",
                state=RequestState.PIECE_MISSING,
                child_id=None if number == 1 else child.id,
                invoice_id=None if number == 1 else invoice.id,
                details={"street": f"7 impasse {self.mark}"} if number == 1 else {"text": "Ici"},
                sent_at=self.now,
                expected_on=self.day(number),
                sending_key=secrets.token_hex(16),
            )
            for number in self.numbers
        ]
        self.session.add_all(requests)
        self.session.flush()
        files = list(self._files(requests[0]))
        self.session.add_all(files)
        self.session.add_all(self._events(requests[0]))
        self.session.flush()
        return {"request": requests[0].public_id, "file": files[0].public_id}

    def _files(self, request: FamilyRequest) -> Iterator[RequestFile]:
        for number in self.numbers:
            yield RequestFile(
                request_id=request.id,
                title=f"Justificatif {self.mark} {number}",
                file=self.file(Folder.REQUESTS, number),
                file_size=WEIGHT,
                added_at=self.now,
            )

    def _events(self, request: FamilyRequest) -> Iterator[RequestEvent]:
        for number in self.numbers:
            yield RequestEvent(
                request_id=request.id,
                at=self.now,
                kind=RequestEventKind.PIECE_ASKED,
                text=f"Motif {self.mark} {number}",
            )

    def days_booked(self, children: list[Child]) -> dict[str, str]:
        """Book the canteen for each child."""
        open_services(self.session)
        bookings = Bookings(self.session, self.family_id, self.account_id)
        begin = date(self.year, 9, 1)
        days = [begin + timedelta(days=number) for number in range(self.count + 1)]
        for child in children:
            bookings.enrol(child, begin)
            bookings.take_turns(child, CustodyPattern.ISO_EVEN, begin)
            bookings.follow(child, begin, f"Régime {self.mark}", self.now)
            batch = bookings.book(child, days, self.now, f"Phrase {self.mark}", days[:1])
        self.session.add_all([
            Feed(
                account_id=self.account_id,
                token_hash=secrets.token_hex(32),
                made_at=self.now,
            ),
            QuietWeek(family_id=self.family_id, monday=begin, said_at=self.now),
            ReminderSent(
                account_id=self.account_id,
                service_id=bookings.services[0].id,
                monday=begin,
                kind=ReminderKind.FIRST,
                sent_at=self.now,
            ),
        ])  # fmt: skip
        self.pays(begin)
        paper = (f"Certificat {self.mark}", self.file(Folder.PROOFS, 1), f"Illisible {self.mark}")
        miss(bookings, children[-1], batch, days[-1], paper)
        return {"batch": batch.public_id, "missing_child": children[-1].public_id}

    def pays(self, begin: date) -> None:
        """Have the town know its quotient, which both guardians read."""
        known = select(Quotient.id).where(Quotient.family_id == self.family_id).limit(1)
        if self.session.scalar(known) is None:
            self.session.add(
                Quotient(
                    family_id=self.family_id,
                    first=begin,
                    value=Decimal(612),
                    source=f"Avis {self.mark}",
                )
            )

    def access(self) -> None:
        """Leave traces of devices, mails, secrets and acts."""
        for number in self.numbers:
            moments = {"created_at": self.now, "expires_at": self.now}
            self.session.add_all([
                AccountSession(
                    account_id=self.account_id,
                    key_hash=secrets.token_hex(32),
                    user_agent=f"Navigateur {self.mark} {number}",
                    created_at=self.now,
                    last_seen_at=self.now,
                ),
                EmailChange(
                    account_id=self.account_id,
                    address=f"{self.mark}{number}@exemple.fr".lower(),
                    **moments,
                ),
                TemporaryPassword(
                    account_id=self.account_id, secret_hash=secrets.token_hex(32), **moments
                ),
                OutboxMail(
                    kind=MailKind.NEW_MESSAGE,
                    identifier=self.identifier,
                    state=MailState.SENT,
                    created_at=self.now,
                    due_at=self.now,
                ),
                JournalEntry(at=self.now, event="signed_out", account_id=self.account_id),
            ])  # fmt: skip
