"""What is read for « Mes données »: each column is called what the file calls it.

Whatever is of the other guardian alone stays out: of them the family knows the name. No hash, no
key, no internal number: `left_out` says what else is not told, and why.
"""

from typing import Any

from sqlalchemy import Select, bindparam, case, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from app.models import (
    FAMILY,
    AcceptedValue,
    Account,
    Allocation,
    Child,
    Document,
    Family,
    FamilyChild,
    FamilyRequest,
    Guardian,
    Invoice,
    InvoiceLine,
    Message,
    MessageAttachment,
    MessageMark,
    MessageReply,
    Payment,
    RequestEvent,
    RequestFile,
)
from app.services.billing.ledger import BALANCE
from app.services.documents import library
from app.services.inbox.messages import FOR_FAMILY
from app.services.requests.kinds import PERSONAL
from app.services.requests.reading import TOLD

ACCOUNT = bindparam("account_id", type_=Account.id.type)

_BY_WHOM = case((Account.id == ACCOUNT, "vous"), (Account.id.is_(None), "mairie"), else_="famille")

ME = (
    select(
        Account.identifier.label("identifiant"),
        Guardian.title.label("civilite"),
        Guardian.last_name.label("nom"),
        Guardian.first_name.label("prenom"),
        Guardian.sex.label("sexe"),
        Guardian.birth_date.label("date_de_naissance"),
        Guardian.phone.label("telephone"),
        Guardian.mobile.label("portable"),
        Guardian.work_phone.label("telephone_au_travail"),
        Guardian.email.label("courriel"),
        Guardian.email_confirmed_at.label("courriel_confirme_le"),
        Account.invited_at.label("invite_le"),
        Account.invitations.label("invitations"),
        Account.password_changed_at.label("mot_de_passe_choisi_le"),
        Account.mail_messages.label("courriel_pour_un_message"),
        Account.mail_invoices.label("courriel_pour_une_facture"),
        Account.mail_requests.label("courriel_pour_une_reponse"),
        Account.mail_reminders.label("courriel_pour_une_semaine_a_reserver"),
    )
    .join(Account, Account.guardian_id == Guardian.id)
    .where(Account.id == ACCOUNT)
)
FAMILY_FILE = select(
    Family.number.label("numero"),
    Family.street.label("voie"),
    Family.postcode.label("code_postal"),
    Family.city.label("commune"),
    Family.direct_debit.label("prelevement_automatique"),
).where(Family.id == FAMILY)
BALANCE_OF_TODAY = select(BALANCE.label("solde"))
GUARDIANS = (
    select(Guardian.first_name.label("prenom"), Guardian.last_name.label("nom"))
    .where(Guardian.family_id == FAMILY, Guardian.rank.is_not(None))
    .order_by(Guardian.rank)
)
CHILDREN = (
    select(
        Child.last_name.label("nom"),
        Child.first_name.label("prenom"),
        Child.sex.label("sexe"),
        Child.birth_date.label("date_de_naissance"),
        Child.school.label("ecole"),
        Child.class_name.label("classe"),
        Child.photo.label("fichier"),
    )
    .join(FamilyChild, FamilyChild.child_id == Child.id)
    .where(FamilyChild.family_id == FAMILY)
    .order_by(Child.birth_date, Child.id)
)

# What the town hall accepted, beside what its files said; a photo is told by its child.
ACCEPTED = (
    select(
        AcceptedValue.field.label("quoi"),
        AcceptedValue.file_value.label("dans_les_fichiers_de_la_mairie"),
        AcceptedValue.value.label("accepte"),
        AcceptedValue.accepted_at.label("accepte_le"),
        AcceptedValue.settled_at.label("repris_le"),
    )
    .outerjoin(Account, Account.guardian_id == AcceptedValue.guardian_id)
    .where(or_(Account.id == ACCOUNT, AcceptedValue.family_id == FAMILY))
    .order_by(AcceptedValue.id)
)
INVOICES = (
    select(
        Invoice.id,
        Invoice.kind.label("nature"),
        Invoice.number.label("numero"),
        Invoice.label.label("libelle"),
        Invoice.issued_on.label("date"),
        Invoice.due_on.label("echeance"),
        Invoice.amount.label("montant"),
        Invoice.file.label("fichier"),
    )
    .where(Invoice.family_id == FAMILY)
    .order_by(Invoice.issued_on, Invoice.id)
)
INVOICE_LINES = (
    select(
        InvoiceLine.invoice_id.label("of"),
        InvoiceLine.label.label("libelle"),
        Child.first_name.label("enfant"),
        InvoiceLine.quantity.label("quantite"),
        InvoiceLine.unit_price.label("prix_unitaire"),
        InvoiceLine.amount.label("montant"),
    )
    .join(Invoice, Invoice.id == InvoiceLine.invoice_id)
    .outerjoin(Child, Child.id == InvoiceLine.child_id)
    .where(Invoice.family_id == FAMILY)
    .order_by(InvoiceLine.invoice_id, InvoiceLine.position)
)
PAYMENTS = (
    select(
        Payment.id,
        Payment.paid_on.label("date"),
        Payment.amount.label("montant"),
        Payment.mode.label("moyen"),
        Payment.reference.label("reference"),
    )
    .where(Payment.family_id == FAMILY)
    .order_by(Payment.paid_on, Payment.id)
)


def _paid_by(source: InstrumentedAttribute[int | None]) -> Select[*tuple[Any, ...]]:
    """Tell which invoices the payments, or the credit notes, paid."""
    return (
        select(
            source.label("of"), Invoice.number.label("facture"), Allocation.amount.label("montant")
        )
        .join(Invoice, Invoice.id == Allocation.invoice_id)
        .where(Invoice.family_id == FAMILY, source.is_not(None))
        .order_by(Allocation.id)
    )


PAID_BY_PAYMENTS = _paid_by(Allocation.payment_id)
PAID_BY_CREDIT_NOTES = _paid_by(Allocation.credit_note_id)

MESSAGES = (
    select(
        Message.id,
        Message.sent_on.label("date"),
        Message.corrected_at.label("corrige_le"),
        Message.sender.label("service"),
        Message.subject.label("objet"),
        Message.body.label("texte"),
        MessageMark.read_at.label("lu_le"),
        MessageMark.archived_at.label("archive_le"),
    )
    .outerjoin(
        MessageMark, (MessageMark.message_id == Message.id) & (MessageMark.account_id == ACCOUNT)
    )
    .where(FOR_FAMILY)
    .order_by(Message.sent_on, Message.id)
)
ATTACHMENTS = (
    select(
        MessageAttachment.message_id.label("of"),
        MessageAttachment.title.label("titre"),
        MessageAttachment.file.label("fichier"),
    )
    .join(Message, Message.id == MessageAttachment.message_id)
    .where(FOR_FAMILY)
    .order_by(MessageAttachment.id)
)
REPLIES = (
    select(
        MessageReply.message_id.label("of"),
        MessageReply.written_at.label("le"),
        _BY_WHOM.label("par"),
        MessageReply.body.label("texte"),
    )
    .outerjoin(Account, Account.id == MessageReply.account_id)
    .where(MessageReply.family_id == FAMILY)
    .order_by(MessageReply.written_at, MessageReply.id)
)

_SEEN_REQUEST = (FamilyRequest.family_id == FAMILY) & or_(
    FamilyRequest.account_id == ACCOUNT, FamilyRequest.kind.not_in(PERSONAL)
)
REQUESTS = (
    select(
        FamilyRequest.id,
        FamilyRequest.id.label("numero"),
        FamilyRequest.kind.label("nature"),
        FamilyRequest.state.label("etat"),
        case((FamilyRequest.account_id == ACCOUNT, "vous"), else_="famille").label("par"),
        FamilyRequest.sent_at.label("envoyee_le"),
        FamilyRequest.expected_on.label("reponse_attendue_le"),
        Child.first_name.label("enfant"),
        Invoice.number.label("facture"),
        FamilyRequest.details.label("reponses"),
    )
    .outerjoin(Child, Child.id == FamilyRequest.child_id)
    .outerjoin(Invoice, Invoice.id == FamilyRequest.invoice_id)
    .where(_SEEN_REQUEST)
    .order_by(FamilyRequest.id)
)
REQUEST_EVENTS = (
    select(
        RequestEvent.request_id.label("of"),
        RequestEvent.at.label("le"),
        FamilyRequest.kind.label("nature"),
        RequestEvent.kind.label("evenement"),
        _BY_WHOM.label("par"),
        RequestEvent.text.label("texte"),
    )
    .join(FamilyRequest, FamilyRequest.id == RequestEvent.request_id)
    .outerjoin(Account, Account.id == RequestEvent.account_id)
    # Notes of the town hall are asked of it, who knows what they say of others.
    .where(_SEEN_REQUEST, TOLD)
    .order_by(RequestEvent.at, RequestEvent.id)
)
REQUEST_FILES = (
    select(
        RequestFile.request_id.label("of"),
        RequestFile.title.label("titre"),
        case((RequestFile.event_id.is_(None), "famille"), else_="mairie").label("par"),
        RequestFile.added_at.label("ajoutee_le"),
        RequestFile.file.label("fichier"),
    )
    .join(FamilyRequest, FamilyRequest.id == RequestFile.request_id)
    .where(_SEEN_REQUEST)
    .order_by(RequestFile.id)
)
DOCUMENTS = (
    select(
        Document.title.label("titre"),
        Document.category.label("categorie"),
        Document.published_on.label("date"),
        Document.file.label("fichier"),
    )
    .where(library.FOR_FAMILY)
    .order_by(Document.category, Document.id)
)
