"""The codes of a month, in French."""

from app.services.bookings.judge.billing_codes import Code

SHOWN = {
    Code.NORMAL: "Normal",
    Code.LATE: "Hors délai",
    Code.UNBOOKED: "Sans réserver",
    Code.LATE_PICKUP: "Parti en retard",
    Code.ABSENT_DUE: "Absence due",
    Code.ABSENT_FREE: "Absence gratuite",
    Code.CLOSED_FREE: "Fermé",
}
