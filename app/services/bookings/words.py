"""What a booking is, where it comes from and what happened to it, whose week it is, in French."""

from app.models import (
    AbsenceReason,
    AttendanceState,
    BookingEventKind,
    BookingOrigin,
    BookingState,
    CustodyPattern,
    ProofVerdict,
    WeekParity,
)

STATES = {
    BookingState.BOOKED: "Réservé",
    BookingState.WAITING: "Sur liste d’attente",
    BookingState.OFFERED: "Place proposée",
    BookingState.CANCELLED: "Annulé",
    BookingState.ABSENT: "Absence déclarée",
    BookingState.CLOSED: "Fermé par la mairie",
}
# Behind the name of a service, where being booked goes without saying.
IN_BRACKETS = {
    BookingState.WAITING: " (liste d’attente)",
    BookingState.OFFERED: " (place proposée)",
    BookingState.ABSENT: " (absence signalée)",
    BookingState.CLOSED: " (fermé)",
}
BOOKED_LATE = " (hors délai)"
ORIGINS = {
    BookingOrigin.PARENT: "réservé jour par jour",
    BookingOrigin.TYPICAL: "semaine type",
    BookingOrigin.LINKED: "compris avec un autre service",
    BookingOrigin.STAFF: "réservé par la mairie",
    BookingOrigin.WAITING: "liste d’attente",
    BookingOrigin.IMPORT: "fichier de la mairie",
}
SEEN = {AttendanceState.PRESENT: "Présent", AttendanceState.ABSENT: "Absent"}
EVENTS = {
    BookingEventKind.BOOKED: "Réservation",
    BookingEventKind.WAITED: "Mise en liste d’attente",
    BookingEventKind.OFFERED: "Place proposée",
    BookingEventKind.PROMOTED: "Place obtenue par la liste d’attente",
    BookingEventKind.LAPSED: "Proposition restée sans réponse",
    BookingEventKind.CANCELLED: "Annulation",
    BookingEventKind.ABSENCE: "Absence déclarée",
    BookingEventKind.CLOSED: "Fermeture par la mairie",
    BookingEventKind.REOPENED: "Réouverture",
    BookingEventKind.IMPORTED: "Lu dans un fichier de la mairie",
    BookingEventKind.CORRECTED: "Correction de la mairie",
}
ABSENCE_REASONS = {
    AbsenceReason.SICK: "Malade",
    AbsenceReason.SCHOOL_CLOSED: "École fermée",
    AbsenceReason.TEACHER_AWAY: "Enseignant absent",
    AbsenceReason.OTHER: "Autre raison",
}
VERDICTS = {ProofVerdict.ACCEPTED: "Accepté", ProofVerdict.REFUSED: "Refusé"}
WEEKS = {
    CustodyPattern.ISO_EVEN: "semaines paires",
    CustodyPattern.ISO_ODD: "semaines impaires",
    CustodyPattern.ALTERNATE: "une semaine sur deux",
}
PARITY = {
    CustodyPattern.ISO_EVEN: "paires",
    CustodyPattern.ISO_ODD: "impaires",
    CustodyPattern.ALTERNATE: "",
}
PARITIES = {
    WeekParity.ALL: "Toutes les semaines",
    WeekParity.ODD: "Semaines impaires",
    WeekParity.EVEN: "Semaines paires",
}
