"""What « Mes données » reads of what the family booked, and of all that happened to it.

What another home booked for the same child is theirs.
"""

from sqlalchemy import case, select

from app.models import (
    FAMILY,
    AbsenceProof,
    Attendance,
    Booking,
    BookingBatch,
    BookingEvent,
    BookingRefusal,
    Child,
    Custody,
    CustodyDay,
    CustodyProposal,
    Enrolment,
    FamilyChild,
    Feed,
    HealthMark,
    QuietWeek,
    Quotient,
    Service,
    ServiceGroup,
    TypicalDay,
)
from app.services.profile.own_data.statements import ACCOUNT

ENROLMENTS = (
    select(
        Child.first_name.label("enfant"),
        Service.name.label("service"),
        Enrolment.first.label("du"),
        Enrolment.last.label("au"),
        ServiceGroup.name.label("groupe"),
    )
    .join(Child, Child.id == Enrolment.child_id)
    .join(Service, Service.id == Enrolment.service_id)
    .outerjoin(ServiceGroup, ServiceGroup.id == Enrolment.group_id)
    .where(Enrolment.family_id == FAMILY)
    .order_by(Enrolment.first, Enrolment.id)
)
CUSTODY = (
    select(
        Child.first_name.label("enfant"),
        Custody.pattern.label("semaines"),
        Custody.handover.label("jour_de_passage"),
        Custody.anchor.label("comptees_depuis"),
    )
    .join(Child, Child.id == Custody.child_id)
    .where(Custody.family_id == FAMILY)
    .order_by(Custody.child_id)
)
# The family's own: of the other home it only reads what is proposed.
CUSTODY_PROPOSALS = (
    select(
        Child.first_name.label("enfant"),
        CustodyProposal.pattern.label("semaines"),
        CustodyProposal.handover.label("jour_de_passage"),
        CustodyProposal.anchor.label("comptees_depuis"),
        CustodyProposal.proposed_at.label("propose_le"),
    )
    .join(Child, Child.id == CustodyProposal.child_id)
    .where(CustodyProposal.family_id == FAMILY)
    .order_by(CustodyProposal.child_id)
)
CUSTODY_DAYS = (
    select(
        Child.first_name.label("enfant"),
        CustodyDay.day.label("jour"),
        (CustodyDay.family_id == FAMILY).label("chez_vous"),
    )
    .join(Child, Child.id == CustodyDay.child_id)
    .join(FamilyChild, FamilyChild.child_id == Child.id)
    .where(FamilyChild.family_id == FAMILY)
    .order_by(CustodyDay.day, CustodyDay.child_id)
)
TYPICAL_WEEKS = (
    select(
        Child.first_name.label("enfant"),
        TypicalDay.parity.label("semaines"),
        TypicalDay.weekday.label("jour"),
        Service.name.label("service"),
    )
    .join(Child, Child.id == TypicalDay.child_id)
    .join(Service, Service.id == TypicalDay.service_id)
    .where(TypicalDay.family_id == FAMILY)
    .order_by(
        TypicalDay.child_id, TypicalDay.parity, TypicalDay.weekday, Service.position, Service.id
    )
)
FEEDS = (
    select(
        Feed.made_at.label("faite_le"),
        Feed.ended_at.label("retiree_le"),
        Feed.first_names.label("avec_les_prenoms"),
    )
    .where(Feed.account_id == ACCOUNT)
    .order_by(Feed.id)
)
QUIET_WEEKS = (
    select(QuietWeek.monday.label("semaine_du"), QuietWeek.said_at.label("dit_le"))
    .where(QuietWeek.family_id == FAMILY)
    .order_by(QuietWeek.monday)
)
ATTENDANCE = (
    select(
        Attendance.day.label("jour"),
        Child.first_name.label("enfant"),
        Service.name.label("service"),
        Attendance.state.label("etat"),
        # In minutes from midnight.
        Attendance.arrived_at.label("arrivee_minutes"),
        Attendance.left_at.label("depart_minutes"),
        Attendance.at.label("note_le"),
    )
    .join(Child, Child.id == Attendance.child_id)
    .join(Service, Service.id == Attendance.service_id)
    .join(FamilyChild, FamilyChild.child_id == Child.id)
    .where(FamilyChild.family_id == FAMILY)
    .order_by(Attendance.day, Attendance.id)
)
HEALTH = (
    select(
        Child.first_name.label("enfant"),
        HealthMark.kind.label("nature"),
        HealthMark.words.label("texte"),
        HealthMark.until.label("jusqu_au"),
        HealthMark.written_at.label("note_le"),
    )
    .join(Child, Child.id == HealthMark.child_id)
    .join(FamilyChild, FamilyChild.child_id == Child.id)
    .where(FamilyChild.family_id == FAMILY)
    .order_by(HealthMark.id)
)
QUOTIENTS = (
    select(
        Quotient.value.label("quotient"),
        Quotient.outside.label("hors_commune"),
        Quotient.first.label("du"),
        Quotient.last.label("au"),
        Quotient.source.label("d_apres"),
    )
    .where(Quotient.family_id == FAMILY)
    .order_by(Quotient.first)
)
BOOKINGS = (
    select(
        Booking.day.label("jour"),
        Child.first_name.label("enfant"),
        Service.name.label("service"),
        Booking.state.label("etat"),
        Booking.origin.label("origine"),
        Booking.late.label("hors_delai"),
        Booking.waiting_since.label("en_attente_depuis"),
        Booking.offer_until.label("place_proposee_jusqu_a"),
        ServiceGroup.name.label("groupe"),
    )
    .join(Child, Child.id == Booking.child_id)
    .join(Service, Service.id == Booking.service_id)
    .outerjoin(ServiceGroup, ServiceGroup.id == Booking.group_id)
    .where(Booking.family_id == FAMILY)
    .order_by(Booking.day, Booking.child_id, Booking.service_id)
)
BOOKING_EVENTS = (
    select(
        BookingEvent.at.label("le"),
        Booking.day.label("jour"),
        Child.first_name.label("enfant"),
        Service.name.label("service"),
        BookingEvent.kind.label("evenement"),
        BookingEvent.old.label("avant"),
        BookingEvent.new.label("apres"),
        case(
            (BookingBatch.account_id == ACCOUNT, "vous"),
            (BookingBatch.account_id.is_not(None), "famille"),
            (BookingBatch.id.is_not(None), "mairie"),
            else_="portail",
        ).label("par"),
        BookingBatch.absence_reason.label("raison"),
        BookingEvent.late.label("hors_delai"),
        BookingEvent.sentence.label("texte"),
    )
    .join(Booking, Booking.id == BookingEvent.booking_id)
    .join(Child, Child.id == Booking.child_id)
    .join(Service, Service.id == Booking.service_id)
    .outerjoin(BookingBatch, BookingBatch.id == BookingEvent.batch_id)
    # Of a day that went from one home to the other, each reads its own part.
    .where(BookingEvent.family_id == FAMILY)
    .order_by(BookingEvent.at, BookingEvent.id)
)
PROOFS = (
    select(
        AbsenceProof.received_at.label("recu_le"),
        BookingBatch.at.label("absence_declaree_le"),
        Child.first_name.label("enfant"),
        AbsenceProof.title.label("titre"),
        AbsenceProof.file.label("fichier"),
        AbsenceProof.verdict.label("reponse"),
        AbsenceProof.reason.label("motif"),
        AbsenceProof.judged_at.label("repondu_le"),
        AbsenceProof.erased_at.label("fichier_efface_le"),
    )
    .join(BookingBatch, BookingBatch.id == AbsenceProof.batch_id)
    .join(Child, Child.id == AbsenceProof.child_id)
    .where(BookingBatch.family_id == FAMILY)
    .order_by(AbsenceProof.id)
)
BOOKING_REFUSALS = (
    select(
        BookingBatch.at.label("le"),
        BookingRefusal.day.label("jour"),
        Child.first_name.label("enfant"),
        Service.name.label("service"),
        BookingRefusal.asked.label("demande"),
        BookingRefusal.sentence.label("texte"),
    )
    .join(BookingBatch, BookingBatch.id == BookingRefusal.batch_id)
    .join(Child, Child.id == BookingRefusal.child_id)
    .join(Service, Service.id == BookingRefusal.service_id)
    .where(BookingRefusal.family_id == FAMILY)
    .order_by(BookingRefusal.id)
)
